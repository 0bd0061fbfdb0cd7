# %%
"""Create tensors, take them apart, compute with them, and see what runs below."""

# %% setup
import re

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% create
rain = tf.constant([[0.0, 2.5, 0.5], [4.0, 0.0, 3.5]])  # two towns, three days
rain

# %% shape-dtype
print(rain.shape, rain.dtype)
print(f"{rain.ndim} axes, {tf.size(rain)} numbers")

# %% first-dtypes
for value in (7, 7.0, True, "rain"):
    print(repr(value), tf.constant(value).dtype.name)

# %% overflow keep="wrapped"
wrapped = tf.constant(2_000_000_000) + 1_000_000_000
print(wrapped)

# %% no-overflow keep="counted"
counted = tf.constant(2_000_000_000, dtype=tf.int64) + 1_000_000_000
print(counted)

# %% filled
print(tf.ones((2, 3)))
print(tf.range(0, 12, 3))

# %% scalar
answer = tf.constant(42)
print(answer)
print(int(answer) / 2)

# %% one-number
print(tf.constant(42).shape, tf.constant([42]).shape)

# %% ranks text="names"
names = ["scalar", "vector", "matrix", "three axes"]
shapes = [(), (3,), (2, 3), (2, 2, 3)]

fig, ax = plt.subplots(figsize=(4.2, 1.8), layout="constrained")
for left, name, shape in zip([0, 2.5, 6.5, 10.5], names, shapes, strict=True):
    depth, height, width = (1, 1, 1, *shape)[-3:]
    for layer, row, column in np.ndindex(depth, height, width):
        corner = (left + column, row + layer * 2.4)
        ax.add_patch(plt.Rectangle(corner, 0.9, 0.9, color=f"C{layer}"))
    label = f"{name}\n{tf.zeros(shape).shape}"
    ax.text(left + width / 2, -0.3, label, ha="center", fontsize=10)
ax.set(xlim=(-0.7, 14.2), ylim=(4.5, -2), aspect="equal")
ax.set_axis_off()

# %% indexing
print(rain[0])
print(rain[:, 1:])
print(rain[..., 1])
print(rain[..., 1, tf.newaxis])

# %% indexing-picture
positions = tf.reshape(tf.range(6), (2, 3))
picks = {
    "rain[0]": positions[0],
    "rain[:, 1:]": positions[:, 1:],
    "rain[..., 1]": positions[..., 1],
    "rain[..., 1, tf.newaxis]": positions[..., 1, tf.newaxis],
}


def draw_tile(ax, row, column, text, filled, style="-"):
    face = "C0" if filled else "none"
    patch = plt.Rectangle((column, row), 0.92, 0.92, fc=face, ec="C0", ls=style)
    ax.add_patch(patch)
    color = "white" if filled else None
    place = {"ha": "center", "va": "center", "color": color}
    ax.text(column + 0.46, row + 0.46, text, **place)


fig, axes = plt.subplots(2, 2, figsize=(4.2, 3.6), layout="constrained")
for ax, (code, picked) in zip(axes.flat, picks.items(), strict=True):
    for row, column in np.ndindex(2, 3):
        chosen = positions[row, column] in picked.numpy()
        draw_tile(ax, row, column, f"{rain[row, column]:.1f}", chosen)
    ax.set_title(f"{code}\n{picked.shape}", fontsize=10)
    ax.set(xlim=(-0.1, 3.1), ylim=(2.1, -0.1), aspect="equal")
    ax.axis("off")

# %% list-index keep="one_number"
one_number = rain[[1, 0]]
print(one_number)

# %% numpy-list-index
print(rain.numpy()[[1, 0]])

# %% gather
print(tf.gather(rain, [1, 0]))

# %% mask
print(rain[rain > 1])

# %% item-assignment raises="TypeError"
rain[0, 0] = 1.0

# %% elementwise
print(rain + 10)
print(tf.square(rain))

# %% matmul
centred = rain - tf.reduce_mean(rain, axis=1, keepdims=True)
covariance = centred @ tf.transpose(centred) / 3
print(covariance)

# %% roofs raises="InvalidArgumentError"
roofs = tf.constant([10.0, 40.0])  # square metres, one roof in each town
rain * roofs

# %% two-days keep="wrong_litres"
litres = rain[:, :2] * roofs
wrong_litres = float(litres[0, 1])
print(litres)

# %% roof-column keep="right_litres"
litres = rain[:, :2] * roofs[:, tf.newaxis]
right_litres = float(litres[0, 1])
print(litres)

# %% broadcasting-picture
given = {"roofs": roofs, "roofs[:, tf.newaxis]": roofs[:, tf.newaxis]}

fig, axes = plt.subplots(1, 2, figsize=(4.2, 2.5), layout="constrained")
for ax, (code, areas) in zip(axes, given.items(), strict=True):
    height, width = (1, *areas.shape)[-2:]
    for row, column in np.ndindex(2, 2):
        own = row < height and column < width
        area = tf.broadcast_to(areas, (2, 2))[row, column]
        draw_tile(ax, row, column, f"{area:.0f}", own, "-" if own else "--")
    ax.set_title(f"{code}\n{areas.shape}", fontsize=10)
    ax.set(xlim=(-0.1, 2.1), ylim=(2.1, -0.1), aspect="equal")
    ax.axis("off")

# %% aliases
print(tf.add is tf.math.add, tf.square is tf.math.square)
print(tf.reduce_all(rain + 10 == tf.add(rain, 10)))

# %% determinant
print(tf.linalg.det(tf.constant([[2.0, 1.0], [1.0, 3.0]])))

# %% no-kernel raises="NotFoundError"
tf.linalg.det(tf.constant([[2.0, 1.0], [1.0, 3.0]], dtype=tf.float16))

# %% kernels
try:
    tf.linalg.det(tf.eye(2, dtype=tf.float16))
except tf.errors.NotFoundError as error:
    kernels = re.findall(r"device='(\w+)'; T in \[DT_(\w+)\]", str(error))

dtypes = {
    "HALF": "float16",
    "FLOAT": "float32",
    "DOUBLE": "float64",
    "COMPLEX64": "complex64",
    "COMPLEX128": "complex128",
}
fig, ax = plt.subplots(figsize=(4.4, 2.9), layout="constrained")
for y, device in enumerate(("GPU", "CPU")):
    for x, dtype in enumerate(dtypes):
        face = "C0" if (device, dtype) in kernels else "none"
        ax.add_patch(plt.Rectangle((x, y), 0.94, 0.9, fc=face, ec="C0"))
box = {"boxstyle": "round", "facecolor": "none", "edgecolor": "C1"}
place = {"ha": "center", "va": "center", "fontsize": 9, "bbox": box}
ax.text(2.5, 4.2, "tf.linalg.det(x)", **place)
ax.text(2.5, 3.1, "op MatrixDeterminant", **place)
arrow = {"arrowstyle": "->", "color": "C1"}
ax.annotate("", (2.5, 3.4), (2.5, 3.95), arrowprops=arrow)
ax.annotate("", (1.5, 1.5), (2.3, 2.85), arrowprops=arrow)
ax.set_title("One op, one kernel per device and dtype")
ax.set_xticks(np.arange(5) + 0.47, dtypes.values(), fontsize=8)
ax.set_yticks([0.45, 1.45], ["GPU", "CPU"], fontsize=9)
ax.set(xlim=(-0.1, 5.1), ylim=(-0.1, 4.6))
ax.tick_params(length=0)
ax.spines[:].set_visible(False)

# %% order-matters
big, small = tf.constant(1e8), tf.constant(1.0)
print((big + small) - big)
print((big - big) + small)

# %% million-tenths keep="one_by_one reduced"
tenths = tf.fill([1_000_000], 0.1)
one_by_one = float(tf.cumsum(tenths)[-1])
reduced = float(tf.reduce_sum(tenths))
print(f"one after the other: {one_by_one:.0f}")
print(f"tf.reduce_sum: {reduced:.0f}")

# %% numpy-transpose
table = rain.numpy()
print(np.shares_memory(table, table.T))

# %% tensorflow-transpose
print(np.shares_memory(np.asarray(rain), np.asarray(rain)))
print(np.shares_memory(np.asarray(rain), np.asarray(tf.transpose(rain))))

# %% transpose-inside
print(tf.matmul(centred, centred, transpose_b=True) / 3)
