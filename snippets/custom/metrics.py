# %%
"""Write metrics that collect over batches, and see where their numbers go wrong."""

# %% setup
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops

# %% tank
rng = np.random.default_rng(0)
hours = rng.uniform(0, 4, size=(200, 1)).astype("float32")
level = (1 + 2 * hours + rng.normal(0, 1.5, size=(200, 1))).astype("float32")

model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
model.layers[0].set_weights([np.array([[2.0]]), np.array([1.0])])
predictions = model.predict(hours, verbose=0)


# %% function keep="function_column function_flat loss_flat"
def robust(y_true, y_pred):
    size = ops.abs(y_true - y_pred)
    return ops.mean(ops.where(size <= 2, size**2 / 2, 2 * size - 2), axis=-1)


def evaluate(metric, labels):
    model.compile(loss=robust, metrics=[metric])
    return model.evaluate(hours, labels, verbose=0)


loss_column, function_column = evaluate(robust, level)
loss_flat, function_flat = evaluate(robust, level[:, 0])
print(f"labels (200, 1): loss {loss_column:.4f}, metric {function_column:.4f}")
print(f"labels (200,):   loss {loss_flat:.4f}, metric {function_flat:.4f}")


# %% function-reshaped keep="reshaped_flat"
def huber_metric(y_true, y_pred):
    return robust(ops.reshape(y_true, ops.shape(y_pred)), y_pred)


_, reshaped_flat = evaluate(huber_metric, level[:, 0])
print(f"labels (200,): metric {reshaped_flat:.4f}")

# %% batches keep="mean_of_means overall"
starts = range(0, 200, 64)
parts = [slice(start, start + 64) for start in starts]
batch_means = [float(ops.mean(robust(level[p], predictions[p]))) for p in parts]
mean_of_means = float(np.mean(batch_means))
overall = float(ops.mean(robust(level, predictions)))
print("batch sizes:", [len(level[part]) for part in parts])
print(f"mean of batch means {mean_of_means:.4f}, overall {overall:.4f}")


# %% positional-name raises="ValueError"
class OldHuber(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.total = self.add_weight("total", initializer="zeros")


OldHuber()


# %% streaming
@keras.saving.register_keras_serializable(package="tank")
class HuberMetric(keras.metrics.Metric):
    def __init__(self, threshold=1.0, name="huber", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.reshape(y_true, ops.shape(y_pred))
        values = keras.losses.huber(y_true, y_pred, delta=self.threshold)
        weights = ops.ones_like(values)
        if sample_weight is not None:
            sample_weight = ops.cast(sample_weight, values.dtype)
            weights = ops.reshape(sample_weight, ops.shape(values))
        self.total.assign_add(ops.sum(values * weights))
        self.count.assign_add(ops.sum(weights))

    def result(self):
        return ops.divide_no_nan(self.total, self.count)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


# %% streaming-result keep="streamed"
metric = HuberMetric(2.0)
print(f"before any batch: {float(metric.result()):.4f}")

so_far = []
for part in parts:
    metric.update_state(level[part], predictions[part])
    so_far.append(float(metric.result()))
streamed = so_far[-1]
print([round(value, 4) for value in so_far])
print({weight.name: round(float(weight.numpy()), 3) for weight in metric.variables})

# %% streaming-drawn
batch_numbers = np.arange(1, 5)
fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
ax.plot(batch_numbers, batch_means, "o", color="C1", label="this batch alone")
ax.plot(batch_numbers, so_far, "-s", color="C0", label="result() so far")
ax.set_title("The last batch has 8 readings")
ax.set_xlabel("batch")
ax.set_ylabel("Huber loss")
ax.set_xticks(batch_numbers)
_ = ax.legend()


# %% naive-sum keep="naive_flat"
class NaiveHuber(HuberMetric):
    def update_state(self, y_true, y_pred, sample_weight=None):
        size = ops.abs(y_true - y_pred)
        values = ops.where(size <= 2, size**2 / 2, 2 * size - 2)
        self.total.assign_add(ops.sum(values))
        self.count.assign_add(len(y_true))


naive = NaiveHuber(2.0)
naive.update_state(level[:, 0], predictions)
naive_flat = float(naive.result())
print(f"labels (200,): {naive_flat:.4f}")

# %% streaming-flat keep="streamed_flat"
metric.reset_state()
metric.update_state(level[:, 0], predictions)
streamed_flat = float(metric.result())
print(f"labels (200,): {streamed_flat:.4f}")

# %% wrapper keep="wrapped_flat"
wrapped = keras.metrics.MeanMetricWrapper(keras.losses.huber, name="h", delta=2.0)
wrapped.update_state(level[:, 0], predictions)
wrapped_flat = float(wrapped.result())
print(f"labels (200,): {wrapped_flat:.4f}")

# %% four-cases
probabilities = np.array(
    [[0.7, 0.2, 0.1], [0.1, 0.2, 0.7], [0.2, 0.5, 0.3], [0.6, 0.3, 0.1]],
    dtype="float32",
)
labels = np.array([0, 2, 1, 1])
print(probabilities.argmax(axis=-1), labels)


# %% naive-accuracy
class NaiveAccuracy(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.hits = self.add_weight(name="hits", initializer="zeros")
        self.seen = self.add_weight(name="seen", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        right = tf.equal(y_true, tf.argmax(y_pred, axis=-1))
        right = tf.cast(right, "float32")
        if sample_weight is not None:
            right *= sample_weight
        self.hits.assign_add(tf.reduce_sum(right))
        self.seen.assign_add(len(y_true))

    def result(self):
        return self.hits / self.seen


# %% measure keep="naive_plain naive_column naive_doubled"
def measure(metric, y_true, weights=None):
    metric.reset_state()
    metric.update_state(y_true, probabilities, sample_weight=weights)
    return float(metric.result())


doubled = np.full(4, 2.0, dtype="float32")
naive = NaiveAccuracy()
naive_plain = measure(naive, labels)
naive_column = measure(naive, labels[:, np.newaxis])
naive_doubled = measure(naive, labels, doubled)
print(f"labels (4,) {naive_plain}, labels (4, 1) {naive_column}")
print(f"every weight 2: {naive_doubled}")
print(f"before any batch: {float(NaiveAccuracy().result())}")

# %% naive-dtype raises="InvalidArgumentError"
measure(naive, tf.constant(labels, "uint8"))


# %% weighted-accuracy
@keras.saving.register_keras_serializable(package="tank")
class WeightedAccuracy(keras.metrics.Metric):
    def __init__(self, name="weighted_accuracy", **kwargs):
        super().__init__(name=name, **kwargs)
        self.hits = self.add_weight(name="hits", initializer="zeros")
        self.seen = self.add_weight(name="seen", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        guess = ops.cast(ops.argmax(y_pred, axis=-1), "int32")
        truth = ops.cast(ops.reshape(y_true, ops.shape(guess)), "int32")
        right = ops.cast(ops.equal(truth, guess), self.dtype)
        weights = ops.ones_like(right)
        if sample_weight is not None:
            sample_weight = ops.cast(sample_weight, self.dtype)
            weights = ops.reshape(sample_weight, ops.shape(right))
        self.hits.assign_add(ops.sum(right * weights))
        self.seen.assign_add(ops.sum(weights))

    def result(self):
        return ops.divide_no_nan(self.hits, self.seen)


# %% weighted-results keep="right_column right_doubled right_fivefold"
accuracy = WeightedAccuracy()
right_column = measure(accuracy, labels[:, np.newaxis])
right_uint8 = measure(accuracy, labels.astype("uint8"))
right_doubled = measure(accuracy, labels, doubled)
right_fivefold = measure(accuracy, labels, np.array([1, 1, 1, 5]))
print(f"labels (4, 1) {right_column}, uint8 {right_uint8}")
print(f"every weight 2: {right_doubled}, last weight 5: {right_fivefold}")
print(f"before any batch: {float(WeightedAccuracy().result())}")

# %% weighted-metrics
echo = keras.Sequential([keras.Input((3,)), layers.Identity()])
echo.compile(
    loss="sparse_categorical_crossentropy",
    metrics=[WeightedAccuracy(name="plain")],
    weighted_metrics=[WeightedAccuracy(name="weighted")],
)
results = echo.evaluate(
    probabilities,
    labels,
    sample_weight=np.array([1, 1, 1, 5]),
    verbose=0,
    return_dict=True,
)
print(f"plain {results['plain']}, weighted {results['weighted']}")


# %% old-reset keep="lowest_fresh lowest_again"
class OldLowest(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.lowest = self.add_weight(name="lowest", initializer="ones")

    def update_state(self, y_true, y_pred, sample_weight=None):
        surest = ops.max(y_pred, axis=-1)
        self.lowest.assign(ops.minimum(self.lowest, ops.min(surest)))

    def result(self):
        return self.lowest

    def reset_states(self):
        self.lowest.assign(1.0)


old_lowest = OldLowest()
old_lowest.update_state(labels, probabilities)
lowest_fresh = float(old_lowest.result())
lowest_again = measure(old_lowest, labels)
print(f"fresh {lowest_fresh}, after a reset {lowest_again}")

# %% old-reset-fit
echo.compile(loss="sparse_categorical_crossentropy", metrics=[OldLowest(name="low")])
print(echo.fit(probabilities, labels, epochs=3, verbose=0).history["low"])


# %% new-reset keep="lowest_right"
class Lowest(OldLowest):
    def reset_state(self):
        self.lowest.assign(1.0)


lowest_right = measure(Lowest(), labels)
print(f"after a reset {lowest_right}")

# %% reset-states raises="AttributeError"
accuracy.reset_states()


# %% tf-variable keep="untracked_first untracked_second"
class Untracked(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seen = tf.Variable(0.0)

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.seen.assign_add(len(y_true))

    def result(self):
        return ops.convert_to_tensor(self.seen)


untracked = Untracked()
untracked_first = measure(untracked, labels)
untracked_second = measure(untracked, labels)
print(f"first {untracked_first}, second {untracked_second}")
print(f"tracked: {len(untracked.variables)}")


# %% tracked keep="tracked_second"
class Tracked(Untracked):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seen = self.add_weight(name="seen", initializer="zeros")


tracked = Tracked()
tracked_first = measure(tracked, labels)
tracked_second = measure(tracked, labels)
print(f"first {tracked_first}, second {tracked_second}")
print(f"tracked: {len(tracked.variables)}")

# %% save keep="saved_result loaded_result" tolerance="1e-3"
model.compile(loss="mse", metrics=[HuberMetric(2.0)])
model.fit(hours, level, verbose=0)
_, saved_result = model.evaluate(hours, level, verbose=0)
print([round(float(state.numpy()), 3) for state in model.metrics[1].variables])
model.save("tank.keras")

loaded = keras.saving.load_model("tank.keras")
print([float(state.numpy()) for state in loaded.metrics[1].variables])
_, loaded_result = loaded.evaluate(hours, level, verbose=0)
print(f"saved {saved_result:.4f}, loaded and measured again {loaded_result:.4f}")
