# %%
"""Exercise: a loss that charges more for late than for early."""

# equivalent: @keras.saving.register_keras_serializable(package="parcels") -> @keras.saving.register_keras_serializable() because the package only keeps the names of different programs apart
# equivalent: return ops.mean(ops.maximum(late, early), axis=-1) -> return ops.mean(ops.maximum(late, early), axis=1) because predictions have two axes

# %% task role="task"
"""
A shop promises when a parcel will arrive. An hour late costs nine times as much as an hour early. The cheapest promise is then one that holds for nine parcels of ten: the *quantile* 0.9 of the delivery times. A model learns it with the *pinball loss*.

Complete the class `Pinball`:

- `Pinball(quantile=0.5)` also takes the arguments that every loss takes, such as `reduction`.
- An error is the target minus the prediction. A positive one costs `quantile` times its size, a negative one `1 - quantile` times its size.
- `call` returns one value per sample, the mean over the last axis.
- Predictions have the shape `(n, 1)`, targets `(n, 1)` or `(n,)`; or both `(n, k)`.
- A model that was saved with it is loaded without help, with an equal loss.
"""

# %% setup
import tempfile
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops


# %% starter role="starter"
@keras.saving.register_keras_serializable(package="parcels")
class Pinball(keras.losses.Loss):
    def __init__(self, quantile=0.5, name="pinball", **kwargs):
        super().__init__(name=name, **kwargs)
        self.quantile = quantile

    def call(self, y_true, y_pred):
        return ops.zeros(ops.shape(y_pred)[0])  # your code

    # your code: what else does saving need?


# %% solution role="solution"
@keras.saving.register_keras_serializable(package="parcels")
class Pinball(keras.losses.Loss):
    def __init__(self, quantile=0.5, name="pinball", **kwargs):
        super().__init__(name=name, **kwargs)
        self.quantile = quantile

    def call(self, y_true, y_pred):
        errors = ops.reshape(y_true, ops.shape(y_pred)) - y_pred
        late, early = self.quantile * errors, (self.quantile - 1) * errors
        return ops.mean(ops.maximum(late, early), axis=-1)

    def get_config(self):
        return {**super().get_config(), "quantile": self.quantile}


# %% promises
hours = np.random.default_rng(0).gamma(4.0, 6.0, size=(99, 1)).astype("float32")
promised = np.arange(8, 65, dtype="float32")

fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
for quantile in (0.5, 0.9):
    loss = Pinball(quantile)
    costs = [float(loss(hours, np.full_like(hours, hour))) for hour in promised]
    best = promised[np.argmin(costs)]
    kept = (hours <= best).mean()
    print(f"quantile {quantile}: promise {best:.0f} hours, kept {kept:.2f}")
    ax.plot(promised, costs, label=f"quantile {quantile}")
    ax.plot(best, min(costs), "o", color=ax.lines[-1].get_color())
ax.set_title("The cheapest promise for 99 parcels")
ax.set_xlabel("promised hours")
ax.set_ylabel("loss")
_ = ax.legend()


# %% tests role="tests"
def cost(targets, predictions, weights=None, **options):
    loss = Pinball(**options)
    targets, predictions = np.float32(targets), np.float32(predictions)
    return np.array(loss(targets, predictions, sample_weight=weights))


def test_costs():
    """Late and early"""
    late = float(cost([[12]], [[10]], quantile=0.9))
    early = float(cost([[8]], [[10]], quantile=0.9))
    assert late >= 0 and early >= 0, (
        f"Two hours late cost {late:.2f}, two hours early {early:.2f}. No error earns "
        "money: both sides are charged for the size of the error."
    )
    assert not (abs(late - 0.2) < 1e-3 and abs(early - 1.8) < 1e-3), (
        "With a quantile of 0.9, two hours late cost 0.20 and two hours early 1.80: the "
        "sides are swapped. A parcel is late when the target is above the prediction; "
        "that side costs 0.9 an hour."
    )
    assert abs(late - 1.8) < 1e-3 and abs(early - 0.2) < 1e-3, (
        "With a quantile of 0.9, two hours late should cost 1.80 and two hours early "
        f"0.20; yours cost {late:.2f} and {early:.2f}."
    )
    half = float(cost([[12]], [[10]]))
    assert abs(half - 1) < 1e-3, (
        "Without an argument the quantile is 0.5, and two hours late should cost 1.00; "
        f"yours cost {half:.2f}."
    )


def test_samples():
    """One value per sample"""
    value = float(cost([[12], [8]], [[10], [10]], weights=[1, 0], quantile=0.9))
    assert abs(value - 0.9) < 1e-3, (
        "Two samples cost 1.80 and 0.20, and the second has the weight 0: the loss "
        f"should be 1.80 / 2 = 0.90, and yours is {value:.2f}. If `call` returns a "
        "single number, the weights come too late. Take the mean over the last axis "
        "only."
    )
    values = cost([[12, 8], [10, 14]], [[10, 10]] * 2, quantile=0.9, reduction="none")
    assert values.shape == (2,), (
        "Two samples with two outputs each, and the reduction `none`: the losses should "
        f"have the shape (2,), and yours have {values.shape}. Take the mean over the "
        "last axis."
    )
    assert np.allclose(values, [1, 1.8], atol=1e-3), (
        "One sample is 2 late and 2 early, the other 0 and 4 late: the means should be "
        f"1.00 and 1.80. Yours are {values[0]:.2f} and {values[1]:.2f}."
    )


def test_flat_targets():
    """Targets in one row"""
    value = float(cost([12, 8, 10], [[10], [8], [20]], quantile=0.9))
    assert abs(value - 2.8 / 3) < 1e-3, (
        "With targets of shape (3,) and predictions of shape (3, 1) your loss is "
        f"{value:.2f}. The three parcels cost 1.80, 0.00 and 1.00, so it should be "
        "0.93. A row and a column meet as a table, every target against every "
        "prediction. Give the targets the shape of the predictions first."
    )


def test_saved():
    """Saved and loaded"""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Identity()])
    model.compile(loss=Pinball(0.9, reduction="sum"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "parcels.keras")
        model.save(path)
        try:
            loss = keras.saving.load_model(path).loss
        except TypeError:
            loss = None
    assert loss is not None, (
        "The saved model cannot be loaded: its file has the name of the loss, and "
        "nobody knows whose name it is. `keras.saving.register_keras_serializable` "
        "makes it known."
    )
    value = float(loss(np.full((2, 1), 12.0), np.full((2, 1), 10.0)))
    assert abs(value - 2) > 1e-3, (
        "Saved with a quantile of 0.9, loaded with 0.5: two parcels, two hours late, "
        "cost 2.00 and not 3.60. The file holds what `get_config` returns. Add the "
        "quantile to what the base class returns."
    )
    assert abs(value - 3.6) < 1e-3, (
        f"After loading, two parcels, two hours late, cost {value:.2f}; before saving "
        "it was 3.60, with the reduction `sum`. `get_config` has to return what the "
        "base class returns, and the quantile."
    )


# %% swapped role="wrong" hint="test_costs"
@keras.saving.register_keras_serializable(package="parcels")
class Pinball(keras.losses.Loss):
    def __init__(self, quantile=0.5, name="pinball", **kwargs):
        super().__init__(name=name, **kwargs)
        self.quantile = quantile

    def call(self, y_true, y_pred):
        errors = y_pred - ops.reshape(y_true, ops.shape(y_pred))
        late, early = self.quantile * errors, (self.quantile - 1) * errors
        return ops.mean(ops.maximum(late, early), axis=-1)


# %% one-number role="wrong" hint="test_samples"
@keras.saving.register_keras_serializable(package="parcels")
class Pinball(keras.losses.Loss):
    def __init__(self, quantile=0.5, name="pinball", **kwargs):
        super().__init__(name=name, **kwargs)
        self.quantile = quantile

    def call(self, y_true, y_pred):
        errors = ops.reshape(y_true, ops.shape(y_pred)) - y_pred
        rate = ops.where(errors > 0, self.quantile, 1 - self.quantile)
        return ops.mean(rate * ops.abs(errors))


# %% every-pair role="wrong" hint="test_flat_targets"
@keras.saving.register_keras_serializable(package="parcels")
class Pinball(keras.losses.Loss):
    def __init__(self, quantile=0.5, name="pinball", **kwargs):
        super().__init__(name=name, **kwargs)
        self.quantile = quantile

    def call(self, y_true, y_pred):
        errors = y_true - y_pred
        rate = ops.where(errors > 0, self.quantile, 1 - self.quantile)
        return ops.mean(rate * ops.abs(errors), axis=-1)

    def get_config(self):
        return {**super().get_config(), "quantile": self.quantile}


# %% no-config role="wrong" hint="test_saved"
@keras.saving.register_keras_serializable(package="parcels")
class Pinball(keras.losses.Loss):
    def __init__(self, quantile=0.5, name="pinball", **kwargs):
        super().__init__(name=name, **kwargs)
        self.quantile = quantile

    def call(self, y_true, y_pred):
        errors = ops.reshape(y_true, ops.shape(y_pred)) - y_pred
        rate = ops.where(errors > 0, self.quantile, 1 - self.quantile)
        return ops.mean(rate * ops.abs(errors), axis=-1)
