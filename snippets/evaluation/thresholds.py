# %%
"""Choose a threshold by what mistakes cost, and ask whether scores can be believed."""

# %% setup
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from sklearn.calibration import calibration_curve
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import average_precision_score, precision_recall_curve
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(0)

# %% three-sets keep="validation_count test_count"
cancer = load_breast_cancer()
inputs = cancer.data[:, :2].astype("float32")  # mean radius, mean texture
labels = (cancer.target == 0).astype("int32")  # 1 = malignant

train_inputs, rest_inputs, train_labels, rest_labels = train_test_split(
    inputs, labels, test_size=0.6, stratify=labels, random_state=0
)
validation_inputs, test_inputs, validation_labels, test_labels = train_test_split(
    rest_inputs, rest_labels, test_size=0.5, stratify=rest_labels, random_state=0
)
validation_count, test_count = len(validation_labels), len(test_labels)
print(len(train_labels), validation_count, test_count)

# %% model
normalize = layers.Normalization()
normalize.adapt(train_inputs)


def new_model(units):
    model = keras.Sequential(
        [
            keras.Input((2,)),
            normalize,
            layers.Dense(units, activation="relu"),
            layers.Dense(units, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
    return model


model = new_model(16)
model.fit(train_inputs, train_labels, epochs=10, verbose=0)
validation_scores = model.predict(validation_inputs, verbose=0)[:, 0]
test_scores = model.predict(test_inputs, verbose=0)[:, 0]

# %% curve-points
precisions, recalls, thresholds = precision_recall_curve(
    validation_labels, validation_scores
)
print(len(precisions), len(recalls), len(thresholds))
print(f"last point: precision {precisions[-1]:.1f}, recall {recalls[-1]:.1f}")

# %% precision-recall-curve
share = validation_labels.mean()

fig, ax = plt.subplots(figsize=(4.8, 3.6), layout="constrained")
ax.plot(recalls, precisions, color="C0", label="model")
ax.axhline(share, linestyle="--", color="C2", label="chance")
for threshold, color in ((0.2, "C1"), (0.5, "C3"), (0.8, "C4")):
    point = np.searchsorted(thresholds, threshold)
    spot = recalls[point], precisions[point]
    ax.plot(*spot, "o", color=color, label=f"threshold {threshold}")
ax.set_title("Precision-recall curve (validation)")
ax.set_xlabel("recall")
ax.set_ylabel("precision")
ax.set_ylim(0, 1.05)
_ = ax.legend(loc="lower left")

# %% average-precision keep="average_precision share_positive"
average_precision = average_precision_score(validation_labels, validation_scores)
share_positive = float(share)
print(f"average precision {average_precision:.3f}, chance {share_positive:.3f}")

# %% cost
MISSED, NEEDLESS = 10, 1


def cost(labels, scores, threshold):
    alarms = scores >= threshold
    missed = np.sum((labels == 1) & ~alarms)
    needless = np.sum((labels == 0) & alarms)
    return int(MISSED * missed + NEEDLESS * needless)


# %% choose keep="chosen"
candidates = np.linspace(0.01, 0.99, 99)
validation_costs = [
    cost(validation_labels, validation_scores, candidate) for candidate in candidates
]
chosen = float(candidates[np.argmin(validation_costs)])
print(f"threshold {chosen:.2f}, cost {min(validation_costs)}")

# %% cost-curve
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.plot(candidates, validation_costs, color="C0")
ax.axvline(chosen, linestyle="--", color="C1", label="chosen")
ax.axvline(0.5, linestyle=":", color="C3", label="threshold 0.5")
ax.set_title("What mistakes cost (validation)")
ax.set_xlabel("threshold")
ax.set_ylabel("cost")
_ = ax.legend(loc="upper left")

# %% report-on-test keep="honest_cost half_cost"
honest_cost = cost(test_labels, test_scores, chosen)
half_cost = cost(test_labels, test_scores, 0.5)
print(f"threshold {chosen:.2f}, cost {honest_cost}")
print(f"threshold 0.50, cost {half_cost}")


# %% choose-on-test
def best(labels, scores):
    costs = [cost(labels, scores, candidate) for candidate in candidates]
    return candidates[np.argmin(costs)]


rest_scores = np.concatenate([validation_scores, test_scores])
rest_labels = np.concatenate([validation_labels, test_labels])
random = np.random.default_rng(0)
tempting, honest = [], []
for _ in range(100):
    one, other = np.array_split(random.permutation(len(rest_labels)), 2)
    test = rest_labels[other], rest_scores[other]
    tempting.append(cost(*test, best(*test)))
    honest.append(cost(*test, best(rest_labels[one], rest_scores[one])))

# %% both-choices keep="tempting_mean honest_mean"
tempting_mean, honest_mean = float(np.mean(tempting)), float(np.mean(honest))
print(f"chosen on the test half: {tempting_mean:.1f}")
print(f"chosen on the other half: {honest_mean:.1f}")

# %% too-long
confident = new_model(128)
confident.fit(train_inputs, train_labels, batch_size=64, epochs=100, verbose=0)
confident_scores = confident.predict(test_inputs, verbose=0)[:, 0]


# %% confidence keep="short_confidence short_accuracy long_confidence long_accuracy" contract="long_accuracy < 0.9"
def confidence_and_accuracy(scores):
    confidence = np.maximum(scores, 1 - scores).mean()
    accuracy = np.mean((scores > 0.5) == (test_labels == 1))
    return float(confidence), float(accuracy)


short_confidence, short_accuracy = confidence_and_accuracy(test_scores)
long_confidence, long_accuracy = confidence_and_accuracy(confident_scores)
print(f"short: says {short_confidence:.3f}, is right {short_accuracy:.3f}")
print(f"long:  says {long_confidence:.3f}, is right {long_accuracy:.3f}")

# %% very-sure keep="sure_count sure_share" contract="sure_share < 0.98"
sure = np.maximum(confident_scores, 1 - confident_scores) > 0.99
right = (confident_scores > 0.5) == (test_labels == 1)
sure_count, sure_share = int(sure.sum()), float(right[sure].mean())
print(f"{sure_count} answers above 0.99, {sure_share:.3f} of them right")

# %% reliability
fig, ax = plt.subplots(figsize=(4.8, 3.8), layout="constrained")
ax.plot([0, 1], [0, 1], "--", color="C2", label="calibrated")
shares, means = calibration_curve(test_labels, test_scores, n_bins=5)
ax.plot(means, shares, "o-", color="C0", label="short training")
shares, means = calibration_curve(test_labels, confident_scores, n_bins=5)
ax.plot(means, shares, "o-", color="C1", label="long training")
ax.set_title("Reliability diagram (test)")
ax.set_xlabel("mean score")
ax.set_ylabel("share malignant")
_ = fig.legend(loc="outside lower center", ncols=3, fontsize=8)

# %% brier keep="short_brier long_brier" contract="long_brier > 0.08"
short_brier = float(np.mean((test_scores - test_labels) ** 2))
long_brier = float(np.mean((confident_scores - test_labels) ** 2))
print(f"short {short_brier:.3f}, long {long_brier:.3f}")

# %% scores hide=true keep="early_precision early_recall late_precision late_recall"
# What readers play with on the page, and five thresholds measured by scikit-learn.
import json
import textwrap

from sklearn.metrics import confusion_matrix, precision_recall_fscore_support


def measured(threshold):
    alarms = validation_scores >= threshold
    counts = confusion_matrix(validation_labels, alarms).ravel().tolist()
    shares = precision_recall_fscore_support(
        validation_labels, alarms, average="binary"
    )
    names = ("tn", "fp", "fn", "tp", "precision", "recall", "f1")
    row = {"threshold": threshold, **dict(zip(names, [*counts, *shares]))}
    return {**row, "fpr": row["fp"] / (row["fp"] + row["tn"])}


rows = [measured(threshold) for threshold in (0.5, 0.1, 0.3, 0.7, 0.9)]
early_precision, early_recall = rows[2]["precision"], rows[2]["recall"]
late_precision, late_recall = rows[4]["precision"], rows[4]["recall"]
played = {
    "labels": validation_labels.tolist(),
    "scores": [float(f"{score:.5g}") for score in validation_scores],
    "rows": rows,
}
print(textwrap.fill(json.dumps(played), 100))
