# %%
"""Draw TensorFlow's layers and a map of its Python API."""

# %% layers-drawing text="floors"
import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

floors = [
    ("high level", ["Keras\nmodels, training", "tf.data\ninput pipelines"]),
    ("low level", ["tensors, variables,\noperations, gradients"]),
    ("one call", ["operation\nby operation", "graph\ntf.function", "compiled\nXLA"]),
    ("engine", ["C++ runtime: places operations\non devices, runs them in parallel"]),
    ("device", ["CPU\nkernels", "GPU\nkernels", "TPU\nXLA only"]),
]

fig, ax = plt.subplots(figsize=(4.6, 4.6), layout="constrained")
ax.set_title("From Python to the device")
ax.set(xlim=(-0.25, 1), ylim=(-4.75, 0.05))
ax.axis("off")
for floor, (name, labels) in enumerate(floors):
    middle = -floor - 0.35
    ax.text(-0.25, middle, name, va="center", size=10)
    if floor:
        arrow = {"arrowstyle": "->", "color": "C7"}
        ax.annotate("", (0.5, 0.02 - floor), (0.5, 0.28 - floor), arrowprops=arrow)
    for place, label in enumerate(labels):
        left, width = place / len(labels), 1 / len(labels)
        corner = (left + 0.015, middle - 0.34)
        box = FancyBboxPatch(corner, width - 0.03, 0.68, boxstyle="round,pad=0")
        box.set(facecolor=f"C{floor}", alpha=0.25)
        ax.add_patch(box)
        center = left + width / 2
        ax.text(center, middle, label, ha="center", va="center", size=10)

# %% operations-counted keep="operation_count" contract="operation_count > 1000"
import tensorflow as tf

operation_count = sum(name[0].isupper() for name in dir(tf.raw_ops))
print(f"{operation_count} operations")

# %% no-kernel raises="NotFoundError"
whole_numbers = tf.constant([[1, 2], [3, 4]], dtype=tf.uint8)
tf.matmul(whole_numbers, whole_numbers)

# %% api-map text="tasks"
import operator

import keras

tasks = {
    "tf.data tf.io tf.image": "feed data",
    "keras.layers keras.optimizers keras.metrics": "build and train",
    "tf.math tf.linalg tf.nn": "compute",
    "tf.GradientTape tf.function tf.autograph": "differentiate, trace",
    "tf.ragged tf.sparse tf.strings": "other tensors",
    "tf.config tf.device tf.distribute": "devices",
    "tf.saved_model tf.train.Checkpoint keras.saving": "save",
    "tf.debugging tf.summary tf.profiler": "look inside",
}

fig, ax = plt.subplots(figsize=(4.6, 5), layout="constrained")
ax.set_title("What to look for, and where")
ax.set(xlim=(0, 2), ylim=(-4, 0))
ax.axis("off")
for place, (names, task) in enumerate(tasks.items()):
    for name in names.split():
        root, _, rest = name.partition(".")
        operator.attrgetter(rest)({"tf": tf, "keras": keras}[root])  # it exists
    left, top = place % 2, -(place // 2)
    corner = (left + 0.03, top - 0.94)
    box = FancyBboxPatch(corner, 0.94, 0.9, boxstyle="round,pad=0")
    box.set(facecolor=f"C{place % 6}", alpha=0.25)
    ax.add_patch(box)
    ax.text(left + 0.08, top - 0.12, task, va="top", size=10, weight="bold")
    listing = names.replace(" ", "\n")
    ax.text(left + 0.08, top - 0.34, listing, va="top", size=10, linespacing=1.4)
