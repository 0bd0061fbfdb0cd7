# %%
"""Exercise: bring a metric from Keras 2 to today's Keras."""

# %% task role="task"
"""
This metric was written for Keras 2. It tells how far the errors spread: the largest minus the smallest, where an error is the target minus the prediction. Today it raises exceptions. When these are gone, it is still wrong in two ways, and nothing says so.

Change the class `ErrorRange` until it does in Keras 3 what it did in Keras 2:

- The result is the range of all errors since the last reset, whatever the batches were.
- `fit` and `evaluate` start anew: what came before a reset leaves no trace.
- Predictions have the shape `(n, 1)`, targets `(n, 1)` or `(n,)`. Keras 2 gave the targets the shape of the predictions before it called a metric.
"""

# %% setup
import keras
import numpy as np
from keras import backend as K
from keras import ops
from keras.initializers import Constant


# %% starter role="starter"
class ErrorRange(keras.metrics.Metric):
    def __init__(self, name="error_range", **kwargs):
        super().__init__(name=name, **kwargs)
        self.low = self.add_weight("low", initializer=Constant(np.inf))
        self.high = self.add_weight("high", initializer=Constant(-np.inf))

    def update_state(self, y_true, y_pred, sample_weight=None):
        errors = y_true - y_pred
        self.low.assign(K.minimum(self.low, K.min(errors)))
        self.high.assign(K.maximum(self.high, K.max(errors)))

    def result(self):
        return self.high - self.low

    def reset_states(self):
        self.low.assign(np.inf)
        self.high.assign(-np.inf)


# %% solution role="solution"
class ErrorRange(keras.metrics.Metric):
    def __init__(self, name="error_range", **kwargs):
        super().__init__(name=name, **kwargs)
        self.low = self.add_weight(name="low", initializer=Constant(np.inf))
        self.high = self.add_weight(name="high", initializer=Constant(-np.inf))

    def update_state(self, y_true, y_pred, sample_weight=None):
        errors = ops.reshape(y_true, ops.shape(y_pred)) - y_pred
        self.low.assign(ops.minimum(self.low, ops.min(errors)))
        self.high.assign(ops.maximum(self.high, ops.max(errors)))

    def result(self):
        return self.high - self.low

    def reset_state(self):
        self.low.assign(np.inf)
        self.high.assign(-np.inf)


# %% train tolerance="1e-2"
keras.utils.set_random_seed(0)
hours = np.linspace(0, 1, 40, dtype="float32")[:, np.newaxis]
level = 1 + 2 * hours[:, 0]  # in one row

model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile(keras.optimizers.SGD(0.2), loss="mse", metrics=[ErrorRange()])
history = model.fit(hours, level, batch_size=10, epochs=5, verbose=0)
print([round(value, 2) for value in history.history["error_range"]])


# %% tests role="tests"
def attempt(action):
    # What the action gives, and the name of the exception that it raised instead
    try:
        return action(), ""
    except (AttributeError, TypeError, ValueError) as error:
        return None, type(error).__name__


def update(metric, *errors):
    errors = np.float32(errors)[:, None]
    metric.update_state(
        ops.convert_to_tensor(errors + 10), ops.full(errors.shape, 10.0)
    )


def test_weights():
    """The names of the weights"""
    metric, error = attempt(ErrorRange)
    assert not error, (
        f"`ErrorRange()` raises {error}. `add_weight` took the name in its first "
        "position; today the shape stands there. Write `name=` in front of the name."
    )
    assert {"low", "high"} <= {variable.name for variable in metric.variables}, (
        "The metric should keep two weights, with the names low and high. Keras knows "
        "only what `add_weight` makes."
    )


def test_functions():
    """Mathematics from the backend"""
    metric = ErrorRange()
    _, error = attempt(lambda: update(metric, 2, 3, 1))
    assert not error, (
        f"`update_state` raises {error}. The mathematics of `keras.backend` is in "
        "`keras.ops` today, mostly under the same names."
    )
    first = float(metric.result())
    update(metric, 2, 4)
    second = float(metric.result())
    assert abs(first - 2) < 1e-3 and abs(second - 3) < 1e-3, (
        "After the errors 2, 3, 1 the range should be 3 - 1 = 2.00, and after 2 and 4 "
        f"as well it should be 4 - 1 = 3.00. Yours are {first:.2f} and {second:.2f}."
    )


def test_reset():
    """Starting anew"""
    metric = ErrorRange()
    update(metric, 2, 3, 1)
    metric.reset_state()
    update(metric, 4, 9)
    value = float(metric.result())
    assert abs(value - 9) > 1e-3, (
        "After a reset and the errors 4 and 9 your range is 9.00, as if there had been "
        "an error of 0. Keras has set both weights to 0, and nobody calls "
        "`reset_states` any more. Today's name has no s at its end."
    )
    assert abs(value - 5) < 1e-3, (
        "After the errors 2, 3, 1, a reset, and the errors 4 and 9 the range should be "
        f"9 - 4 = 5.00; yours is {value:.2f}."
    )
    metric.reset_state()
    update(metric, -9, -4)
    value = float(metric.result())
    assert abs(value - 5) < 1e-3, (
        "After another reset and the errors -9 and -4 the range should be 5.00; yours "
        f"is {value:.2f}. Both weights have to start anew."
    )


def test_flat_targets():
    """Targets in one row"""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Identity()])
    model.compile(loss="mse", metrics=[ErrorRange()])
    predictions, targets = np.float32([[1], [2], [4]]), np.float32([3, 4.5, 6])
    results = model.evaluate(predictions, targets, verbose=0, return_dict=True)
    value = results["error_range"]
    assert abs(value - 0.5) < 1e-3, (
        "The predictions 1, 2, 4 and the targets 3, 4.5, 6 differ by 2, 2.5 and 2: the "
        f"range should be 0.50, and yours is {value:.2f}. The targets had the shape "
        "(3,), the predictions (3, 1), and together they made a table of 9 errors. "
        "Keras 2 aligned the shapes for a metric; Keras 3 leaves that to you."
    )


# %% names-only role="wrong" hint="test_functions"
class ErrorRange(keras.metrics.Metric):
    def __init__(self, name="error_range", **kwargs):
        super().__init__(name=name, **kwargs)
        self.low = self.add_weight(name="low", initializer=Constant(np.inf))
        self.high = self.add_weight(name="high", initializer=Constant(-np.inf))

    def update_state(self, y_true, y_pred, sample_weight=None):
        errors = y_true - y_pred
        self.low.assign(K.minimum(self.low, K.min(errors)))
        self.high.assign(K.maximum(self.high, K.max(errors)))

    def result(self):
        return self.high - self.low

    def reset_states(self):
        self.low.assign(np.inf)
        self.high.assign(-np.inf)


# %% old-reset role="wrong" hint="test_reset"
class ErrorRange(keras.metrics.Metric):
    def __init__(self, name="error_range", **kwargs):
        super().__init__(name=name, **kwargs)
        self.low = self.add_weight(name="low", initializer=Constant(np.inf))
        self.high = self.add_weight(name="high", initializer=Constant(-np.inf))

    def update_state(self, y_true, y_pred, sample_weight=None):
        errors = ops.reshape(y_true, ops.shape(y_pred)) - y_pred
        self.low.assign(ops.minimum(self.low, ops.min(errors)))
        self.high.assign(ops.maximum(self.high, ops.max(errors)))

    def result(self):
        return self.high - self.low

    def reset_states(self):
        self.low.assign(np.inf)
        self.high.assign(-np.inf)


# %% flat-targets role="wrong" hint="test_flat_targets"
class ErrorRange(keras.metrics.Metric):
    def __init__(self, name="error_range", **kwargs):
        super().__init__(name=name, **kwargs)
        self.low = self.add_weight(name="low", initializer=Constant(np.inf))
        self.high = self.add_weight(name="high", initializer=Constant(-np.inf))

    def update_state(self, y_true, y_pred, sample_weight=None):
        errors = y_true - y_pred
        self.low.assign(ops.minimum(self.low, ops.min(errors)))
        self.high.assign(ops.maximum(self.high, ops.max(errors)))

    def result(self):
        return self.high - self.low

    def reset_state(self):
        self.low.assign(np.inf)
        self.high.assign(-np.inf)
