# %%
"""Change numbers in place, and let Keras know which numbers it may change."""

# %% setup
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(0)

# %% create
stock = tf.Variable([[5.0, 8.0, 0.0], [3.0, 6.0, 9.0]])  # 2 shops, 3 fruits
stock

# %% like-a-tensor
print(stock[0])
print(tf.reduce_sum(stock, axis=1))
print(type(stock + 1).__name__)

# %% assign
stock.assign([[6.0, 8.0, 1.0], [3.0, 6.0, 9.0]])
stock.assign_add([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
stock.assign_sub(tf.ones((2, 3)))
print(stock.numpy())

# %% wrong-shape raises="ValueError"
stock.assign([1.0, 2.0])

# %% augmented raises="RuntimeError"
stock += 1

# %% rebound raises="AttributeError"
visits = tf.Variable(0)
visits = visits + 1
visits.assign_add(1)

# %% same-object keep="shared_count"
backup = stock
stock.assign_add(tf.ones((2, 3)))
shared_count = float(backup[0, 0])
print(backup[0, 0].numpy(), stock[0, 0].numpy())

# %% real-copy keep="copied_count live_count"
backup = tf.identity(stock)
stock.assign_add(tf.ones((2, 3)))
copied_count, live_count = float(backup[0, 0]), float(stock[0, 0])
print(backup[0, 0].numpy(), stock[0, 0].numpy())

# %% slice-assign
stock[0, 1].assign(42.0)
stock[:, 2].assign([0.0, 1.0])
print(stock.numpy())

# %% item-assignment raises="TypeError"
stock[0, 1] = 43.0

# %% scatter-nd-update
stock.scatter_nd_update(indices=[[0, 0], [1, 2]], updates=[100.0, 200.0])
print(stock.numpy())

# %% scatter-update-list raises="TypeError"
stock.scatter_update([1, [7.0, 7.0, 7.0]])

# %% scatter-update
delivery = tf.IndexedSlices(values=[[7.0, 7.0, 7.0]], indices=[1])
stock.scatter_update(delivery)
print(stock.numpy())

# %% what-changes
places = [[0, 0], [2, 1]]
rows = tf.IndexedSlices(values=tf.ones((2, 3)), indices=[0, 2])
ways = {
    "v.assign": lambda v: v.assign(tf.ones((3, 3))),
    "v[:, 2].assign": lambda v: v[:, 2].assign([1.0, 1.0, 1.0]),
    "v.scatter_nd_update": lambda v: v.scatter_nd_update(places, [1.0, 1.0]),
    "v.scatter_update": lambda v: v.scatter_update(rows),
}

fig, axes = plt.subplots(2, 2, figsize=(4.2, 4.2), layout="constrained")
for ax, (name, change) in zip(axes.flat, ways.items(), strict=True):
    variable = tf.Variable(tf.zeros((3, 3)))
    change(variable)
    for row, column in np.ndindex(3, 3):
        face = "C0" if variable[row, column] == 1 else "none"
        patch = plt.Rectangle((column, row), 0.92, 0.92, fc=face, ec="C0")
        ax.add_patch(patch)
    ax.set_title(name, fontsize=10)
    ax.set(xlim=(-0.1, 3.1), ylim=(3.1, -0.1), aspect="equal")
    ax.axis("off")

# %% repeated-places keep="lost_sales"
sales = [[0, 1], [0, 1], [1, 2]]  # two of them at the same place
sold = tf.Variable(tf.zeros((2, 3)))
sold.scatter_nd_update(sales, tf.gather_nd(sold, sales) + 1)
lost_sales = int(tf.reduce_sum(sold))
print(sold.numpy())

# %% repeated-places-added keep="all_sales"
sold = tf.Variable(tf.zeros((2, 3)))
sold.scatter_nd_add(sales, [1.0, 1.0, 1.0])
all_sales = int(tf.reduce_sum(sold))
print(sold.numpy())

# %% keras-variable
shelf = keras.Variable(np.zeros((2, 3), dtype="float32"))
shelf.assign_add(keras.ops.ones((2, 3)))
shelf

# %% keras-slice
shelf.assign(keras.ops.slice_update(shelf, (0, 1), [[42.0]]))
print(shelf.numpy())

# %% keras-augmented
shelf += 1
print(isinstance(shelf, keras.Variable))


# %% untracked-layer
class Line(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.slope = tf.Variable(1.0)
        self.offset = self.add_weight((), "zeros", name="offset")

    def call(self, inputs):
        return self.slope * inputs + self.offset


x = np.linspace(-1.0, 1.0, 50, dtype="float32")[:, np.newaxis]
y = 3 * x + 1


def fit(layer):
    model = keras.Sequential([keras.Input((1,)), layer])
    model.compile(keras.optimizers.SGD(0.7), "mse")
    model.fit(x, y, batch_size=50, epochs=15, verbose=0)
    return layer


# %% untracked-fit keep="stuck_slope stuck_offset"
stuck = fit(Line())
stuck_slope, stuck_offset = float(stuck.slope), float(stuck.offset)
print([weight.name for weight in stuck.weights])
print(f"slope {stuck_slope:.3f}, offset {stuck_offset:.3f}")


# %% tracked-fit keep="free_slope free_offset"
class TrackedLine(Line):
    def __init__(self):
        super().__init__()
        self.slope = self.add_weight((), "ones", name="slope")


free = fit(TrackedLine())
free_slope, free_offset = float(free.slope), float(free.offset)
print([weight.name for weight in free.weights])
print(f"slope {free_slope:.3f}, offset {free_offset:.3f}")

# %% two-lines
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.plot(x[::5], y[::5], "o", color="C0", label="data")
ax.plot(x, stuck(x), "--", color="C1", label="tf.Variable")
ax.plot(x, free(x), color="C2", label="add_weight")
ax.set_title("The slope that nobody trained")
ax.set_xlabel("x")
ax.set_ylabel("y")
ax.legend()
ax.set(xticks=[-1, 0, 1], yticks=range(-2, 5, 2))
ax.margins(0.05)


# %% untracked-metric keep="carried_count"
class Positives(keras.metrics.Metric):
    def __init__(self):
        super().__init__(name="positives")
        self.count = tf.Variable(0.0)

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.count.assign_add(keras.ops.sum(y_true))

    def result(self):
        return self.count


def count_after_reset(metric):
    metric.update_state([1.0, 1.0, 0.0], [0.0, 0.0, 0.0])
    metric.reset_state()
    metric.update_state([0.0, 1.0, 0.0], [0.0, 0.0, 0.0])
    return float(metric.result())


carried_count = count_after_reset(Positives())
print(carried_count)


# %% tracked-metric keep="fresh_count"
class TrackedPositives(Positives):
    def __init__(self):
        super().__init__()
        self.count = self.add_weight((), "zeros", name="count")


fresh_count = count_after_reset(TrackedPositives())
print(fresh_count)

# %% who-tracks-what
owners = {"tf.Module": tf.Module(), "keras.layers.Layer": keras.layers.Layer()}
for name, owner in owners.items():
    owner.first = tf.Variable(1.0, name="tf_variable")
    owner.second = keras.Variable(1.0, name="keras_variable")
    print(name, [variable.name for variable in owner.variables])
