# %%
"""Exercise: a layer that learns limits from data and comes back from a file whole."""

# %% task role="task"
"""
A broken cable makes a sensor report -999. Before a network sees such a number, it should be cut off at what is usual, and what is usual is learned from the training rows, column by column.

Complete the layer `Limits`:

- `learn(rows)` takes an array of shape `(n, columns)`. The lower limit of a column is its `share` quantile, the upper one its `1 - share` quantile, as `np.quantile` computes them. `learn` may be called again, with other rows, also after loading.
- `call` raises smaller values to the lower limit and lowers larger ones to the upper limit.
- The class is registered in the package `plant`. After `load_model`, without `custom_objects`, limits and `share` are what they were.
- Training does not move the limits.
"""

# %% setup
import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops


# %% starter role="starter"
class Limits(layers.Layer):
    def __init__(self, share=0.01, **kwargs):
        super().__init__(**kwargs)
        self.share = share

    def learn(self, rows):
        pass  # your code: where are numbers kept that a layer has learned?

    def call(self, inputs):
        return inputs  # your code

    def get_config(self):
        return super().get_config()  # your code


# %% solution role="solution"
@keras.saving.register_keras_serializable("plant")
class Limits(layers.Layer):
    def __init__(self, share=0.01, **kwargs):
        super().__init__(**kwargs)
        self.share = share

    def build(self, input_shape):
        columns = input_shape[1:]
        self.low = self.add_weight(columns, name="low", trainable=False)
        self.high = self.add_weight(columns, name="high", trainable=False)

    def learn(self, rows):
        if not self.built:
            self.build(rows.shape)
        self.low.assign(np.quantile(rows, self.share, axis=0))
        self.high.assign(np.quantile(rows, 1 - self.share, axis=0))

    def call(self, inputs):
        return ops.clip(inputs, self.low, self.high)

    def get_config(self):
        return {**super().get_config(), "share": self.share}


# %% sensor
rng = np.random.default_rng(0)
rows = rng.normal([20, 1013], [3, 8], (500, 2)).astype("float32")
limits = Limits()
limits.learn(rows)

broken = np.array([[21.5, 1009.0], [-999.0, 1009.0]], "float32")
print("in ", *broken)
print("out", *limits(broken).numpy().round(1))

# %% round-trip keep="share difference"
model = keras.Sequential([keras.Input((2,)), limits, layers.Dense(1)])
model.save("sensor.keras")

loaded = keras.saving.load_model("sensor.keras")
share = loaded.layers[0].share
difference = float(np.abs(loaded(broken) - model(broken)).max())
print(f"share {share:.2f}, largest difference {difference:.3f}")

# %% tests role="tests"
ROWS = np.array([[0, 100], [1, 110], [2, 120], [3, 130], [4, 140]], "float32")
BEYOND = np.array([[-999, 120], [2, 999]], "float32")
OTHERS = np.array([[2, -999], [999, 120]], "float32")


def learned():
    layer = Limits(0.25)
    layer.learn(ROWS)
    return layer


def reloaded():
    with tempfile.TemporaryDirectory() as place:
        file = Path(place, "limits.keras")
        keras.Sequential([keras.Input((2,)), learned()]).save(file)
        return keras.saving.load_model(file).layers[0]


def numbers(outputs):
    return np.ravel(outputs).round(2).tolist()


def test_cuts_off():
    """Where values are cut off"""
    found = numbers(learned()(BEYOND))
    assert found == [1, 120, 2, 130], (
        "Of the rows -999, 120 and 2, 999 your layer makes "
        f"{found}. The columns are 0, 1, 2, 3, 4 and 100, 110, 120, 130, 140; with a "
        "share of 0.25 their limits are 1 and 3, and 110 and 130, so it should be "
        "[1.0, 120.0, 2.0, 130.0]. Quantiles are taken with `axis=0`, values are cut "
        "off by `ops.clip`."
    )
    found = numbers(learned()(OTHERS))
    assert found == [2, 110, 3, 120], (
        f"Of the rows 2, -999 and 999, 120 your layer makes {found}. With limits of 1 "
        "and 3, and 110 and 130, it should be [2.0, 110.0, 3.0, 120.0]: cut off at "
        "both ends."
    )


def test_registered():
    """A registered class"""
    name = keras.saving.get_registered_name(Limits)
    assert name == "plant>Limits", (
        f"In a file your class would be called `{name}`, which another program cannot "
        "find. Register it: "
        '`@keras.saving.register_keras_serializable("plant")`.'
    )


def test_limits_come_back():
    """The limits, from a file"""
    found = numbers(reloaded()(BEYOND))
    assert found == [1, 120, 2, 130], (
        "After saving and loading, the rows -999, 120 and 2, 999 become "
        f"{found} instead of [1.0, 120.0, 2.0, 130.0]: the limits have not come "
        "back. Attributes are not saved; weights are. Make both limits with "
        "`add_weight` in `build`, and give them their values with `assign`."
    )


def test_share_comes_back():
    """The share, from a file"""
    value = reloaded().share
    assert value == 0.25, (
        f"The share was 0.25 when the layer was saved; loaded, it is {value}. A file "
        "mentions only what `get_config` returns, and an argument that is missing "
        "there gets its default: add it to what `super().get_config()` returns."
    )
    assert Limits().share == 0.01, (
        f"Without an argument the share is {Limits().share} where it should be 0.01."
    )


def test_learn_again():
    """Learning again"""
    layer, problem = reloaded(), ""
    try:
        layer.learn(ROWS + 10)
    except ValueError as error:
        problem = str(error).partition(".")[0]
    assert not problem, (
        f"Keras refuses a second `learn`: {problem}. The weights are there after the "
        "first time, or after loading: call `self.build` only if `self.built` is not "
        "yet true."
    )
    found = numbers(layer(BEYOND))
    assert found == [11, 120, 11, 140], (
        f"The layer has learned again, from rows that were 10 higher. Of -999, 120 and "
        f"2, 999 it makes {found} where it should be [11.0, 120.0, 11.0, 140.0]."
    )


def test_training():
    """What training may change"""
    count = len(learned().trainable_weights)
    assert count == 0, (
        f"{count} of your layer's weights are trainable: the next `fit` would move the "
        "limits. Add `trainable=False`."
    )


# %% not-registered role="wrong" hint="test_registered"
class Limits(layers.Layer):
    def __init__(self, share=0.01, **kwargs):
        super().__init__(**kwargs)
        self.share = share

    def build(self, input_shape):
        columns = input_shape[1:]
        self.low = self.add_weight(columns, name="low", trainable=False)
        self.high = self.add_weight(columns, name="high", trainable=False)

    def learn(self, rows):
        if not self.built:
            self.build(rows.shape)
        self.low.assign(np.quantile(rows, self.share, axis=0))
        self.high.assign(np.quantile(rows, 1 - self.share, axis=0))

    def call(self, inputs):
        return ops.clip(inputs, self.low, self.high)

    def get_config(self):
        return {**super().get_config(), "share": self.share}


# %% plain-attributes role="wrong" hint="test_limits_come_back"
@keras.saving.register_keras_serializable("plant")
class Limits(layers.Layer):
    def __init__(self, share=0.01, **kwargs):
        super().__init__(**kwargs)
        self.share = share
        self.low, self.high = -np.inf, np.inf

    def learn(self, rows):
        self.low = np.quantile(rows, self.share, axis=0)
        self.high = np.quantile(rows, 1 - self.share, axis=0)

    def call(self, inputs):
        return ops.clip(inputs, self.low, self.high)

    def get_config(self):
        return {**super().get_config(), "share": self.share}


# %% forgets-share role="wrong" hint="test_share_comes_back"
@keras.saving.register_keras_serializable("plant")
class Limits(layers.Layer):
    def __init__(self, share=0.01, **kwargs):
        super().__init__(**kwargs)
        self.share = share

    def build(self, input_shape):
        columns = input_shape[1:]
        self.low = self.add_weight(columns, name="low", trainable=False)
        self.high = self.add_weight(columns, name="high", trainable=False)

    def learn(self, rows):
        if not self.built:
            self.build(rows.shape)
        self.low.assign(np.quantile(rows, self.share, axis=0))
        self.high.assign(np.quantile(rows, 1 - self.share, axis=0))

    def call(self, inputs):
        return ops.clip(inputs, self.low, self.high)

    def get_config(self):
        return super().get_config()


# %% builds-twice role="wrong" hint="test_learn_again"
@keras.saving.register_keras_serializable("plant")
class Limits(layers.Layer):
    def __init__(self, share=0.01, **kwargs):
        super().__init__(**kwargs)
        self.share = share

    def build(self, input_shape):
        columns = input_shape[1:]
        self.low = self.add_weight(columns, name="low", trainable=False)
        self.high = self.add_weight(columns, name="high", trainable=False)

    def learn(self, rows):
        self.build(rows.shape)
        self.low.assign(np.quantile(rows, self.share, axis=0))
        self.high.assign(np.quantile(rows, 1 - self.share, axis=0))

    def call(self, inputs):
        return ops.clip(inputs, self.low, self.high)

    def get_config(self):
        return {**super().get_config(), "share": self.share}


# %% trainable role="wrong" hint="test_training"
@keras.saving.register_keras_serializable("plant")
class Limits(layers.Layer):
    def __init__(self, share=0.01, **kwargs):
        super().__init__(**kwargs)
        self.share = share

    def build(self, input_shape):
        self.low = self.add_weight(input_shape[1:], name="low")
        self.high = self.add_weight(input_shape[1:], name="high")

    def learn(self, rows):
        if not self.built:
            self.build(rows.shape)
        self.low.assign(np.quantile(rows, self.share, axis=0))
        self.high.assign(np.quantile(rows, 1 - self.share, axis=0))

    def call(self, inputs):
        return ops.clip(inputs, self.low, self.high)

    def get_config(self):
        return {**super().get_config(), "share": self.share}
