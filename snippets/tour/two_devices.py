# %%
"""Share one training step between two devices."""

# %% devices
import keras
import matplotlib.pyplot as plt
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits

processor = tf.config.list_physical_devices("CPU")[0]
part = tf.config.LogicalDeviceConfiguration()
tf.config.set_logical_device_configuration(processor, [part, part])
print([device.name for device in tf.config.list_logical_devices("CPU")])

# %% strategy
digits = load_digits()
pixels = (digits.data / 16).astype("float32")
labels = digits.target

strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
with strategy.scope():
    weights = tf.Variable(tf.zeros((64, 10)))
for copy in strategy.experimental_local_results(weights):
    print(copy.device)

# %% picture text="boxes"
boxes = [
    (0.5, 4, 0, "batch: 64 images"),
    (0.2, 3, 1, "CPU:0\n32 images"),
    (0.8, 3, 2, "CPU:1\n32 images"),
    (0.2, 2, 1, "gradient"),
    (0.8, 2, 2, "gradient"),
    (0.5, 1, 0, "sum of the gradients"),
    (0.2, 0, 1, "weights, copy 0"),
    (0.8, 0, 2, "weights, copy 1"),
]
arrows = [(0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (4, 5), (5, 6), (5, 7)]

fig, ax = plt.subplots(figsize=(4.6, 4), layout="constrained")
ax.set_title("One step, shared")
ax.set(xlim=(-0.05, 1.05), ylim=(-0.4, 4.3))
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

# %% shared-gradient


def gradient_of(some_pixels, some_labels):
    with tf.GradientTape() as tape:
        scores = some_pixels @ weights
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(some_labels, scores)
        loss = tf.nn.compute_average_loss(losses, global_batch_size=64)
    tf.print(tf.shape(some_pixels))
    return tape.gradient(loss, weights)


@tf.function
def shared_gradient(batch):
    parts = strategy.run(gradient_of, args=batch)
    return strategy.reduce("sum", parts, axis=None)


dataset = tf.data.Dataset.from_tensor_slices((pixels, labels)).batch(64)
batches = iter(strategy.experimental_distribute_dataset(dataset))
shared = shared_gradient(next(batches))

# %% same-gradient keep="difference" contract="difference < 1e-6"
alone = gradient_of(pixels[:64], labels[:64])
difference = float(tf.reduce_max(tf.abs(shared - alone)))
print("equal up to 0.000001:", difference < 1e-6)

# %% fit keep="accuracy" contract="accuracy >= 0.9"
keras.utils.set_random_seed(0)
with strategy.scope():
    model = keras.Sequential(
        [keras.Input((64,)), layers.Dense(10, activation="softmax")]
    )
    optimizer = keras.optimizers.Adam(learning_rate=0.01)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(pixels, labels, batch_size=64, epochs=5, verbose=0)
accuracy = history.history["accuracy"][-1]
print(f"accuracy {accuracy:.3f}")
