# %%
"""Exercise: specificity as a metric that collects over batches."""

# %% task role="task"
"""
A test for a disease should find the ill, and it should leave the healthy in peace. *Specificity* says how well it does the second: of all cases that are truly negative, it is the share that the model calls negative. Keras has no such metric.

Complete the class `Specificity`:

- A score above `threshold` is an alarm; a score at the threshold is none.
- Labels are 0 or 1, of shape `(n,)` or `(n, 1)`; scores have shape `(n, 1)`.
- `result` is the specificity of all cases since the last `reset_state`, whatever the batches were.
"""

# %% setup
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops


# %% starter role="starter"
class Specificity(keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="specificity", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        # your code: what has to be remembered from batch to batch?

    def update_state(self, y_true, y_pred, sample_weight=None):
        pass  # your code

    def result(self):
        return 0.0  # your code


# %% solution role="solution"
class Specificity(keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="specificity", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.true_negatives = self.add_weight(name="tn", initializer="zeros")
        self.false_positives = self.add_weight(name="fp", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.reshape(y_true, ops.shape(y_pred))
        negative = ops.equal(y_true, 0)
        alarm = ops.greater(y_pred, self.threshold)
        quiet = ops.logical_not(alarm)
        self.true_negatives.assign_add(ops.sum(ops.logical_and(negative, quiet)))
        self.false_positives.assign_add(ops.sum(ops.logical_and(negative, alarm)))

    def result(self):
        negatives = self.true_negatives + self.false_positives
        return ops.divide_no_nan(self.true_negatives, negatives)


# %% compare keep="specificity built_in at_sensitivity"
rng = np.random.default_rng(0)
labels = np.repeat([0, 1], [150, 50])[:, np.newaxis]
scores = rng.normal(0.35 + 0.35 * labels, 0.15).clip(0, 1).astype("float32")

model = keras.Sequential([keras.Input((1,)), keras.layers.Identity()])
model.compile(
    loss="binary_crossentropy",
    metrics=[
        Specificity(),
        keras.metrics.TrueNegatives(name="tn"),
        keras.metrics.FalsePositives(name="fp"),
        keras.metrics.SpecificityAtSensitivity(0.8, name="at_sensitivity"),
    ],
)
results = model.evaluate(scores, labels, verbose=0, return_dict=True)
specificity, at_sensitivity = results["specificity"], results["at_sensitivity"]
built_in = results["tn"] / (results["tn"] + results["fp"])
print(f"Specificity {specificity:.4f}, from Keras's counts {built_in:.4f}")
print(f"best specificity at a recall of 0.8 or more: {at_sensitivity:.4f}")

# %% thresholds
thresholds = np.linspace(0, 1, 41)
recall = keras.metrics.Recall(thresholds=thresholds.tolist())
recall.update_state(labels, scores)
curve = []
for threshold in thresholds:
    metric = Specificity(threshold)
    metric.update_state(labels, scores)
    curve.append(float(metric.result()))

fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
ax.plot(thresholds, curve, label="specificity")
ax.plot(thresholds, recall.result(), label="recall")
ax.set_title("The higher the threshold, the fewer alarms")
ax.set_xlabel("threshold")
_ = ax.legend()


# %% tests role="tests"
def measured(*batches, **options):
    metric = Specificity(**options)
    for y_true, y_pred in batches:
        scores = np.array(y_pred, dtype="float32")
        metric.update_state(np.array(y_true)[:, None], scores[:, None])
    return float(metric.result())


def test_what_is_counted():
    """Which cases are counted"""
    # 3 true negatives, 1 false positive, 2 false negatives, 2 true positives
    value = measured(([0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 1, 1, 1, 0, 0]))
    assert abs(value - 0.6) > 0.01, (
        f"Your specificity counts false negatives: it is 3 / (3 + 2) = {value:.2f}. "
        "A false negative is truly positive. Divide by the cases that are truly "
        "negative: true negatives and false positives."
    )
    assert abs(value - 0.75) < 1e-6, (
        f"Your specificity is {value:.2f}. Of 4 cases that are truly negative, 3 raise "
        "no alarm, so it should be 0.75."
    )


def test_threshold():
    """What counts as an alarm"""
    value = measured(([0, 0, 0, 0, 1, 1], [0.1, 0.4, 0.5, 0.9, 0.8, 0.2]))
    assert abs(value - 0.75) < 1e-6, (
        f"Your specificity is {value:.2f} where it should be 0.75: scores are not yet "
        "decisions. Compare each score with `threshold` first, then count; a score of "
        "exactly 0.5 is no alarm."
    )
    value = measured(
        ([0, 0, 0, 0, 1, 1], [0.1, 0.4, 0.5, 0.9, 0.8, 0.2]), threshold=0.2
    )
    assert abs(value - 0.25) < 1e-6, (
        f"With a threshold of 0.2 your specificity is {value:.2f} where it should be "
        "0.25: use the `threshold` that was given."
    )


def test_batches():
    """Batches of different make-up"""
    value = measured(
        ([0, 1, 1, 1], [1, 1, 1, 1]),
        ([0, 0, 0, 0], [0, 0, 0, 0]),
        ([0, 0, 1, 1], [0, 1, 1, 1]),
    )
    assert abs(value - 5 / 7) < 1e-6, (
        f"After batches with 1, 4 and 2 negatives your specificity is {value:.2f} where "
        "it should be 5 / 7 = 0.71. A mean over batches gives a batch with few negatives "
        "too much to say: add up counts in `update_state`, divide once in `result`."
    )
    metric = Specificity()
    metric.update_state(np.zeros((2, 1)), np.ones((2, 1)))
    metric.reset_state()
    metric.update_state(np.zeros((2, 1)), np.zeros((2, 1)))
    assert abs(float(metric.result()) - 1) < 1e-6, (
        f"After `reset_state` your specificity is {float(metric.result()):.2f} where it "
        "should be 1.00: make what you remember with `add_weight`, which Keras resets."
    )


def test_shapes():
    """Labels in one row or in a column"""
    labels, scores = np.array([0, 0, 0, 1]), np.array([[0.1], [0.9], [0.8], [0.2]])
    for y_true in (labels, labels[:, None]):
        metric = Specificity()
        metric.update_state(y_true, scores)
        value = float(metric.result())
        assert abs(value - 1 / 3) < 1e-6, (
            f"With labels of shape {y_true.shape} your specificity is {value:.2f} where "
            "it should be 0.33: labels `(n,)` and scores `(n, 1)` meet as a table, every "
            "label against every score. Give the labels the shape of the scores first."
        )


# %% counts-false-negatives role="wrong" hint="test_what_is_counted"
class Specificity(keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="specificity", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.true_negatives = self.add_weight(name="tn", initializer="zeros")
        self.false_negatives = self.add_weight(name="fn", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.reshape(y_true, ops.shape(y_pred))
        quiet = ops.less_equal(y_pred, self.threshold)
        for count, label in ((self.true_negatives, 0), (self.false_negatives, 1)):
            cases = ops.logical_and(ops.equal(y_true, label), quiet)
            count.assign_add(ops.sum(cases))

    def result(self):
        quiet = self.true_negatives + self.false_negatives
        return ops.divide_no_nan(self.true_negatives, quiet)


# %% no-threshold role="wrong" hint="test_threshold"
class Specificity(keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="specificity", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.true_negatives = self.add_weight(name="tn", initializer="zeros")
        self.negatives = self.add_weight(name="n", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(ops.reshape(y_true, ops.shape(y_pred)), y_pred.dtype)
        self.true_negatives.assign_add(ops.sum((1 - y_true) * (1 - y_pred)))
        self.negatives.assign_add(ops.sum(1 - y_true))

    def result(self):
        return ops.divide_no_nan(self.true_negatives, self.negatives)


# %% averages-batches role="wrong" hint="test_batches"
class Specificity(keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="specificity", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.total = self.add_weight(name="total", initializer="zeros")
        self.batches = self.add_weight(name="batches", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        negative = ops.equal(ops.reshape(y_true, ops.shape(y_pred)), 0)
        quiet = ops.logical_and(negative, ops.less_equal(y_pred, self.threshold))
        self.total.assign_add(ops.sum(quiet) / ops.sum(negative))
        self.batches.assign_add(1)

    def result(self):
        return ops.divide_no_nan(self.total, self.batches)


# %% flat-labels role="wrong" hint="test_shapes"
class Specificity(keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="specificity", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.true_negatives = self.add_weight(name="tn", initializer="zeros")
        self.negatives = self.add_weight(name="n", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        negative = ops.equal(y_true, 0)
        quiet = ops.logical_and(negative, ops.less_equal(y_pred, self.threshold))
        self.true_negatives.assign_add(ops.sum(quiet))
        self.negatives.assign_add(ops.sum(negative))

    def result(self):
        return ops.divide_no_nan(self.true_negatives, self.negatives)
