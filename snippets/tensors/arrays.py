# %%
"""Carry numbers between NumPy and TensorFlow without losing any on the way."""

# %% setup
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% there
lengths = np.array([1.5, 2.0, 4.0])
length_tensor = tf.constant(lengths)
length_tensor

# %% back
length_tensor.numpy()

# %% mixed-calls
print(np.square(length_tensor))
print(tf.square(lengths))

# %% separate-copies
samples = np.array([1.5, 2.0, 4.0])
sample_tensor = tf.constant(samples)
samples[0] = 100.0
print(samples[0], sample_tensor[0].numpy())

# %% default-dtypes
for numbers in ([1.5, 2.0], np.array([1.5, 2.0]), [1, 2], np.array([1, 2])):
    print(f"{type(numbers).__name__:8}", tf.constant(numbers).dtype.name)

# %% as-float32
print(tf.constant(lengths, dtype=tf.float32))

# %% lost-seconds keep="lost_gap"
clicks = [1_700_000_000, 1_700_000_030]  # seconds since 1970, 30 s apart
single = tf.constant(clicks, dtype=tf.float32)
lost_gap = float(single[1] - single[0])
print(f"gap {lost_gap:.1f} s")

# %% staircase
start = 1_700_000_000
passed = np.arange(600)
narrow = tf.cast(start + passed, tf.float32)
stored = tf.cast(narrow, tf.float64) - start

fig, ax = plt.subplots(figsize=(4.4, 4.2), layout="constrained")
ax.plot(passed, passed, color="C1", label="float64")
ax.plot(passed, stored, color="C0", label="float32")
ax.set_title(f"Seconds after {start}")
ax.set_xlabel("true")
ax.set_ylabel("stored")
ax.set_xticks(range(0, 641, 128))
ax.set_yticks(range(0, 641, 128))
ax.legend()
ax.set_aspect("equal")

# %% spacing keep="step"
step = float(np.spacing(np.float32(1_700_000_000)))
print(f"float32: {step:.0f} s, float64: {np.spacing(1_700_000_000.0):.1e} s")

# %% kept-seconds keep="kept_gap"
whole = tf.constant(clicks, dtype=tf.int64)
kept_gap = float(tf.cast(whole - whole[0], tf.float32)[1])
print(f"gap {kept_gap:.1f} s")

# %% float-and-int raises="InvalidArgumentError"
tf.constant(2.0) + tf.constant(40)

# %% float32-and-float64 raises="InvalidArgumentError"
tf.constant(2.0) + tf.constant(40.0, dtype=tf.float64)

# %% explicit-cast
wide = tf.constant(40.0, dtype=tf.float64)
print(tf.constant(2.0) + tf.cast(wide, tf.float32))

# %% size keep="narrow_megabytes wide_megabytes"
image_batch = tf.zeros((64, 128, 128))
narrow_megabytes = image_batch.numpy().nbytes / 1e6
wide_megabytes = tf.cast(image_batch, tf.float64).numpy().nbytes / 1e6
print(f"float32 {narrow_megabytes:.1f} MB, float64 {wide_megabytes:.1f} MB")

# %% wrapped-pixels keep="wrapped_pixel"
brighter = tf.constant([100, 250]) + 50
pixels = tf.cast(brighter, tf.uint8)
wrapped_pixel = int(pixels[1])
print(brighter.numpy(), pixels.numpy())

# %% saturated-pixels keep="saturated_pixel"
pixels = tf.saturate_cast(brighter, tf.uint8)
saturated_pixel = int(pixels[1])
print(brighter.numpy(), pixels.numpy())

# %% truncated
print(tf.cast([2.9, -2.9], tf.int32))
print(tf.cast(tf.round([2.9, -2.9]), tf.int32))

# %% guests
for guest in (40, np.float64(40), np.array([40]), np.array([40.0])):
    total = tf.constant(2.0) + guest
    print(f"{type(guest).__name__:8}", total.dtype.name, total.numpy())

# %% fraction-to-int raises="InvalidArgumentError"
tf.constant(2) + 2.5

# %% lost-cents keep="lost_bill"
pieces = tf.constant([2, 3])
prices = np.array([2.5, 0.99])
lost_bill = int(tf.reduce_sum(pieces * prices))
print(pieces * prices)

# %% kept-cents keep="kept_bill"
bill = tf.cast(pieces, tf.float32) * prices
kept_bill = float(tf.reduce_sum(bill))
print(bill)

# %% integer-mean keep="integer_mean"
integer_mean = int(tf.reduce_mean(pieces))
print(integer_mean, np.mean(pieces))

# %% float-mean keep="float_mean"
float_mean = float(tf.reduce_mean(tf.cast(pieces, tf.float32)))
print(float_mean)

# %% division
(pieces / 2).dtype

# %% keras-ops
print(keras.ops.square(lengths))
print(keras.ops.add(tf.constant(2.0), tf.constant(40)))
print(keras.ops.multiply(pieces, prices))

# %% no-transpose raises="AttributeError"
tf.constant([[1, 2], [3, 4]]).T

# %% transpose
print(tf.transpose(tf.constant([[1, 2], [3, 4]])))
