# %%
"""Add numbers, and draw them."""

# %% numbers keep="total"
numbers = [1, 2, 3.5]
total = sum(numbers)
print(f"the sum is {total:.2f}")

# %% mean
total / len(numbers)

# %% divide raises="ZeroDivisionError"
total / 0

# %% picture
import matplotlib.pyplot as plt

fig, ax = plt.subplots()
ax.plot(numbers, label="numbers")
ax.set_title("Three numbers")
_ = ax.legend()

# %% share keep="share" contract="share > 0.5"
share = numbers[2] / total
print(share)
