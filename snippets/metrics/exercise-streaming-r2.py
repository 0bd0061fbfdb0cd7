# %%
"""Exercise: R2 over many batches, by sums that can be added up."""

# %% task role="task"
"""
R2 compares the squared errors of a model with those of a rule that always answers the mean of the actual values. For actual values `y` and predictions `p` it is `1 - sum((p - y)**2) / sum((y - mean)**2)`. But the mean is known only after the last batch. What has to be remembered until then?

Complete the class `StreamingR2`. Keras has `keras.metrics.R2Score`, which refuses flat arrays; yours takes them:

- Actual and predicted values are `float32`, of shape `(n,)` or `(n, 1)` in any combination.
- `result` is the R2 of all cases since the last `reset_state`, whatever the batches were. A batch may have a single case.
- Over all batches, the actual values are never all the same.

It helps that `sum((y - mean)**2)` is the same as `sum(y**2) - sum(y)**2 / n`.
"""

# %% setup
import keras
import numpy as np
from keras import ops


# %% starter role="starter"
class StreamingR2(keras.metrics.Metric):
    def __init__(self, name="r2", **kwargs):
        super().__init__(name=name, **kwargs)
        # your code: which sums have to be remembered?

    def update_state(self, y_true, y_pred, sample_weight=None):
        pass  # your code

    def result(self):
        return 0.0  # your code


# %% solution role="solution"
class StreamingR2(keras.metrics.Metric):
    def __init__(self, name="r2", **kwargs):
        super().__init__(name=name, **kwargs)
        self.count = self.add_weight(name="count", initializer="zeros")
        self.total = self.add_weight(name="total", initializer="zeros")
        self.squares = self.add_weight(name="squares", initializer="zeros")
        self.errors = self.add_weight(name="errors", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = ops.reshape(y_true, (-1,)), ops.reshape(y_pred, (-1,))
        self.count.assign_add(ops.size(y_true))
        self.total.assign_add(ops.sum(y_true))
        self.squares.assign_add(ops.sum(y_true**2))
        self.errors.assign_add(ops.sum((y_pred - y_true) ** 2))

    def result(self):
        around_mean = self.squares - self.total**2 / self.count
        return 1 - self.errors / around_mean


# %% sorted-batches
# deliveries in minutes, the short ones first
actual = np.array([12, 14, 15, 18, 21, 25, 31, 40, 44, 54], dtype="float32")
predicted = np.array([14, 11, 18, 15, 25, 22, 27, 41, 49, 50], dtype="float32")

echo = keras.Sequential([keras.Input((1,)), keras.layers.Identity()])
built_in = keras.metrics.R2Score(name="built_in")
echo.compile(loss="mse", metrics=[StreamingR2(), built_in], run_eagerly=True)
for size in (10, 4, 3):
    columns = predicted[:, np.newaxis], actual[:, np.newaxis]
    found = echo.evaluate(*columns, batch_size=size, verbose=0, return_dict=True)
    print(f"batches of {size:2}: {found['r2']:.3f}, built in {found['built_in']:.3f}")

# %% mean-of-batches
means = []
for size in (10, 5, 2):
    values = []
    for start in range(0, len(actual), size):
        metric = StreamingR2()
        part = slice(start, start + size)
        metric.update_state(actual[part], predicted[part])
        values.append(float(metric.result()))
    means.append(np.mean(values))
print(f"mean of the R2 of batches of 10, 5, 2: {np.round(means, 2)}")


# %% tests role="tests"
ACTUAL = np.array([1.0, 2.0, 3.0, 6.0, 7.0, 11.0], dtype="float32")
PREDICTED = np.array([2.0, 2.0, 1.0, 6.0, 9.0, 10.0], dtype="float32")
# the mean is 5: squared errors 1 + 0 + 4 + 0 + 4 + 1 = 10,
# around the mean 16 + 9 + 4 + 1 + 4 + 36 = 70


def measured(*sizes, y_true=ACTUAL, y_pred=PREDICTED):
    metric = StreamingR2()
    ends = np.cumsum(sizes)
    for start, end in zip([0, *ends], ends, strict=False):
        metric.update_state(y_true[start:end], y_pred[start:end])
    return float(metric.result())


def test_one_batch():
    """R2 of a single batch"""
    value = measured(6)
    assert abs(value - 10 / 70) > 0.001, (
        "Your R2 is 10 / 70 = 0.14, the share of the squared errors that is left. R2 is "
        "the share that is gone: subtract from 1."
    )
    assert abs(value - (1 - 10 / 220)) > 0.001, (
        "Your R2 is 1 - 10 / 220 = 0.95: you divide by the sum of the squares. Around "
        "the mean they are fewer: 220 - 30 * 30 / 6 = 70."
    )
    assert abs(value - (1 - 10 / 70)) < 1e-5, (
        f"Your R2 is {value:.2f} where it should be 1 - 10 / 70 = 0.86: 10 is the sum of "
        "the squared errors, 70 that of the squared distances from the mean, 5."
    )


def test_batches():
    """The same in any batches"""
    value = measured(3, 3)
    assert abs(value - (1 - 10 / 16)) > 0.001, (
        "In batches of three your R2 is 1 - 10 / 16 = 0.38: you add up distances from "
        "the mean of each *batch*, 2 + 14. The rule that R2 compares with knows one mean, "
        "that of all six. Remember sums and squares; make the mean in `result`."
    )
    assert abs(value + 3 / 7) > 0.001, (
        "In batches of three your R2 is -0.43, the mean of -1.50 and 0.64. Ratios do not "
        "add up. Remember sums, and divide in `result`."
    )
    for sizes in ((3, 3), (4, 2), (5, 1)):
        value = measured(*sizes)
        assert abs(value - (1 - 10 / 70)) < 1e-5, (
            f"In batches of {sizes[0]} and {sizes[1]} your R2 is {value:.2f} where it "
            "should be 0.86, as in one batch. Add up over the batches: the number of "
            "cases, the actual values, their squares, the squared errors."
        )


def test_reset():
    """After `reset_state`"""
    metric = StreamingR2()
    metric.update_state(10 * ACTUAL, PREDICTED)
    metric.reset_state()
    metric.update_state(ACTUAL, PREDICTED)
    value = float(metric.result())
    assert abs(value - (1 - 10 / 70)) < 1e-5, (
        f"After `reset_state` your R2 is {value:.2f} where it should be 0.86: something "
        "remembers the cases before. Make it with `add_weight`, which Keras resets."
    )


def test_shapes():
    """Flat or as a column"""
    for y_true, y_pred in (
        (ACTUAL, PREDICTED[:, None]),
        (ACTUAL[:, None], PREDICTED),
        (ACTUAL[:, None], PREDICTED[:, None]),
    ):
        value = measured(6, y_true=y_true, y_pred=y_pred)
        assert abs(value - (1 - 10 / 70)) < 1e-5, (
            f"With actual values of shape {y_true.shape} and predicted ones of shape "
            f"{y_pred.shape} your R2 is {value:.2f} where it should be 0.86: a flat array "
            "minus a column is a table of 36 differences. Bring both to one shape first."
        )


# %% mean-of-each-batch role="wrong" hint="test_batches"
class StreamingR2(keras.metrics.Metric):
    def __init__(self, name="r2", **kwargs):
        super().__init__(name=name, **kwargs)
        self.around_mean = self.add_weight(name="around_mean", initializer="zeros")
        self.errors = self.add_weight(name="errors", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = ops.reshape(y_true, (-1,)), ops.reshape(y_pred, (-1,))
        self.around_mean.assign_add(ops.sum((y_true - ops.mean(y_true)) ** 2))
        self.errors.assign_add(ops.sum((y_pred - y_true) ** 2))

    def result(self):
        return 1 - self.errors / self.around_mean


# %% plain-numbers role="wrong" hint="test_reset"
class StreamingR2(keras.metrics.Metric):
    def __init__(self, name="r2", **kwargs):
        super().__init__(name=name, **kwargs)
        self.count = self.total = self.squares = self.errors = 0.0

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = ops.reshape(y_true, (-1,)), ops.reshape(y_pred, (-1,))
        self.count += len(y_true)
        self.total += ops.sum(y_true)
        self.squares += ops.sum(y_true**2)
        self.errors += ops.sum((y_pred - y_true) ** 2)

    def result(self):
        return 1 - self.errors / (self.squares - self.total**2 / self.count)


# %% table role="wrong" hint="test_shapes"
class StreamingR2(keras.metrics.Metric):
    def __init__(self, name="r2", **kwargs):
        super().__init__(name=name, **kwargs)
        self.count = self.add_weight(name="count", initializer="zeros")
        self.total = self.add_weight(name="total", initializer="zeros")
        self.squares = self.add_weight(name="squares", initializer="zeros")
        self.errors = self.add_weight(name="errors", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.count.assign_add(len(y_true))
        self.total.assign_add(ops.sum(y_true))
        self.squares.assign_add(ops.sum(ops.square(y_true)))
        self.errors.assign_add(ops.sum(ops.square(ops.subtract(y_pred, y_true))))

    def result(self):
        around_mean = self.squares - self.total**2 / self.count
        return 1 - self.errors / around_mean
