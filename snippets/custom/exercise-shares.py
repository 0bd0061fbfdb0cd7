# %%
"""Exercise: a constraint that makes shares of weights."""

# equivalent: @keras.saving.register_keras_serializable(package="weather") -> @keras.saving.register_keras_serializable() because the package only keeps the names of different programs apart

# %% task role="task"
"""
A model blends the forecasts of several weather services. Each unit is one blend, and its weights say how much each service counts. They should be shares: none below zero, and together always the same. Keras has no constraint for this.

Complete the class `Shares`:

- `Shares(total=1.0)` is a constraint. It gets the weights of a dense layer: one row per service, one column per unit.
- Negative weights become 0. The others keep their proportions, and each column adds up to `total`.
- A column without a positive weight becomes equal shares of `total`.
- A layer that was saved with it is loaded without help, with the same total.
"""

# %% setup
import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import ops


# %% starter role="starter"
@keras.saving.register_keras_serializable(package="weather")
class Shares(keras.constraints.Constraint):
    def __init__(self, total=1.0):
        self.total = total

    def __call__(self, weights):
        return weights  # your code

    # your code: what else does saving need?


# %% solution role="solution"
@keras.saving.register_keras_serializable(package="weather")
class Shares(keras.constraints.Constraint):
    def __init__(self, total=1.0):
        self.total = total

    def __call__(self, weights):
        weights = ops.relu(weights)
        sums = ops.sum(weights, axis=0)
        shares = ops.where(sums > 0, weights / sums, 1 / weights.shape[0])
        return self.total * shares

    def get_config(self):
        return {"total": self.total}


# %% data
rng = np.random.default_rng(0)
truth = rng.normal(0, 3, size=(100, 1))  # how much warmer than usual each day was
forecasts = truth + rng.normal(0, [1, 2, 4], size=(100, 3))  # the first errs least


def blend(constraint):
    keras.utils.set_random_seed(0)
    layer = keras.layers.Dense(1, use_bias=False, kernel_constraint=constraint)
    model = keras.Sequential([keras.Input((3,)), layer])
    model.compile(keras.optimizers.Adam(0.1), loss="mse")
    model.fit(forecasts, truth, batch_size=25, epochs=5, verbose=0)
    return layer.kernel.numpy().ravel()


# %% compare tolerance="0.05"
for constraint in (None, Shares()):
    weights = blend(constraint)
    print(type(constraint).__name__, weights.round(2), f"sum {weights.sum():.2f}")


# %% tests role="tests"
def shared(*columns, **options):
    weights = ops.convert_to_tensor(np.float32(columns).T)
    return np.array(Shares(**options)(weights)).T


def test_units():
    """What adds up to the total"""
    weights = shared([3, 1, 4], [1, 1, 6])
    across = weights.sum(axis=0)
    assert not np.allclose(across, 1, atol=1e-3), (
        "The two weights of each service add up to 1. Each unit should have shares of "
        "its own: sum over the services, which are axis 0."
    )
    sums = weights.sum(axis=1)
    assert np.allclose(sums, 1, atol=1e-3), (
        "Three services and two units, with the weights 3, 1, 4 and 1, 1, 6: the "
        f"weights of each unit should add up to 1.00. Yours add up to {sums[0]:.2f} and "
        f"{sums[1]:.2f}."
    )
    sums = shared([3, 1, 4], [1, 1, 6], total=5.0).sum(axis=1)
    assert np.allclose(sums, 5, atol=1e-3), (
        "With `total=5.0` the weights of each unit should add up to 5.00; yours add up "
        f"to {sums[0]:.2f} and {sums[1]:.2f}."
    )


def test_proportions():
    """Who has which share"""
    (weights,) = shared([-1, 3, 1])
    assert (weights >= 0).all(), (
        f"Of the weights -1, 3, 1 you make {weights[0]:.2f}, {weights[1]:.2f} and "
        f"{weights[2]:.2f}. No share is negative: make the -1 a 0 before you sum."
    )
    assert weights[0] < 1e-3, (
        f"The weight -1 becomes a share of {weights[0]:.2f}; it should become 0. "
        "`ops.relu` replaces what is negative; a softmax or the absolute values make "
        "something positive of it."
    )
    assert np.allclose(weights, [0, 0.75, 0.25], atol=1e-3), (
        "Of the weights -1, 3, 1 you make "
        f"{weights[0]:.2f}, {weights[1]:.2f} and {weights[2]:.2f}. The 3 is three times "
        "as much as the 1 and should stay so: 0.00, 0.75 and 0.25."
    )


def test_nothing_positive():
    """A unit without a positive weight"""
    weights = shared([-1, -2, 0, 0], [0.3, 0.1, 0, 0], total=2.0)
    assert np.isfinite(weights).all(), (
        "A unit with the weights -1, -2, 0, 0 gets shares that are no numbers: its "
        "positive weights add up to 0, and you divide by that. One such unit spoils "
        "the model. Give it equal shares."
    )
    assert np.allclose(weights[0], 0.5, atol=1e-3), (
        "With `total=2.0`, a unit with the weights -1, -2, 0, 0 should get four shares "
        f"of 0.50; the first of yours is {weights[0, 0]:.2f}."
    )
    assert np.allclose(weights[1], [1.5, 0.5, 0, 0], atol=1e-3), (
        "Beside it, a unit with the weights 0.3, 0.1, 0, 0 should get 1.50, 0.50, 0, 0; "
        f"the first of yours is {weights[1, 0]:.2f}. Look at each unit by itself."
    )


def test_saved():
    """Saved and loaded"""
    layer = keras.layers.Dense(1, kernel_constraint=Shares(5.0))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "blend.keras")
        keras.Sequential([keras.Input((2,)), layer]).save(path)
        try:
            constraint = keras.saving.load_model(path).layers[0].kernel_constraint
        except TypeError:
            constraint = None
    assert constraint is not None, (
        "The saved layer cannot be loaded: its file has the name of the constraint, "
        "and nobody knows whose name it is. "
        "`keras.saving.register_keras_serializable` makes it known."
    )
    total = float(ops.sum(constraint(ops.ones((2, 1)))))
    assert abs(total - 5) < 1e-3, (
        f"Saved with a total of 5.00, loaded with {total:.2f}, and without a warning: "
        "the base class returns an empty configuration. Return the total from "
        "`get_config`."
    )


# %% by-service role="wrong" hint="test_units"
@keras.saving.register_keras_serializable(package="weather")
class Shares(keras.constraints.Constraint):
    def __init__(self, total=1.0):
        self.total = total

    def __call__(self, weights):
        weights = ops.relu(weights)
        return self.total * weights / ops.sum(weights, axis=-1, keepdims=True)


# %% softmax role="wrong" hint="test_proportions"
@keras.saving.register_keras_serializable(package="weather")
class Shares(keras.constraints.Constraint):
    def __init__(self, total=1.0):
        self.total = total

    def __call__(self, weights):
        return self.total * ops.softmax(weights, axis=0)

    def get_config(self):
        return {"total": self.total}


# %% divides-by-zero role="wrong" hint="test_nothing_positive"
@keras.saving.register_keras_serializable(package="weather")
class Shares(keras.constraints.Constraint):
    def __init__(self, total=1.0):
        self.total = total

    def __call__(self, weights):
        weights = ops.relu(weights)
        return self.total * weights / ops.sum(weights, axis=0)

    def get_config(self):
        return {"total": self.total}


# %% no-config role="wrong" hint="test_saved"
@keras.saving.register_keras_serializable(package="weather")
class Shares(keras.constraints.Constraint):
    def __init__(self, total=1.0):
        self.total = total

    def __call__(self, weights):
        weights = ops.relu(weights)
        sums = ops.sum(weights, axis=0)
        shares = ops.where(sums > 0, weights / sums, 1 / weights.shape[0])
        return self.total * shares
