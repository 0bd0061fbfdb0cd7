# %%
"""Save one model as HDF5 and as SavedModel, and see what each format keeps."""

# %% setup
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_diabetes

# %% patients
patients, progress = load_diabetes(return_X_y=True)
patients = (patients / patients.std()).astype("float32")
progress = (progress[:, np.newaxis] / 100).astype("float32")


# %% model
def make_model(loss):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((10,)), layers.Dense(16, activation="relu"), layers.Dense(1)]
    )
    model.compile(keras.optimizers.Adam(0.02), loss)
    return model


def train(model):
    run = model.fit(patients, progress, 64, epochs=4, verbose=0)
    return run.history["loss"][-1]


def difference(predict, other):
    return float(np.abs(predict(patients) - other(patients)).max())


# %% save-h5
model = make_model("mse")
train(model)
model.save("model.h5")

# %% load-mse raises="ValueError"
keras.saving.load_model("model.h5")

# %% load-plain keep="plain_difference"
plain = keras.saving.load_model("model.h5", compile=False)
plain_difference = difference(plain, model)
print(f"largest difference {plain_difference:.3f}")

# %% load-object keep="object_difference"
model = make_model(keras.losses.MeanSquaredError())
train(model)
model.save("object.h5")
loaded = keras.saving.load_model("object.h5")
object_difference = difference(loaded, model)
print(f"largest difference {object_difference:.3f}")

# %% cannot-fit raises="ValueError"
train(loaded)

# %% fit-anyway keep="restarted_gap resumed_gap" tolerance="1e-2"
from absl import logging

logging.set_verbosity(logging.ERROR)  # the notices, once seen, may rest

original = make_model("mse")
train(original)
original.save("model.keras")
resumed = keras.saving.load_model("model.keras")

restarted = loaded
restarted.compile(keras.optimizers.Adam(0.02), "mse")

for each in (original, restarted, resumed):
    train(each)
restarted_gap = difference(restarted, original)
resumed_gap = difference(resumed, original)
print(f"from .h5 {restarted_gap:.3f}, from .keras {resumed_gap:.3f}")

# %% stripped keep="stripped_rate stripped_loss" tolerance="1e-2"
model = make_model("mse")
train(model)
model.save("backup.h5")
model.save("stripped.keras")

loaded = keras.saving.load_model("stripped.keras")
stripped_rate = float(loaded.optimizer.learning_rate)
stripped_loss = train(loaded)
print(f"{type(loaded.optimizer).__name__}, rate {stripped_rate:.3f}")
print(f"loss after four more epochs {stripped_loss:.3f}")

# %% not-stripped keep="kept_rate kept_loss" tolerance="1e-2"
model.compile(model.optimizer, model.loss)
model.save("kept.keras")

loaded = keras.saving.load_model("kept.keras")
kept_rate = float(loaded.optimizer.learning_rate)
kept_loss = train(loaded)
print(f"{type(loaded.optimizer).__name__}, rate {kept_rate:.3f}")
print(f"loss after four more epochs {kept_loss:.3f}")


# %% subclass
@keras.saving.register_keras_serializable("clinic")
class Line(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(1)

    def build(self, input_shape):
        self.dense.build(input_shape)

    def call(self, inputs):
        return self.dense(inputs)


line = Line()
line.build((None, 10))
line.save("line.h5")

# %% subclass-unknown raises="ValueError"
keras.saving.load_model("line.h5")

# %% subclass-mismatch raises="ValueError"
keras.saving.load_model("line.h5", custom_objects={"Line": Line})

# %% subclass-loadable keep="line_difference"
line.save("line.keras")
line_difference = difference(keras.saving.load_model("line.keras"), line)
print(f"largest difference {line_difference:.3f}")

# %% convert keep="converted_difference"
old = keras.saving.load_model("model.h5", compile=False)
old.save("converted.keras")

converted = keras.saving.load_model("converted.keras")
converted.compile(keras.optimizers.Adam(0.02), "mse")
converted_difference = difference(converted, old)
print(f"largest difference {converted_difference:.3f}")

# %% save-folder raises="ValueError"
model.save("service")

# %% export
model.export("service", verbose=False)
for path in sorted(Path("service").rglob("*.*")):
    print(path.as_posix())

# %% load-folder raises="ValueError"
keras.saving.load_model("service")

# %% served keep="served_difference"
service = tf.saved_model.load("service")
served_difference = difference(service.serve, model)
print(f"endpoints {list(service.signatures)}, difference {served_difference:.3f}")

# %% not-kept raises="AssertionError"
tf.saved_model.load("service").serve(patients)

# %% as-layer keep="layer_difference"
layer = layers.TFSMLayer("service", call_endpoint="serve")
layer_difference = difference(layer, model)
print(f"largest difference {layer_difference:.3f}")

# %% contents-picture text="parts words"
parts = [
    "layers",
    "weights",
    "compile\nsettings",
    "optimizer\nstate",
    "needs no\nPython",
]
contents = {
    ".keras": ["full", "full", "full", "full", "none"],
    ".h5": ["full", "full", "left", "left", "none"],
    ".weights.h5": ["none", "full", "none", "left", "none"],
    "JSON": ["full", "none", "full", "none", "none"],
    "SavedModel": ["left", "full", "none", "none", "full"],
}
fig, ax = plt.subplots(figsize=(4.9, 3.4), layout="constrained")
for row, fills in enumerate(contents.values()):
    for column, fill in enumerate(fills):
        faint = 0.45 if fill == "none" else 1
        ax.plot(column, row, "oC2", markersize=18, fillstyle=fill, alpha=faint)
words = ["yes", "with a catch", "no"]
for fill, word in zip(["full", "left", "none"], words, strict=True):
    ax.plot([], [], "oC2", markersize=10, fillstyle=fill, label=word)
ax.set_title("What a saved model contains")
ax.set_xticks(range(5), labels=parts)
ax.set_yticks(range(5), labels=list(contents))
ax.set_xlim(-0.5, 4.5)
ax.set_ylim(4.6, -0.6)
_ = fig.legend(loc="outside lower center", ncols=3)
