# %%
"""Train a network with `fit`, then with a loop of our own, to the same weights."""

# %% setup
import math
import tempfile
from pathlib import Path
from unittest import mock

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

# %% digits
digits = load_digits()
images = (digits.images / 16).astype("float32")  # pixels from 0 to 1
train_images, test_images, train_labels, test_labels = train_test_split(
    images, digits.target, test_size=0.3, stratify=digits.target, random_state=0
)
print(train_images.shape, train_images.dtype, train_labels[:5])

# %% hyper-parameters keep="steps_per_epoch"
epochs = 5
batch_size = 50
learning_rate = 0.01

steps_per_epoch = math.ceil(len(train_images) / batch_size)
print(f"{steps_per_epoch} steps per epoch, {epochs * steps_per_epoch} in all")


# %% loader keep="last_size"
def make_loader(images, labels):
    loader = tf.data.Dataset.from_tensor_slices((images, labels))
    loader = loader.shuffle(len(images), seed=1, reshuffle_each_iteration=False)
    return loader.batch(batch_size)


train_loader = make_loader(train_images, train_labels)
sizes = [len(batch_labels) for _, batch_labels in train_loader]
last_size = sizes[-1]
print(f"{len(sizes)} batches: {sizes[:3]} ... {last_size}")


# %% model keep="parameters"
def make_model(shape=(8, 8)):
    keras.utils.set_random_seed(0)  # the same initial weights at every call
    return keras.Sequential(
        [
            keras.Input(shape),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10),
        ]
    )


parameters = make_model().count_params()
print(f"{parameters} parameters")

# %% with-fit
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

fitted = make_model()
fitted.compile(optimizer=keras.optimizers.Adam(learning_rate), loss=loss_fn)
history = fitted.fit(train_loader, epochs=epochs, shuffle=False, verbose=0).history
print([round(loss, 4) for loss in history["loss"]])

# %% one-step keep="first_loss second_loss"
model = make_model()
optimizer = keras.optimizers.Adam(learning_rate)
batch_images, batch_labels = next(iter(train_loader))  # 1. take a batch

with tf.GradientTape() as tape:
    logits = model(batch_images, training=True)  # 2. predict
    loss = loss_fn(batch_labels, logits)  # 3. measure the error

gradients = tape.gradient(loss, model.trainable_variables)  # 4. differentiate
optimizer.apply(gradients, model.trainable_variables)  # 5. update the weights

first_loss = float(loss)
second_loss = float(loss_fn(batch_labels, model(batch_images)))
print(f"loss of this batch: before {first_loss:.4f}, after {second_loss:.4f}")

# %% five-steps-picture text="steps"
steps = ["1  batch", "2  prediction", "3  loss", "4  gradients", "5  new weights"]
angles = np.pi / 2 - 2 * np.pi * np.arange(5) / 5
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
for i in range(5):
    x, y = 1.5 * np.cos(angles[i]), np.sin(angles[i])
    box = {"boxstyle": "round,pad=0.4", "facecolor": f"C{i}", "alpha": 0.3}
    ax.text(x, y, steps[i], ha="center", va="center", bbox=box)
    start, end = angles[i] - 0.42, angles[i] - 0.84
    arrow = {"arrowstyle": "-|>", "lw": 2, "connectionstyle": "arc3,rad=-0.12"}
    ax.annotate(
        "",
        xy=(1.5 * np.cos(end), np.sin(end)),
        xytext=(1.5 * np.cos(start), np.sin(start)),
        arrowprops=arrow | {"color": "C7"},
    )
ax.text(0, 0, "once per batch", ha="center", va="center")
ax.set_title("One training step")
ax.set(xlim=(-2.3, 2.3), ylim=(-1.2, 1.3))
ax.set_axis_off()


# %% own-loop keep="own_loss"
def train(model, loader):
    optimizer = keras.optimizers.Adam(learning_rate)
    epoch_loss = keras.metrics.Mean()

    @tf.function
    def train_step(batch_images, batch_labels):
        with tf.GradientTape() as tape:
            loss = loss_fn(batch_labels, model(batch_images, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        epoch_loss.update_state(loss, sample_weight=tf.size(batch_labels))

    losses = []
    for _ in range(epochs):
        epoch_loss.reset_state()
        for batch_images, batch_labels in loader:
            train_step(batch_images, batch_labels)
        losses.append(float(epoch_loss.result()))
    return losses


model = make_model()
own_losses = train(model, train_loader)
own_loss = own_losses[-1]
print([round(loss, 4) for loss in own_losses])


# %% same-weights keep="difference moved" contract="difference < 1e-4"
def largest_difference(one, other):
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return max(float(np.abs(a - b).max()) for a, b in pairs)


difference = largest_difference(model, fitted)
moved = largest_difference(model, make_model())
print(f"between the two models {difference:.7f}, by training {moved:.2f}")

# %% plain-mean keep="plain_mean weighted_mean"
batch_losses = [float(loss_fn(y, model(x))) for x, y in train_loader]
plain_mean = float(np.mean(batch_losses))
weighted_mean = float(np.average(batch_losses, weights=sizes))
print(f"mean of the batches {plain_mean:.5f}, of the images {weighted_mean:.5f}")
print(f"Keras: {fitted.evaluate(train_loader, verbose=0):.5f}")

# %% whole-batches keep="seen whole_accuracy"
accuracy = keras.metrics.SparseCategoricalAccuracy()
for i in range(len(test_images) // batch_size):
    batch = slice(i * batch_size, (i + 1) * batch_size)
    accuracy.update_state(test_labels[batch], model(test_images[batch]))

seen = (i + 1) * batch_size
whole_accuracy = float(accuracy.result())
print(f"{whole_accuracy:.4f} of {seen} images; there are {len(test_images)}")


# %% all-batches keep="test_accuracy test_count"
def test(model, images, labels):
    accuracy = keras.metrics.SparseCategoricalAccuracy()
    loader = tf.data.Dataset.from_tensor_slices((images, labels)).batch(batch_size)
    for batch_images, batch_labels in loader:
        accuracy.update_state(batch_labels, model(batch_images, training=False))
    return accuracy


accuracy = test(model, test_images, test_labels)
test_accuracy = float(accuracy.result())
test_count = len(test_images)
print(f"accuracy {test_accuracy:.4f}")

# %% state keep="hits"
hits, count = (float(variable.numpy()) for variable in accuracy.variables)
print(f"{hits:.0f} right of {count:.0f}: {hits / count:.4f}")

# %% predict-once
predicted = model.predict(test_images, batch_size=batch_size, verbose=0).argmax(axis=1)
print(f"accuracy {np.mean(predicted == test_labels):.4f}")

# %% stand-in
cache = Path(tempfile.mkdtemp())
file = cache / "datasets" / "mnist.npz"
file.parent.mkdir()
enlarged = digits.images.repeat(3, axis=1).repeat(3, axis=2) * 255 / 16
enlarged = np.pad(enlarged, ((0, 0), (2, 2), (2, 2))).astype("uint8")
target = digits.target.astype("uint8")
np.savez(
    file,
    x_train=enlarged[:1500],
    y_train=target[:1500],
    x_test=enlarged[1500:],
    y_test=target[1500:],
)
# Keras now looks into this cache, and takes the file without its check sum.
keras_files = "keras.src.utils.file_utils"
_ = mock.patch(f"{keras_files}.config.keras_home", return_value=str(cache)).start()
_ = mock.patch(f"{keras_files}.validate_file", return_value=True).start()

# %% mnist
train_set, test_set = keras.datasets.mnist.load_data()
(train_images, train_labels), (test_images, test_labels) = train_set, test_set
print(train_images.shape, train_images.dtype, train_images.max())
print(test_images.shape, test_labels.dtype, test_labels[:5])

# %% mnist-images
fig, axes = plt.subplots(1, 5, figsize=(5, 1.4), layout="constrained")
for ax, image, label in zip(axes, train_images, train_labels, strict=False):
    ax.imshow(image, cmap="gray_r")
    ax.set_title(str(label))
    ax.set_axis_off()

# %% mnist-loop keep="mnist_accuracy" contract="mnist_accuracy >= 0.8"
model = make_model(shape=(28, 28))
train_loader = make_loader(train_images / np.float32(255), train_labels)
train(model, train_loader)

accuracy = test(model, test_images / np.float32(255), test_labels)
mnist_accuracy = float(accuracy.result())
print(f"accuracy {mnist_accuracy:.3f}")
