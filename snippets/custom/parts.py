# %%
"""Write an activation, an initializer, a regularizer and a constraint of your own."""

# %% setup
import re

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(0)


# %% softplus keep="naive_at_20"
def naive_softplus(z):
    return ops.log(1 + ops.exp(z))


z = tf.constant([-20.0, 0.0, 88.0, 89.0])
naive_at_20 = float(naive_softplus(z)[0])
print(naive_softplus(z).numpy())


# %% stable-softplus keep="stable_at_20 stable_at_89"
def log_softplus(z):
    return ops.logaddexp(z, 0.0)


stable_at_20, _, _, stable_at_89 = log_softplus(z).numpy()
print(log_softplus(z).numpy())


# %% softplus-slopes keep="naive_slope tie_slope built_in_slope"
def slopes(activation):
    with tf.GradientTape() as tape:
        tape.watch(z)
        values = activation(z)
    return tape.gradient(values, z).numpy()


print("naive:       ", slopes(naive_softplus))
print("logaddexp:   ", slopes(log_softplus))
print("ops.softplus:", slopes(ops.softplus))
naive_slope = slopes(naive_softplus)[2]
tie_slope, built_in_slope = slopes(log_softplus)[1], slopes(ops.softplus)[1]


# %% naive-initializer keep="naive_largest naive_conv"
def naive_glorot(shape, dtype=None):
    stddev = (2 / (shape[0] + shape[1])) ** 0.5
    return keras.random.normal(shape, stddev=stddev, dtype=dtype, seed=0)


dense_shape, conv_shape = (200, 200), (3, 3, 32, 64)
naive_weights = naive_glorot(dense_shape).numpy()
naive_largest = float(np.abs(naive_weights).max())
naive_conv = float(naive_glorot(conv_shape).numpy().std())
print(f"largest weight {naive_largest:.3f}, spread in a convolution {naive_conv:.3f}")

# %% glorot keep="glorot_largest glorot_conv"
glorot = keras.initializers.GlorotNormal(seed=0)
weights = glorot(dense_shape).numpy()
glorot_largest = float(np.abs(weights).max())
glorot_conv = float(glorot(conv_shape).numpy().std())
print(f"largest weight {glorot_largest:.3f}, spread in a convolution {glorot_conv:.3f}")

# %% glorot-histogram
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
bins = np.linspace(-0.32, 0.32, 65)
ax.hist(naive_weights.ravel(), bins, color="C1", histtype="step", label="naive")
ax.hist(weights.ravel(), bins, color="C0", alpha=0.5, label="GlorotNormal")
ax.set_title("Keras cuts the tails off")
ax.set_xlabel("initial weight")
ax.set_ylabel("count")
_ = ax.legend()

# %% naive-bias raises="IndexError"
layers.Dense(3, bias_initializer=naive_glorot).build((None, 2))


# %% penalty-and-constraint
def l1_penalty(weights):
    return 0.01 * ops.sum(ops.abs(weights))


def not_negative(weights):
    return ops.relu(weights)


kernel = np.array([[1.0, -2.0], [0.5, 3.0]])
print(f"penalty {float(l1_penalty(kernel)):.3f}")
print(not_negative(kernel).numpy())

# %% old-constraint raises="AttributeError"
keras.constraints.nonneg(kernel)

# %% layer
rng = np.random.default_rng(0)
inputs = rng.normal(size=(96, 4)).astype("float32")
targets = ops.softplus(inputs @ np.array([[1], [0.5], [-1], [0]])).numpy()

layer = layers.Dense(
    1,
    activation=ops.softplus,
    kernel_initializer=glorot,
    kernel_regularizer=l1_penalty,
    kernel_constraint=not_negative,
)
model = keras.Sequential([keras.Input((4,)), layer])
model.compile(keras.optimizers.SGD(0.1), loss="mse", metrics=["mse"])
model.fit(inputs, targets, epochs=30, verbose=0)
print(layer.kernel.numpy().ravel().round(3))

# %% loss-column keep="loss_column mse_column penalty" tolerance="1e-2"
results = model.evaluate(inputs, targets, verbose=0, return_dict=True)
loss_column, mse_column = results["loss"], results["mse"]
penalty = float(l1_penalty(layer.kernel))
print(f"loss {loss_column:.4f}, mse {mse_column:.4f}, penalty {penalty:.4f}")

# %% spies
calls = []


def spy(name, part):
    def watched(*args, **kwargs):
        calls.append(name)
        return part(*args, **kwargs)

    return watched


# %% build
watched_layer = layers.Dense(
    1,
    activation=spy("activation", ops.softplus),
    kernel_initializer=spy("initializer", glorot),
    kernel_regularizer=spy("regularizer", l1_penalty),
    kernel_constraint=spy("constraint", not_negative),
)
watched_model = keras.Sequential([keras.Input((4,)), watched_layer])
watched_model.compile("sgd", "mse", run_eagerly=True)
print(calls)

# %% phases
phases = {"build": list(calls)}
for phase in ("train_on_batch", "test_on_batch", "predict_on_batch"):
    calls.clear()
    batch = (inputs,) if phase == "predict_on_batch" else (inputs, targets)
    getattr(watched_model, phase)(*batch)
    phases[phase] = list(calls)
    print(phase, calls)

# %% phases-drawn
parts = ["initializer", "activation", "regularizer", "constraint"]
fig, ax = plt.subplots(figsize=(4.8, 3), layout="constrained")
for column, names in enumerate(phases.values()):
    for order, name in enumerate(names, start=1):
        row = parts.index(name)
        ax.plot(column, row, "o", color=f"C{row}", markersize=20)
        ax.text(column, row, str(order), ha="center", va="center", color="white")
ax.set_title("Which part runs when")
ax.set_xticks(range(4), labels=["build", "train", "test", "predict"])
ax.set_yticks(range(4), labels=parts)
ax.set_xlim(-0.5, 3.5)
ax.set_ylim(-0.6, 3.6)
ax.invert_yaxis()

# %% save-functions
model.save("functions.keras")
try:
    keras.saving.load_model("functions.keras")
except TypeError as error:
    print(re.search(r"Could not interpret \w+ identifier", str(error)).group())

# %% load-functions
names = {"l1_penalty": l1_penalty, "not_negative": not_negative}
loaded = keras.saving.load_model("functions.keras", custom_objects=names)
print(loaded.layers[0].kernel_constraint is not_negative)

# %% not-implemented raises="NotImplementedError"
keras.regularizers.Regularizer().get_config()


# %% forgetful-class keep="forgotten_low"
@keras.saving.register_keras_serializable(package="parts")
class ForgetfulAtLeast(keras.constraints.Constraint):
    def __init__(self, low=0.0):
        self.low = low

    def __call__(self, weights):
        return ops.maximum(weights, self.low)


layer = layers.Dense(1, kernel_constraint=ForgetfulAtLeast(-0.5))
keras.Sequential([keras.Input((4,)), layer]).save("forgetful.keras")
loaded = keras.saving.load_model("forgetful.keras")
forgotten_low = loaded.layers[0].kernel_constraint.low
print(f"saved -0.5, loaded {forgotten_low}")


# %% constraint-class
@keras.saving.register_keras_serializable(package="parts")
class AtLeast(keras.constraints.Constraint):
    def __init__(self, low=0.0):
        self.low = low

    def __call__(self, weights):
        return ops.maximum(weights, self.low)

    def get_config(self):
        return {"low": self.low}


# %% regularizer-class
@keras.saving.register_keras_serializable(package="parts")
class L1(keras.regularizers.Regularizer):
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, weights):
        return self.factor * ops.sum(ops.abs(weights))

    def get_config(self):
        return {"factor": self.factor}


# %% initializer-class
@keras.saving.register_keras_serializable(package="parts")
class Checkerboard(keras.initializers.Initializer):
    def __init__(self, size):
        self.size = size

    def __call__(self, shape, dtype=None):
        signs = (-1.0) ** np.indices(shape).sum(axis=0)
        return ops.convert_to_tensor(self.size * signs, dtype=dtype)

    def get_config(self):
        return {"size": self.size}


print(Checkerboard(0.1)((2, 3)).numpy())


# %% activation-layer
@keras.saving.register_keras_serializable(package="parts")
class Softplus(layers.Layer):
    def __init__(self, sharpness=1.0, **kwargs):
        super().__init__(**kwargs)
        self.sharpness = sharpness

    def call(self, inputs):
        return ops.softplus(self.sharpness * inputs) / self.sharpness

    def get_config(self):
        return {**super().get_config(), "sharpness": self.sharpness}


# %% save-classes keep="loaded_low"
dense = layers.Dense(
    1,
    kernel_initializer=Checkerboard(0.1),
    kernel_regularizer=L1(0.01),
    kernel_constraint=AtLeast(-0.5),
)
model = keras.Sequential([keras.Input((4,)), dense, Softplus(5.0)])
model.save("classes.keras")

loaded_dense, loaded_softplus = keras.saving.load_model("classes.keras").layers
loaded_low = loaded_dense.kernel_constraint.low
print(loaded_dense.kernel_initializer.size, loaded_dense.kernel_regularizer.factor)
print(loaded_low, loaded_softplus.sharpness)
