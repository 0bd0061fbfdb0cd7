# %%
"""Exercise: the mean of numbers."""

# %% task role="task"
"""
Write `mean`, which gives the *mean* of a list:

- Use `statistics` for nothing.
"""

# %% given
import math as maths
import statistics

numbers = [1, 2, 6]


# %% starter role="starter"
def mean(values):
    return 0  # your code


# %% solution role="solution"
def mean(values):
    total = sum(values)
    return total / len(values)


# %% use keep="value"
value = mean(numbers)
print(f"the mean is {value}")

# %% picture
import matplotlib.pyplot as plt

fig, ax = plt.subplots()
_ = ax.bar(range(3), numbers)


# %% tests role="tests"
def test_divisor():
    """What to "divide" by"""
    value = mean(numbers)
    assert maths.isclose(value, 3), f"Your mean of 1, 2 and 6 is {value} < 3: *divide* by `len(values)`."


def test_fractions():
    """Fractions"""
    assert mean([1, 2]) != 1, "Your mean has lost its fraction: use `/`, not `//`."
    assert mean([1, 2]) == 1.5, f"Your mean of 1 and 2 is {mean([1, 2])}."


# %% median role="wrong" hint="test_divisor"
def mean(values):
    return statistics.median(values)


# %% rounds role="wrong" hint="test_fractions"
def mean(values):
    return sum(values) // len(values)
