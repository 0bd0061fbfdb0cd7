# %%
"""Keep the best epoch, survive an interruption, and release versions of a model."""

# %% setup
import shutil
import warnings
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from keras.callbacks import BackupAndRestore, ModelCheckpoint
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

# %% digits
images, labels = load_digits(return_X_y=True)
images = (images / 16).astype("float32")


def split(images, labels, size):
    return train_test_split(
        images, labels, train_size=size, random_state=0, stratify=labels
    )


train_images, rest_images, train_labels, rest_labels = split(images, labels, 100)
val_images, test_images, val_labels, test_labels = split(rest_images, rest_labels, 400)


# %% model
def make_model():
    keras.utils.set_random_seed(0)
    hidden = layers.Dense(64, activation="relu")
    output = layers.Dense(10, activation="softmax")
    model = keras.Sequential([keras.Input((64,)), hidden, output])
    optimizer = keras.optimizers.Adam(0.03)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, *callbacks, **options):
    run = model.fit(
        train_images,
        train_labels,
        batch_size=25,
        epochs=16,
        validation_data=(val_images, val_labels),
        validation_batch_size=400,
        callbacks=list(callbacks),
        verbose=0,
        **options,
    )
    return run.history


# %% best keep="best_epoch best_loss last_loss" tolerance="1e-2"
whole = make_model()
history = train(whole, ModelCheckpoint("best.keras", save_best_only=True))

val_losses = history["val_loss"]
best_epoch = int(np.argmin(val_losses)) + 1
best_loss, last_loss = min(val_losses), val_losses[-1]
print(f"epoch {best_epoch}: {best_loss:.3f}, epoch {len(val_losses)}: {last_loss:.3f}")

# %% best-curve
epochs = np.arange(1, 17)

fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.plot(epochs, history["loss"], "--", color="C0", label="training")
ax.plot(epochs, val_losses, color="C1", label="validation")
ax.plot(best_epoch, best_loss, "*", color="C3", markersize=16, label="saved")
ax.set_title("The best epoch is not the last")
ax.set_xlabel("epoch")
ax.set_ylabel("loss")
ax.set_ylim(-0.03, 1)
ax.set_xticks([1, 4, 8, 12, 16])
_ = ax.legend()


# %% best-on-test keep="test_best test_last" tolerance="1e-2"
def loss(model, images, labels):
    losses = keras.losses.sparse_categorical_crossentropy(labels, model(images))
    return float(np.mean(losses))


best = keras.saving.load_model("best.keras")
test_best = loss(best, test_images, test_labels)
test_last = loss(whole, test_images, test_labels)
print(f"test loss: best {test_best:.3f}, last {test_last:.3f}")


# %% power-cut text="message"
class PowerCut(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch + 1

    def on_train_batch_end(self, batch, logs=None):
        if self.epoch == 10 and batch == 2:
            message = "power cut in epoch 10"
            raise RuntimeError(message)


# %% interrupted raises="RuntimeError"
model = make_model()
train(
    model,
    BackupAndRestore("backup"),
    ModelCheckpoint("best.keras", save_best_only=True),
    ModelCheckpoint("last.keras"),
    ModelCheckpoint("last.weights.h5", save_weights_only=True),
    PowerCut(),
)

# %% left
before_cut = model.history.history["val_loss"]
print(sorted(path.name for path in Path("backup").iterdir()))
print(Path("backup/training_metadata.json").read_text())


# %% restored keep="restored_epochs restored_gap"
def gap(model, other):
    pairs = zip(model.get_weights(), other.get_weights(), strict=True)
    return max(float(np.abs(a - b).max()) for a, b in pairs)


model = make_model()
after_cut = train(model, BackupAndRestore("backup"))["val_loss"]
restored_epochs = len(after_cut)
restored_gap = gap(model, whole)
print(f"{restored_epochs} epochs, largest difference in weights {restored_gap:.3f}")
print("backup:", Path("backup").exists())

# %% restored-curve
done = len(before_cut)

fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.plot(epochs, val_losses, color="C1", linewidth=7, alpha=0.35, label="uninterrupted")
ax.plot(epochs[:done], before_cut, "o-", color="C0", markersize=4, label="before")
ax.plot(epochs[done:], after_cut, "s-", color="C2", markersize=4, label="resumed")
ax.axvline(done + 0.75, color="C3", linestyle=":", label="power cut")
ax.set_title("The resumed run follows the uninterrupted")
ax.set_xlabel("epoch")
ax.set_ylabel("validation loss")
ax.set_ylim(0.38, 0.6)
ax.set_xticks([1, 4, 8, 12, 16])
_ = ax.legend()

# %% weights-resumed keep="weights_gap" contract="weights_gap > 0.01"
model = make_model()
model.load_weights("last.weights.h5")
train(model, initial_epoch=9)
weights_gap = gap(model, whole)
print(f"largest difference in weights {weights_gap:.3f}")

# %% file-resumed keep="file_gap"
model = keras.saving.load_model("last.keras")
print("epochs done:", int(model.optimizer.iterations) // 4)


def validate(file):
    return loss(keras.saving.load_model(file), val_images, val_labels)


shutil.copy("best.keras", "guarded.keras")
forgetful = ModelCheckpoint("best.keras", save_best_only=True)
informed = ModelCheckpoint(
    "guarded.keras",
    save_best_only=True,
    initial_value_threshold=validate("guarded.keras"),
)
train(model, forgetful, informed, initial_epoch=9)
file_gap = gap(model, whole)
print(f"largest difference in weights {file_gap:.3f}")

# %% best-lost keep="lost_loss" tolerance="1e-2"
lost_loss = validate("best.keras")
print(f"validation loss of best.keras {lost_loss:.3f}")

# %% best-kept keep="kept_loss" tolerance="1e-2"
kept_loss = validate("guarded.keras")
print(f"validation loss of guarded.keras {kept_loss:.3f}")

# %% strict raises="DeprecationWarning"
with warnings.catch_warnings():
    warnings.simplefilter("error")
    model.save("best.keras")

# %% destroyed raises="ValueError"
keras.saving.load_model("best.keras")


# %% beside
def save_beside(model, path):
    beside = path.with_name("new-" + path.name)
    model.save(beside)
    beside.replace(path)


with warnings.catch_warnings():
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
    save_beside(best, Path("best.keras"))
print(f"validation loss {validate('best.keras'):.3f}")

# %% release
home = Path("models/digits")


def release(model, version):
    folder = home / str(version)
    folder.mkdir(parents=True)
    save_beside(model, folder / "model.keras")


def promote(version):
    (home / "new-current").write_text(str(version))
    (home / "new-current").replace(home / "current")


def serve():
    version = (home / "current").read_text()
    return keras.saving.load_model(home / version / "model.keras")


# %% version-1 keep="first_accuracy" tolerance="1e-2"
def accuracy(model, images, labels):
    return float(np.mean(model(images).numpy().argmax(axis=1) == labels))


requests, answers = test_images[:200], test_labels[:200]
release(best, 1)
promote(1)
first_outputs = serve()(requests).numpy()
first_accuracy = accuracy(serve(), requests, answers)
print(f"accuracy {first_accuracy:.2f}")

# %% same-number raises="FileExistsError"
release(whole, 1)

# %% version-2 keep="own_accuracy second_accuracy" tolerance="1e-2"
invert = layers.Rescaling(-1, offset=1)  # dark ink on white paper
for_paper = keras.Sequential([keras.Input((64,)), invert, best])
own_accuracy = accuracy(for_paper, 1 - requests, answers)

release(for_paper, 2)
promote(2)
second_accuracy = accuracy(serve(), requests, answers)
print(f"on scans {own_accuracy:.2f}, on requests {second_accuracy:.2f}")

# %% roll-back keep="roll_back_difference"
promote(1)
outputs = serve()(requests).numpy()
roll_back_difference = float(np.abs(outputs - first_outputs).max())
print(f"largest difference to version 1 {roll_back_difference:.3f}")


# %% gate raises="ValueError" text="message"
def promote_better(version):
    candidate = keras.saving.load_model(home / str(version) / "model.keras")
    new, old = (accuracy(m, requests, answers) for m in (candidate, serve()))
    if new < old:
        message = f"version {version}: {new:.2f} on requests, now {old:.2f}"
        raise ValueError(message)
    promote(version)


promote_better(2)
