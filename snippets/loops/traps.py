# %%
"""Fall into the four traps of a training loop, and get out again."""

# %% setup
import warnings

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

# %% digits
digits = load_digits()
train_images, test_images, train_labels, test_labels = train_test_split(
    digits.data.astype("float32"),  # 64 pixels in a row, from 0 to 16
    digits.target,
    test_size=0.3,
    stratify=digits.target,
    random_state=0,
)
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
print(train_images.shape, test_images.shape)


# %% model
def make_model():
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input((64,)),
            layers.Dense(64, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Dense(10),
        ]
    )


model = make_model()
for variable in model.variables:
    print(f"{variable.name:21} trainable {variable.trainable}")


# %% all-variables keep="missing"
def gradients_for(model, variables):
    with tf.GradientTape() as tape:
        logits = model(train_images[:50], training=True)
        loss = loss_fn(train_labels[:50], logits)
    return tape.gradient(loss, variables)


gradients = gradients_for(model, model.variables)
missing = sum(gradient is None for gradient in gradients)
print(f"{missing} of {len(gradients)} gradients are None")

# %% all-variables-warning
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    keras.optimizers.Adam().apply(gradients, model.variables)
print(caught[0].message)

# %% subtract-none raises="TypeError"
for variable, gradient in zip(model.variables, gradients, strict=True):
    variable.assign_sub(0.01 * gradient)

# %% trainable-variables keep="missing_now"
gradients = gradients_for(model, model.trainable_variables)
missing_now = sum(gradient is None for gradient in gradients)
print(f"{missing_now} of {len(gradients)} gradients are None")


# %% without-training keep="still"
def train(model, **flags):
    optimizer = keras.optimizers.Adam(0.005)

    @tf.function
    def train_step(images, labels):
        with tf.GradientTape() as tape:
            loss = loss_fn(labels, model(images, **flags))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)

    data = tf.data.Dataset.from_tensor_slices((train_images, train_labels))
    for _ in range(2):
        for images, labels in data.batch(50):
            train_step(images, labels)


unaware = make_model()
train(unaware)
moving_mean = unaware.layers[1].moving_mean.numpy()
still = float(np.abs(moving_mean).max())
print(f"largest moving mean {still:.2f}")

# %% with-training keep="moved"
aware = make_model()
train(aware, training=True)
moving_mean = aware.layers[1].moving_mean.numpy()
moved = float(np.abs(moving_mean).max())
print(f"largest moving mean {moved:.2f}")

# %% dropout keep="dropped dropped_training"
ones = tf.ones((1, 10_000))
dropout = layers.Dropout(0.5)
dropped = float(np.mean(dropout(ones) == 0))
dropped_training = float(np.mean(dropout(ones, training=True) == 0))
print(f"share of zeros {dropped:.2f}, in training {dropped_training:.2f}")


# %% test-in-training keep="noisy_accuracy noisy_again calm_accuracy tested"
def accuracy(model, **flags):
    predicted = np.argmax(model(test_images, **flags), axis=1)
    return float(np.mean(predicted == test_labels))


calm_accuracy = accuracy(aware, training=False)
noisy_accuracy = accuracy(aware, training=True)
noisy_again = accuracy(aware, training=True)
tested = float(np.abs(aware.layers[1].moving_mean.numpy()).max())
print(f"training=False {calm_accuracy:.3f}")
print(f"training=True {noisy_accuracy:.3f}, again {noisy_again:.3f}")
print(f"largest moving mean now {tested:.2f}")


# %% softmax-model
class Reader(keras.Model):
    def __init__(self, softmax):
        super().__init__()
        keras.utils.set_random_seed(0)
        self.hidden = layers.Dense(64, activation="relu")
        self.scores = layers.Dense(10)
        self.softmax = softmax

    def call(self, images):
        logits = self.scores(self.hidden(images))
        return tf.nn.softmax(logits) if self.softmax else logits


bright = train_images * np.float32(255 / 16)  # pixels from 0 to 255, not scaled


def silent_images(model):
    # Wrongly read images whose loss has no gradient, and all wrongly read ones.
    images = tf.constant(bright)
    with tf.GradientTape() as tape:
        tape.watch(images)
        outputs = model(images)
        losses = keras.losses.sparse_categorical_crossentropy(
            train_labels, outputs, from_logits=not model.softmax
        )
    size = np.abs(tape.gradient(losses, images)).max(axis=1)
    wrong = np.argmax(outputs, axis=1) != train_labels
    return int(np.sum(wrong & (size == 0))), int(np.sum(wrong))


# %% softmax-silent keep="silent wrong" tolerance="5e-3"
silent, wrong = silent_images(Reader(softmax=True))
print(f"softmax inside: {silent} of {wrong} wrong images have no gradient")

# %% logits-silent keep="silent_logits"
silent_logits, wrong = silent_images(Reader(softmax=False))
print(f"logits: {silent_logits} of {wrong} wrong images have no gradient")


# %% softmax-trained keep="softmax_accuracy logits_accuracy" tolerance="0.03"
def train_eagerly(model):
    optimizer = keras.optimizers.Adam(0.001)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=not model.softmax)
    shares = []
    for start in [*range(0, len(bright), 100)] * 3:
        images = bright[start : start + 100]
        labels = train_labels[start : start + 100]
        with tf.GradientTape() as tape:
            outputs = model(images)
            loss = loss_fn(labels, outputs)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        shares.append(float(np.mean(np.argmax(outputs, axis=1) == labels)))
    return shares


def bright_accuracy(model):
    outputs = model(test_images * np.float32(255 / 16))
    return float(np.mean(np.argmax(outputs, axis=1) == test_labels))


softmax_model, logits_model = Reader(softmax=True), Reader(softmax=False)
softmax_shares = train_eagerly(softmax_model)
logits_shares = train_eagerly(logits_model)
softmax_accuracy = bright_accuracy(softmax_model)
logits_accuracy = bright_accuracy(logits_model)
print(f"softmax inside {softmax_accuracy:.3f}, logits {logits_accuracy:.3f}")

# %% learning-curves
fig, ax = plt.subplots(figsize=(4.8, 3), layout="constrained")
ax.plot(logits_shares, color="C0", label="logits")
ax.plot(softmax_shares, "--", color="C1", label="softmax inside")
ax.set_ylim(0, 1)
ax.set_title("The same network, the same images")
ax.set_xlabel("step")
ax.set_ylabel("accuracy of the batch")
_ = ax.legend()

# %% counting keep="eager_runs"
runs = 0


def make_step():
    model = make_model()
    optimizer = keras.optimizers.Adam(0.005)
    optimizer.build(model.trainable_variables)

    def step(images, labels):
        global runs
        runs += 1  # Python counts only when Python runs
        with tf.GradientTape() as tape:
            loss = loss_fn(labels, model(images, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    return step


def one_epoch(step):
    global runs
    runs = 0
    data = tf.data.Dataset.from_tensor_slices((train_images, train_labels))
    for images, labels in data.batch(100):
        loss = step(images, labels)
    print(f"runs of the Python code: {runs}, last loss {float(loss):.4f}")
    return runs


eager_runs = one_epoch(make_step())

# %% traced keep="graph_runs"
graph_runs = one_epoch(tf.function(make_step()))

# %% signature keep="signature_runs"
signature = [tf.TensorSpec((None, 64), tf.float32), tf.TensorSpec((None,), tf.int64)]
signature_runs = one_epoch(tf.function(make_step(), input_signature=signature))


# %% python-numbers keep="number_traces"
@tf.function
def scale(gradient, rate):
    return rate * gradient


for rate in (0.1, 0.05, 0.01):
    scale(tf.ones(3), rate)
number_traces = scale.experimental_get_tracing_count()
print(f"traces: {number_traces}")

# %% tensor-numbers keep="tensor_traces"
scale = tf.function(scale.python_function)
for rate in (0.1, 0.05, 0.01):
    scale(tf.ones(3), tf.constant(rate))
tensor_traces = scale.experimental_get_tracing_count()
print(f"traces: {tensor_traces}")
