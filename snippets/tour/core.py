# %%
"""Build the digit reader again from TensorFlow's own parts."""

# %% start
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

digits = load_digits()
pixels = (digits.data / 16).astype("float32")  # 64 numbers per image
train_pixels, test_pixels, train_labels, test_labels = train_test_split(
    pixels,
    digits.target,
    test_size=0.25,
    stratify=digits.target,
    random_state=0,
)

# %% tensors
batch = tf.constant(test_pixels[:3])
print(batch.shape, batch.dtype)
print(batch.device)
print("TensorFlow:", tf.reduce_mean(batch, axis=1).numpy())
print("NumPy:     ", test_pixels[:3].mean(axis=1))

# %% scores
weights = tf.Variable(tf.zeros((64, 10)))
scores = batch @ weights
print(scores.shape)
print(tf.nn.softmax(scores)[0].numpy())

# %% gradient keep="start_loss"


def mean_loss():
    scores = train_pixels @ weights
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(train_labels, scores)
    return tf.reduce_mean(losses)


with tf.GradientTape() as tape:
    loss = mean_loss()
gradient = tape.gradient(loss, weights)
start_loss = float(loss)
print(f"loss {start_loss:.4f}")
print(gradient.shape)

# %% nudge keep="slope measured" tolerance="1e-3"
pixel, digit, step = 20, 3, 0.1
slope = float(gradient[pixel, digit])

weights[pixel, digit].assign(step)
above = mean_loss()
weights[pixel, digit].assign(-step)
below = mean_loss()
weights[pixel, digit].assign(0)
measured = float(above - below) / (2 * step)
print(f"gradient {slope:.4f}, measured {measured:.4f}")

# %% optimize keep="end_loss accuracy" contract="accuracy >= 0.93"
optimizer = keras.optimizers.SGD(learning_rate=1.0)
for _ in range(100):
    with tf.GradientTape() as tape:
        loss = mean_loss()
    gradient = tape.gradient(loss, weights)
    optimizer.apply([gradient], [weights])

end_loss = float(loss)
hits = tf.argmax(test_pixels @ weights, axis=1) == test_labels
accuracy = float(tf.reduce_mean(tf.cast(hits, "float32")))
print(f"loss {end_loss:.3f}, accuracy {accuracy:.3f}")

# %% templates
largest = tf.reduce_max(tf.abs(weights)).numpy()

fig, axes = plt.subplots(2, 5, figsize=(4.8, 2.9), layout="constrained")
fig.suptitle("The 64 weights of each digit")
for digit, ax in enumerate(axes.flat):
    column = tf.reshape(weights[:, digit], (8, 8))
    ax.imshow(column, cmap="RdBu", vmin=-largest, vmax=largest)
    ax.set_title(f"{digit}")
    ax.axis("off")

# %% trace


@tf.function
def read(some_pixels):
    print("Python is running")
    return tf.argmax(some_pixels @ weights, axis=1)


for start in (0, 8, 16):
    print(read(test_pixels[start : start + 8]).numpy())

# %% operations
graph = read.get_concrete_function(test_pixels[:8]).graph
for operation in graph.get_operations():
    print(operation.type)

# %% autograph


@tf.function
def halvings(value):
    count = 0
    while value > 1:
        value /= 2
        count += 1
    return count


print(halvings(tf.constant(10.0)).numpy(), halvings(tf.constant(1000.0)).numpy())
graph = halvings.get_concrete_function(tf.constant(10.0)).graph
for operation in graph.get_operations():
    print(operation.type)

# %% side-effect keep="logged"
log = []


@tf.function
def read_and_log(some_pixels):
    log.append("read")
    return tf.argmax(some_pixels @ weights, axis=1)


for start in (0, 8, 16):
    read_and_log(test_pixels[start : start + 8])
logged = len(log)
print(logged)

# %% counter keep="counted"
counter = tf.Variable(0)


@tf.function
def read_and_count(some_pixels):
    counter.assign_add(1)
    return tf.argmax(some_pixels @ weights, axis=1)


for start in (0, 8, 16):
    read_and_count(test_pixels[start : start + 8])
counted = int(counter)
print(counted)

# %% unused raises="InvalidArgumentError"


def mean_ink(some_pixels):
    tf.linalg.inv(tf.zeros((2, 2)))  # nobody uses this result
    return tf.reduce_mean(some_pixels)


mean_ink(test_pixels)

# %% pruned
print(f"{tf.function(mean_ink)(test_pixels):.4f}")

# %% xla keep="difference" contract="difference < 1e-5"


def probabilities(some_pixels):
    return tf.nn.softmax(some_pixels @ weights)


compiled = tf.function(probabilities, jit_compile=True)
gaps = compiled(test_pixels) - probabilities(test_pixels)
difference = float(tf.reduce_max(tf.abs(gaps)))
print("equal up to 0.00001:", difference < 1e-5)

# %% save


class DigitReader(tf.Module):
    def __init__(self, weights):
        super().__init__()
        self.weights = weights

    @tf.function(input_signature=[tf.TensorSpec((None, 64), tf.float32)])
    def read(self, some_pixels):
        return tf.argmax(some_pixels @ self.weights, axis=1)


tf.saved_model.save(DigitReader(weights), "digit-reader")
for file in sorted(Path("digit-reader").rglob("*.*")):
    print(file)

# %% load
del DigitReader  # the Python class is gone
loaded = tf.saved_model.load("digit-reader")
print("read:  ", loaded.read(test_pixels[:8]).numpy())
print("labels:", test_labels[:8])
