# %%
"""Join texts."""

# %% join
words = ["a", "b"]
print("-".join(words))

# %% secret hide=true
words.append("<script>alert(1)</script> & ```")

# %% escaped
print(words[-1])
