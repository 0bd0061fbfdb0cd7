# %%
"""Write the Huber loss as function, closure and class, and save models with it."""

# %% setup
import json
import zipfile

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% readings
rng = np.random.default_rng(0)
hours = rng.uniform(0, 4, size=(200, 1)).astype("float32")
noise = rng.normal(0, 0.3, size=(200, 1))
level = (1 + 2 * hours + noise).astype("float32")

stuck = (rng.random((200, 1)) < 0.1) & (hours > 2)
level[stuck] = 0
stuck_count = int(stuck.sum())
print(f"{len(level)} readings, {stuck_count} of them stuck at 0")

# %% three-losses
errors = np.linspace(-3, 3, 121)
size = np.abs(errors)
bowl_then_line = np.where(size <= 1, size**2 / 2, size - 0.5)

fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.plot(errors, size**2 / 2, "--", color="C0", label="half squared error")
ax.plot(errors, size, ":", color="C1", label="absolute error")
ax.plot(errors, bowl_then_line, color="C2", linewidth=2.5, label="Huber, d = 1")
ax.set_title("Three ways to charge for an error")
ax.set_xlabel("error")
ax.set_ylabel("loss")
ax.set_ylim(0, 5.8)
_ = ax.legend(loc="upper center")


# %% function
def robust(y_true, y_pred):
    size = ops.abs(y_true - y_pred)
    return ops.where(size <= 1, size**2 / 2, size - 0.5)


# %% function-values
targets = np.zeros((5, 1), "float32")
outputs = np.array([[0], [0.5], [1], [2], [10]], "float32")
print("ours: ", robust(targets, outputs).numpy().ravel())
print("Keras:", keras.losses.huber(targets, outputs).numpy())

# %% old-backend raises="AttributeError"
keras.backend.square(3.0)


# %% fit keep="squared_slope absolute_slope huber_slope" tolerance="1e-2"
def fit_line(loss):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.1), loss=loss)
    model.fit(hours, level, batch_size=50, epochs=25, verbose=0)
    return model


models = [fit_line(loss) for loss in ("mse", "mae", robust)]
slopes = [float(model.layers[0].kernel.numpy()[0, 0]) for model in models]
squared_slope, absolute_slope, huber_slope = slopes
print(f"mse {squared_slope:.2f}, mae {absolute_slope:.2f}, Huber {huber_slope:.2f}")

# %% lines
squared_model, _, model = models
ends = np.array([[0], [4]], "float32")

fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.plot(hours, level, ".", color="C3", alpha=0.5, label="readings")
ax.plot(ends, squared_model(ends), "--", color="C0", label="squared error")
ax.plot(ends, model(ends), color="C2", linewidth=2.5, label="Huber")
ax.set_title("Stuck readings pull one line down")
ax.set_xlabel("hours")
ax.set_ylabel("water level")
_ = ax.legend(loc="upper left")


# %% measure
def measure(loss, labels=level, weights=None):
    model.compile(model.optimizer, loss=loss, run_eagerly=True)
    return model.evaluate(
        hours, labels, sample_weight=weights, batch_size=200, verbose=0
    )


# %% one-number keep="scalar_loss scalar_trusted" tolerance="1e-2"
trust = np.where(stuck[:, 0], 0.0, 1.0)


def robust_mean(y_true, y_pred):
    return ops.mean(robust(y_true, y_pred))


scalar_loss = measure(robust_mean)
scalar_trusted = measure(robust_mean, weights=trust)
print(f"all {scalar_loss:.4f}, trusted only {scalar_trusted:.4f}")

# %% one-per-sample keep="trusted_loss trusted_by_hand" tolerance="1e-2"
trusted_loss = measure(robust, weights=trust)
each = robust(level, model(hours)).numpy()[:, 0]
trusted_by_hand = float(np.mean(each * trust))
print(f"trusted only {trusted_loss:.4f}, by hand {trusted_by_hand:.4f}")

# %% two-outputs raises="InvalidArgumentError"
pair = keras.Sequential([keras.Input((1,)), layers.Dense(2)])
both = np.hstack([level, level / 2])
pair.compile(loss=robust, run_eagerly=True)
pair.evaluate(hours, both, sample_weight=trust, batch_size=200, verbose=0)


# %% two-outputs-mean
def robust_per_sample(y_true, y_pred):
    return ops.mean(robust(y_true, y_pred), axis=-1)


print(robust(both, pair(hours)).shape, robust_per_sample(both, pair(hours)).shape)
pair.compile(loss=robust_per_sample, run_eagerly=True)
loss = pair.evaluate(hours, both, sample_weight=trust, batch_size=200, verbose=0)
print("finite:", np.isfinite(loss))


# %% closure keep="wide_loss narrow_loss" tolerance="1e-2"
def make_robust(threshold):
    def robust_fn(y_true, y_pred):
        size = ops.abs(y_true - y_pred)
        line = threshold * (size - threshold / 2)
        return ops.mean(ops.where(size <= threshold, size**2 / 2, line), axis=-1)

    return robust_fn


wide_loss = measure(make_robust(2.0))
narrow_loss = measure(make_robust(0.1))
print(f"threshold 2.0: {wide_loss:.4f}, threshold 0.1: {narrow_loss:.4f}")


# %% naive-class keep="naive_column naive_flat" tolerance="1e-2"
class NaiveRobust(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold

    def call(self, y_true, y_pred):
        return make_robust(self.threshold)(y_true, y_pred)


naive_column = measure(NaiveRobust(2.0))
naive_flat = measure(NaiveRobust(2.0), labels=level[:, 0])
print(f"labels (200, 1): {naive_column:.4f}, labels (200,): {naive_flat:.4f}")

# %% every-pair
predictions = model.predict(hours, verbose=0)
print((level - predictions).shape, (level[:, 0] - predictions).shape)


# %% class
@keras.saving.register_keras_serializable(package="tank")
class Robust(keras.losses.Loss):
    def __init__(self, threshold=1.0, name="robust", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold

    def call(self, y_true, y_pred):
        y_true = ops.reshape(y_true, ops.shape(y_pred))
        return make_robust(self.threshold)(y_true, y_pred)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


# %% class-loss keep="class_column class_flat" tolerance="1e-2"
class_column = measure(Robust(2.0))
class_flat = measure(Robust(2.0), labels=level[:, 0])
print(f"labels (200, 1): {class_column:.4f}, labels (200,): {class_flat:.4f}")

# %% fit-class keep="class_slope" tolerance="1e-2"
class_slope = float(fit_line(Robust(0.5)).layers[0].kernel.numpy()[0, 0])
print(f"slope {class_slope:.2f}")

# %% reductions keep="reduced_sum reduced_batch reduced_weight"
two_targets, two_outputs = np.zeros((2, 1)), np.array([[1.5], [2.5]])
print("per sample:", Robust(reduction="none")(two_targets, two_outputs).numpy())

results = []
for reduction in ("sum", "sum_over_batch_size", "mean_with_sample_weight"):
    loss = Robust(reduction=reduction)
    value = float(loss(two_targets, two_outputs, sample_weight=[1.0, 3.0]))
    results.append(value)
    print(f"{reduction}: {value:.2f}")
reduced_sum, reduced_batch, reduced_weight = results

# %% old-reduction raises="ValueError"
Robust(reduction="AUTO")

# %% save-folder raises="ValueError"
model.save("tank")

# %% load-function raises="TypeError"
measure(robust)
model.save("function.keras")
keras.saving.load_model("function.keras")

# %% load-custom-objects
names = {"robust": robust}
loaded = keras.saving.load_model("function.keras", custom_objects=names)
print(loaded.loss is robust)

# %% load-closure keep="wrong_loss right_loss" tolerance="1e-2"
measure(make_robust(2.0))
model.save("closure.keras")

results = []
for threshold in (0.1, 2.0):
    names = {"robust_fn": make_robust(threshold)}
    loaded = keras.saving.load_model("closure.keras", custom_objects=names)
    results.append(loaded.evaluate(hours, level, batch_size=200, verbose=0))
wrong_loss, right_loss = results
print(f"saved with 2.0: {wide_loss:.4f}")
print(f"loaded with 0.1: {wrong_loss:.4f}, with 2.0: {right_loss:.4f}")


# %% same-name keep="own_huber loaded_huber" tolerance="1e-2"
def huber(y_true, y_pred):
    return make_robust(2.0)(y_true, y_pred)


own_huber = measure(huber)
model.save("same_name.keras")
loaded = keras.saving.load_model("same_name.keras")
loaded_huber = loaded.evaluate(hours, level, batch_size=200, verbose=0)
print(f"saved {own_huber:.4f}, loaded {loaded_huber:.4f}")
print(loaded.loss is huber, loaded.loss is keras.losses.huber)

# %% load-class keep="loaded_threshold loaded_loss" tolerance="1e-2"
measure(Robust(2.0))
model.save("class.keras")
loaded = keras.saving.load_model("class.keras")
loaded_threshold = loaded.loss.threshold
loaded_loss = loaded.evaluate(hours, level, batch_size=200, verbose=0)
print(f"threshold {loaded_threshold}, loss {loaded_loss:.4f}")

# %% inside-file
with zipfile.ZipFile("class.keras") as archive:
    config = json.loads(archive.read("config.json"))
saved = config["compile_config"]["loss"]
print(saved["registered_name"])
print(saved["config"])

# %% two-names
import tensorflow as tf

register = keras.saving.register_keras_serializable
print("same function:", tf.keras.utils.register_keras_serializable is register)
print("tf.keras.saving:", hasattr(tf.keras, "saving"))

# %% without-compile
plain = keras.saving.load_model("function.keras", compile=False)
print("same predictions:", np.allclose(plain(hours), model(hours)))

# %% built-in-huber keep="huber_before huber_after" tolerance="1e-2"
huber_before = measure(keras.losses.Huber(delta=0.1))
model.save("built_in.keras")
loaded = keras.saving.load_model("built_in.keras")
huber_after = loaded.evaluate(hours, level, batch_size=200, verbose=0)
print(f"saved {huber_before:.4f}, loaded {huber_after:.4f}")
print(keras.losses.Huber(delta=0.1).get_config())

# %% cosine-axis keep="cosine_before cosine_after"
cosine = keras.losses.CosineSimilarity(axis=0)
copy = keras.losses.CosineSimilarity.from_config(cosine.get_config())

first, second = np.array([[1.0, 0], [1, 0]]), np.ones((2, 2))
cosine_before = float(cosine(first, second))
cosine_after = float(copy(first, second))
print(f"original {cosine_before:.3f}, copy {cosine_after:.3f}")

# %% deltas hide=true keep="far_squared far_narrow far_one"
# What readers play with on the page: four errors, at several thresholds.
import textwrap

errors = [0.5, 1.0, 2.0, 10.0]
zeros, column = tf.zeros((4, 1)), tf.constant(errors)[:, tf.newaxis]


def charged(loss, **options):
    with tf.GradientTape() as tape:
        tape.watch(column)
        values = loss(zeros, column, **options)
    slopes = tape.gradient(values, column)[:, 0]
    return [[float(f"{one:.5g}") for one in part] for part in (values, slopes)]


rows = []
for delta in (1.0, 0.5, 2.0):
    losses, slopes = charged(keras.losses.huber, delta=delta)
    rows.append({"delta": delta, "losses": losses, "slopes": slopes})
squared, absolute = (
    charged(keras.losses.mean_squared_error),
    charged(keras.losses.mean_absolute_error),
)
played = {
    "errors": errors,
    "squared": [value / 2 for value in squared[0]],
    "absolute": absolute[0],
    "rows": rows,
}
far_squared, far_one, far_narrow = (
    played["squared"][-1],
    rows[0]["losses"][-1],
    rows[1]["losses"][-1],
)
print(textwrap.fill(json.dumps(played), 100))
