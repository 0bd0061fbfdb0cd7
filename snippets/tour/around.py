# %%
"""Look at the package: who makes it, what comes with it, what does not."""

# %% package
from importlib.metadata import metadata

facts = metadata("tensorflow")
for field in ("Version", "Author", "License", "Requires-Python"):
    print(f"{field}: {facts[field]}")

# %% keras
import keras
import tensorflow as tf

print(keras.config.backend())
print(tf.keras.layers.Dense is keras.layers.Dense)

# %% c-library
import ctypes
from pathlib import Path

file = next(Path(tf.sysconfig.get_lib()).glob("libtensorflow_cc*"))
tf_version = ctypes.CDLL(str(file)).TF_Version
tf_version.restype = ctypes.c_char_p
print(tf_version().decode())

# %% ready-models keep="network_count"
networks = [name for name in dir(keras.applications) if name[0].isupper()]
network_count = len(networks)
print(network_count)
print(*networks[::10])

# %% empty-network keep="parameter_count"
network = keras.applications.MobileNetV2(weights=None)  # "imagenet" would download
parameter_count = network.count_params()
print(f"{parameter_count:,} parameters")

# %% no-tensorboard raises="TBNotInstalledError"
with tf.summary.create_file_writer("logs").as_default():
    tf.summary.scalar("loss", 0.5, step=1)

# %% surroundings text="boxes"
import matplotlib.pyplot as plt

boxes = [
    (0.12, 2.6, 0, "data:\nTensorFlow\nDatasets"),
    (0.12, 1.4, 0, "weights:\nKaggle Models\nKerasHub"),
    (0.5, 2.0, 1, "Keras and\nTensorFlow"),
    (0.87, 2.9, 2, "server:\nTF Serving"),
    (0.87, 2.0, 2, "phone:\nLiteRT"),
    (0.87, 1.1, 2, "browser:\nTensorFlow.js"),
    (0.5, 3.1, 3, "curves:\nTensorBoard"),
    (0.5, 0.4, 4, "TFX: all of it as one pipeline"),
]
arrows = [(0, 2), (1, 2), (2, 3), (2, 4), (2, 5), (2, 6)]

fig, ax = plt.subplots(figsize=(4.8, 3.5), layout="constrained")
ax.set_title("Around TensorFlow")
ax.set(xlim=(-0.05, 1.05), ylim=(0.1, 3.4))
ax.axis("off")
shown = []
for x, y, color, label in boxes:
    frame = {"boxstyle": "round", "facecolor": f"C{color}", "alpha": 0.25}
    text = ax.text(x, y, label, ha="center", va="center", size=10, bbox=frame)
    shown.append(text.get_bbox_patch())
for origin, goal in arrows:
    arrow = {"arrowstyle": "->", "color": "C7"}
    arrow.update(patchA=shown[origin], patchB=shown[goal])
    ax.annotate("", boxes[goal][:2], boxes[origin][:2], arrowprops=arrow)
