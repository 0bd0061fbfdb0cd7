# %%
"""Save a digit reader as a .keras file, look inside, and train on from it."""

# %% setup
import json
import zipfile

import h5py
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

# %% digits
images, labels = load_digits(return_X_y=True)
images = (images / 16).astype("float32")
train_images, test_images, train_labels, test_labels = train_test_split(
    images, labels, test_size=400, random_state=0, stratify=labels
)


# %% model
def make_model(activation="relu"):
    keras.utils.set_random_seed(0)
    hidden = layers.Dense(16, activation=activation)
    output = layers.Dense(10, activation="softmax")
    model = keras.Sequential([keras.Input((64,)), hidden, output])

    falling = keras.optimizers.schedules.ExponentialDecay(0.08, 22, 0.5)
    optimizer = keras.optimizers.Adam(falling)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, epochs):
    run = model.fit(train_images, train_labels, 64, epochs=epochs, verbose=0)
    return run.history["loss"]


# %% first-epochs keep="steps"
model = make_model()
first_losses = train(model, epochs=4)
steps = int(model.optimizer.iterations)
print(f"loss {first_losses[-1]:.3f} after {steps} steps")

# %% save keep="after_load"
model.save("digits.keras")

loaded = keras.saving.load_model("digits.keras")
predictions = model.predict(test_images, verbose=0)
loaded_predictions = loaded.predict(test_images, verbose=0)
after_load = float(np.abs(loaded_predictions - predictions).max())
print(f"largest difference {after_load:.3f}")

# %% parts tolerance="0.2"
with zipfile.ZipFile("digits.keras") as archive:
    for part in archive.infolist():
        print(f"{part.filename:18}{part.file_size / 1000:5.1f} kB")
    metadata = json.loads(archive.read("metadata.json"))
    config = json.loads(archive.read("config.json"))
    archive.extract("model.weights.h5")
print(sorted(metadata))

# %% config
for layer in config["config"]["layers"]:
    print(layer["class_name"], layer["config"].get("units", ""))

compiled = config["compile_config"]
print(compiled["optimizer"]["class_name"], compiled["loss"], compiled["metrics"])


# %% weights-file
def show(name, item):
    if isinstance(item, h5py.Dataset):
        print(f"{name:24}{item.shape}")


with h5py.File("model.weights.h5") as file:
    file.visititems(show)

# %% optimizer-state keep="loaded_steps state_difference"
loaded_steps = int(loaded.optimizer.iterations)
pairs = zip(loaded.optimizer.variables, model.optimizer.variables, strict=True)
state_difference = max(float(np.abs(a.numpy() - b.numpy()).max()) for a, b in pairs)
print(f"{loaded_steps} steps, largest difference {state_difference:.3f}")


# %% resume keep="resumed_gap new_optimizer_gap" tolerance="1e-2"
def gap(model, other):
    pairs = zip(model.get_weights(), other.get_weights(), strict=True)
    return max(float(np.abs(a - b).max()) for a, b in pairs)


copy = make_model()
copy.set_weights(model.get_weights())

losses = [train(each, epochs=4) for each in (model, loaded, copy)]
resumed_gap, new_optimizer_gap = gap(loaded, model), gap(copy, model)
print(f"loaded {resumed_gap:.3f}, new optimizer {new_optimizer_gap:.3f}")

# %% resume-picture
went_on, resumed, restarted = losses
before, after = [1, 2, 3, 4], [5, 6, 7, 8]

fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.plot(before, first_losses, color="C0")
ax.plot(after, went_on, "o-", color="C0", markersize=9, label="never stopped")
ax.plot(after, resumed, ".--", color="C1", label="loaded from the file")
ax.plot(after, restarted, ".--", color="C3", label="weights, new optimizer")
ax.axvline(4.5, color="C7", linestyle=":")
ax.text(4.6, 0.12, "saved")
ax.set_title("The file continues the curve")
ax.set_xlabel("epoch")
ax.set_ylabel("loss")
ax.set_ylim(0.1, 0.7)
_ = ax.legend(loc="upper right")

# %% not-inside raises="ValueError"
loss, accuracy = model.evaluate(test_images, test_labels, verbose=0)
print(f"accuracy {model.get_metrics_result()['accuracy']:.3f}")

loaded = keras.saving.load_model("digits.keras")
print("history:", hasattr(model, "history"), hasattr(loaded, "history"))
loaded.get_metrics_result()

# %% dropout keep="dropout_gap two_loads_gap" tolerance="1e-2"
keras.utils.set_random_seed(0)
output = layers.Dense(10, activation="softmax")
noisy = keras.Sequential([keras.Input((64,)), layers.Dropout(0.2), output])
noisy.compile("adam", "sparse_categorical_crossentropy")
train(noisy, epochs=1)
noisy.save("noisy.keras")

copies = []
for _ in range(2):
    keras.utils.set_random_seed(1)
    copies.append(keras.saving.load_model("noisy.keras"))

for each in (noisy, *copies):
    train(each, epochs=1)
dropout_gap, two_loads_gap = gap(copies[0], noisy), gap(*copies)
print(f"loaded and original {dropout_gap:.3f}, loaded twice {two_loads_gap:.3f}")

# %% without-optimizer keep="asked_size plain_size" tolerance="0.2"
from pathlib import Path


def kilobytes(file):
    return Path(file).stat().st_size / 1000


model.save("asked.keras", include_optimizer=False)
plain = keras.saving.load_model("digits.keras", compile=False)
plain.save("plain.keras")

asked_size, plain_size = kilobytes("asked.keras"), kilobytes("plain.keras")
print(f"asked.keras {asked_size:.0f} kB, plain.keras {plain_size:.0f} kB")

# %% weights-name raises="ValueError"
model.save_weights("digits.h5")

# %% weights-only keep="weights_difference"
model = keras.saving.load_model("digits.keras")
model.save_weights("digits.weights.h5")

same = make_model()
same.load_weights("digits.weights.h5")
weights_difference = float(np.abs(same(test_images) - model(test_images)).max())
print(f"largest difference {weights_difference:.3f}")
print(f"steps: {int(same.optimizer.iterations)} instead of {steps}")

# %% weights-and-optimizer keep="rebuilt_steps"
same = make_model()
same.optimizer.build(same.trainable_variables)
same.load_weights("digits.weights.h5")
rebuilt_steps = int(same.optimizer.iterations)
print(f"steps: {rebuilt_steps}")

# %% wrong-width
narrow = keras.Sequential([keras.Input((64,)), layers.Dense(8), layers.Dense(10)])
try:
    narrow.load_weights("digits.weights.h5")
except ValueError as error:
    print(str(error).partition(" Target variable")[0])

# %% wrong-activation keep="right_accuracy wrong_accuracy" tolerance="1e-2"
other = make_model(activation="sigmoid")
other.load_weights("digits.weights.h5")
_, right_accuracy = model.evaluate(test_images, test_labels, verbose=0)
_, wrong_accuracy = other.evaluate(test_images, test_labels, verbose=0)
print(f"relu {right_accuracy:.3f}, sigmoid {wrong_accuracy:.3f}")

# %% json keep="fresh_gap"
text = model.to_json()
print(sorted(json.loads(text)))

twin = keras.models.model_from_json(text)
fresh_gap = gap(twin, model)
print(f"compiled: {twin.compiled}, largest difference in weights {fresh_gap:.2f}")

# %% json-and-weights keep="twin_difference"
twin.load_weights("digits.weights.h5")
twin_difference = float(np.abs(twin(test_images) - model(test_images)).max())
print(f"largest difference {twin_difference:.3f}")
