# %%
"""Exercise: standardise every table by the numbers of the training set."""

# %% task role="task"
"""
A model learns from measurements on very different scales, so each column is brought to mean 0 and standard deviation 1. Then the model goes into service. There the readings come in small tables, often of a single row, and each table has a mean of its own. Which mean should be subtracted?

Write `standardised(train, *others)`, which takes two-dimensional arrays and returns a list of new ones, in the same order:

- Each column of `train` gets mean 0 and standard deviation 1, as `np.std` computes it.
- All others are changed by the same numbers, however few rows they have.
- A column in which all values of `train` are equal is only shifted, so it becomes 0 there.
- The arrays that were passed stay as they are.
"""

# %% setup
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

diabetes = load_diabetes(scaled=False)
train_inputs, test_inputs, train_targets, test_targets = train_test_split(
    diabetes.data, diabetes.target, test_size=0.25, random_state=0
)


# %% starter role="starter"
def standardised(train, *others):
    return [train, *others]  # your code


# %% solution role="solution"
def standardised(train, *others):
    varies = np.ptp(train, axis=0) > 0
    deviation = np.where(varies, train.std(axis=0), 1)
    return [(table - train.mean(axis=0)) / deviation for table in (train, *others)]


# %% in-service keep="right_error own_error" contract="own_error > 65"
train_table, test_table = standardised(train_inputs, test_inputs)
with_one = np.column_stack([train_table, np.ones(len(train_table))])
weights, *_ = np.linalg.lstsq(with_one, train_targets, rcond=None)


def error(table):
    residuals = test_targets - (table @ weights[:-1] + weights[-1])
    return float(np.sqrt(np.mean(residuals**2)))


one_by_one = [standardised(row[np.newaxis])[0] for row in test_inputs]
right_error, own_error = error(test_table), error(np.concatenate(one_by_one))
print(f"typical error with the numbers of the training set: {right_error:.0f}")
print(f"each patient standardised alone: {own_error:.0f}")
print(f"the same answer for everybody: {test_targets.std():.0f}")


# %% tests role="tests"
def test_columns():
    """Mean 0 and standard deviation 1"""
    train = np.array([[0.1, 1000.0], [0.5, 5000.0]])
    table = standardised(train)[0]
    means, deviations = table.mean(axis=0), table.std(axis=0)
    assert np.abs(means).max() < 1e-6, (
        f"The columns of your training set have the means {means[0]:.2f} and "
        f"{means[1]:.2f} instead of 0. Subtract the mean of each column; without "
        "`axis=0`, NumPy takes one mean over the whole table."
    )
    assert np.abs(deviations - 1).max() < 1e-6, (
        f"The columns of your training set have the standard deviations "
        f"{deviations[0]:.2f} and {deviations[1]:.2f} instead of 1. Divide each column "
        "by its own standard deviation."
    )


def test_same_numbers():
    """The same numbers for every table"""
    train = np.array([[2], [4], [6]])
    tables = standardised(train, np.array([[8], [4]]), np.array([[8]]))
    assert len(tables) == 3, (
        f"For three arrays your function returns {len(tables)}. It should return one "
        "for each, the training set first."
    )
    value = float(np.nan_to_num(tables[2][0, 0]))
    assert abs(value) > 1e-6, (
        "A table with the single row 8 becomes 0, and so would any other row: a single "
        "value is its own mean. The model cannot tell one reading from another. Subtract "
        "the mean of the training set, 4, and divide by its standard deviation, 1.63."
    )
    first = float(tables[1][0, 0])
    assert abs(value - 2.449) < 1e-3 and abs(first - value) < 1e-6, (
        f"The training set is 2, 4, 6. Your 8 becomes {value:.2f} in a table of its own "
        f"and {first:.2f} together with a 4. Both should be (8 - 4) / 1.63 = 2.45: a "
        "value means the same to the model, whatever comes along with it."
    )


def test_constant_column():
    """A column that does not vary"""
    train = np.array([[5.0, 0.1], [5.0, 0.1], [5.0, 0.1]])
    tables = standardised(train, np.array([[7.0, 0.4]]))
    table, other = tables
    assert np.isfinite(table).all(), (
        f"A column of 5, 5, 5 becomes {table[0, 0]}. Its standard deviation is 0, and "
        "0 / 0 is not a number; one `nan` in a row makes the whole prediction `nan`. "
        "Divide such a column by 1."
    )
    assert np.abs(table).max() < 1e-6 and abs(other[0, 1] - 0.3) < 1e-6, (
        f"A column of 0.1, 0.1, 0.1 becomes {table[0, 1]:.2f}, and 0.4 in another table "
        f"becomes {other[0, 1]:.1e}. It should be 0.00 and 0.3. The mean of the three is "
        "rounded to 0.10000000000000002, so their standard deviation is tiny, but not 0. "
        "Ask whether the column varies: `np.ptp` is the largest value minus the smallest."
    )
    assert abs(other[0, 0] - 2) < 1e-6, (
        f"A column is 5 throughout the training set. In another table, 7 becomes "
        f"{other[0, 0]:.2f} where it should be 7 - 5 = 2.00."
    )


def test_unchanged():
    """The arrays that were passed"""
    train, other = np.array([[1.0], [3.0]]), np.array([[5.0]])
    table = standardised(train, other)[1]
    assert train[0, 0] == 1 and other[0, 0] == 5, (
        f"The training set was 1, 3 and the other table 5. After the call they are "
        f"{train[0, 0]:.0f}, {train[1, 0]:.0f} and {other[0, 0]:.0f}: `-=` and `/=` "
        "change the caller's array, and a second call would start from other numbers. "
        "Compute new arrays."
    )
    assert abs(table[0, 0] - 3) < 1e-6, (
        f"With a training set of 1, 3 your 5 becomes {table[0, 0]:.2f} where it should "
        "be (5 - 2) / 1 = 3.00."
    )


# %% one-mean-for-all role="wrong" hint="test_columns"
def standardised(train, *others):
    mean, deviation = train.mean(), train.std()
    return [(table - mean) / deviation for table in (train, *others)]


# %% own-numbers role="wrong" hint="test_same_numbers"
def standardised(train, *others):
    tables = []
    for table in (train, *others):
        deviation = table.std(axis=0)
        deviation = np.where(deviation > 0, deviation, 1)
        tables.append((table - table.mean(axis=0)) / deviation)
    return tables


# %% divides-by-zero role="wrong" hint="test_constant_column"
def standardised(train, *others):
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    return [(table - mean) / deviation for table in (train, *others)]


# %% in-place role="wrong" hint="test_unchanged"
def standardised(train, *others):
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation[np.ptp(train, axis=0) == 0] = 1
    tables = [np.asarray(table, dtype="float64") for table in (train, *others)]
    for table in tables:
        table -= mean
        table /= deviation
    return tables
