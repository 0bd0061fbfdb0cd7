# %%
"""Exercise: one report on a classifier of many classes, from labels and probabilities."""

# %% task role="task"
"""
A classifier of handwritten digits is to be handed over, with one report on held-out images. Precision, recall and the ROC curve are made for two classes. With ten they exist ten times, each class against the rest, and whoever wants one number has to say which average it is.

Write `report(labels, probabilities)`. There are `n` class ids in `labels`, and `probabilities` has the shape `(n, classes)`. Every class occurs in `labels`. The result is a dictionary:

- `"matrix"`: the confusion matrix. Rows are true classes, columns predicted ones. The class with the largest probability is the predicted one.
- `"accuracy"`: the share of images that are predicted correctly.
- `"precision"`, `"recall"`, `"f1"`: arrays with one value per class. If no image is predicted as a class, the precision and F1 of that class are 0.
- `"macro_f1"` and `"weighted_f1"`: the mean of the F1 scores, where every class counts the same, and where each image does. (The micro average needs no entry: with one label per image it is the accuracy.)
- `"auc"`: the area under the ROC curve of each class against the rest, and of these the mean.
"""

# %% setup
import numpy as np
from sklearn.metrics import roc_auc_score


# %% starter role="starter"
def report(labels, probabilities):
    classes = probabilities.shape[1]
    matrix = np.zeros((classes, classes), dtype=int)  # your code
    precision = recall = f1 = np.zeros(classes)  # your code
    return {
        "matrix": matrix,
        "accuracy": 0.0,  # your code
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "macro_f1": 0.0,  # your code
        "weighted_f1": 0.0,  # your code
        "auc": 0.0,  # your code
    }


# %% solution role="solution"
def report(labels, probabilities):
    ids = range(probabilities.shape[1])
    predicted = probabilities.argmax(axis=1)
    matrix = np.array(
        [[np.sum((labels == row) & (predicted == col)) for col in ids] for row in ids]
    )
    right, support, called = matrix.diagonal(), matrix.sum(axis=1), matrix.sum(axis=0)
    f1 = 2 * right / (called + support)  # the same as 2PR / (P + R), without a hole
    areas = [roc_auc_score(labels == one, probabilities[:, one]) for one in ids]
    return {
        "matrix": matrix,
        "accuracy": np.mean(predicted == labels),
        "precision": right / np.maximum(called, 1),
        "recall": right / support,
        "f1": f1,
        "macro_f1": f1.mean(),
        "weighted_f1": np.average(f1, weights=support),
        "auc": np.mean(areas),
    }


# %% rare-eights
import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

digits = load_digits()
too_many = np.flatnonzero(digits.target == 8)[24:]  # keep only 24 of the eights
inputs = np.delete(digits.data, too_many, axis=0) / 16
targets = np.delete(digits.target, too_many)
train_inputs, test_inputs, train_labels, test_labels = train_test_split(
    inputs, targets, test_size=0.5, stratify=targets, random_state=0
)

# %% digit-report tolerance="1e-2"
keras.utils.set_random_seed(0)
model = keras.Sequential(
    [keras.Input((64,)), keras.layers.Dense(10, activation="softmax")]
)
model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
model.fit(train_inputs, train_labels, batch_size=1000, epochs=12, verbose=0)

found = report(test_labels, model.predict(test_inputs, verbose=0))
for name in ("accuracy", "weighted_f1", "macro_f1", "auc"):
    print(f"{name:12}{found[name]:.3f}")
print(
    f"F1 of 8: {found['f1'][8]:.3f}, F1 of the rest from {np.sort(found['f1'])[1]:.3f}"
)

# %% mistakes
import matplotlib.pyplot as plt

mistakes = found["matrix"] * (1 - np.eye(10, dtype=int))

fig, ax = plt.subplots(figsize=(4.6, 4.6), layout="constrained")
ax.imshow(np.ma.masked_equal(mistakes, 0), cmap="Oranges", vmin=0)
for row, column in np.argwhere(mistakes):
    color = "white" if mistakes[row, column] > 6 else "black"
    text = str(mistakes[row, column])
    ax.text(column, row, text, ha="center", va="center", color=color)
ax.set_title("Mistakes: nothing is called an 8")
ax.set_xlabel("predicted digit")
ax.set_ylabel("true digit")
ax.set_xticks(range(10))
_ = ax.set_yticks(range(10))


# %% tests role="tests"
# 6 images of class 0, 2 of class 1, 2 of class 2; both mistakes are called 0
COUNTS = [[6, 0, 0], [1, 1, 0], [1, 0, 1]]


def report_on(counts):
    pairs = [
        (row, col)
        for row, line in enumerate(counts)
        for col, count in enumerate(line)
        for _ in range(count)
    ]
    labels, predicted = np.array(pairs).T
    return report(labels, np.where(np.eye(3)[predicted] == 1, 0.6, 0.2))


def test_matrix():
    """Rows are the truth"""
    found = report_on(COUNTS)
    matrix = np.array(found["matrix"])
    assert not np.array_equal(matrix, np.transpose(COUNTS)), (
        "Your matrix has the truth in its columns. An image of class 1 was taken for "
        "a 0: it belongs in row 1, column 0, and you count it in row 0, column 1."
    )
    assert np.array_equal(matrix, COUNTS), (
        f"Row 1 of your matrix is {matrix[1]} where it should be [1 1 0]. Of two images "
        "of class 1, one has its largest probability in column 0, one in column 1. "
        "Take the position of the largest in each row, then count pairs of classes."
    )
    accuracy = found["accuracy"]
    assert abs(accuracy - 0.8) < 1e-6, (
        f"Your accuracy is {accuracy:.2f} where it should be 0.80: 8 images of 10 lie "
        "on the diagonal."
    )


def test_each_class():
    """Precision and recall of each class"""
    found = report_on(COUNTS)
    precision, recall, f1 = found["precision"], found["recall"], found["f1"]
    assert abs(precision[0] - 1) > 0.01, (
        "Your precision of class 0 is 6 / 6 = 1.00: you divide by the images that truly "
        "are a 0, which gives recall. Precision asks how many of those *called* 0 are "
        "one: column 0 has 8 images, 6 are right."
    )
    assert np.allclose(precision, [6 / 8, 1, 1]), (
        f"Your precision is {np.round(precision, 2)} where it should be [0.75 1. 1.]: "
        "the diagonal of the matrix divided by the sums of its columns."
    )
    assert np.allclose(recall, [1, 0.5, 0.5]), (
        f"Your recall is {np.round(recall, 2)} where it should be [1. 0.5 0.5]: the "
        "diagonal of the matrix divided by the sums of its rows."
    )
    assert np.allclose(f1, [6 / 7, 2 / 3, 2 / 3]), (
        f"Your F1 is {np.round(f1, 2)} where it should be [0.86 0.67 0.67]: for each "
        "class 2PR / (P + R), with precision P and recall R of that class."
    )


def test_averages():
    """Which average it is"""
    found = report_on(COUNTS)
    macro, weighted = found["macro_f1"], found["weighted_f1"]
    assert abs(macro - 0.8) > 0.001, (
        "Your macro F1 is 0.80, the accuracy: you have added up the counts of all "
        "classes first, which is the micro average. Take F1 of each class, then the mean."
    )
    assert abs(macro - 0.772) > 0.001, (
        f"Your macro F1 is {macro:.3f}: you have averaged precision and recall first and "
        "made F1 of the two means. Classes that are bad in different ways then make up "
        "for each other. Take F1 of each class, then the mean: 0.730."
    )
    assert abs(macro - (6 / 7 + 2 / 3 + 2 / 3) / 3) < 1e-6, (
        f"Your macro F1 is {macro:.3f} where it should be 0.730: the plain mean of 0.857, "
        "0.667 and 0.667. That class 0 has more images makes no difference."
    )
    assert abs(weighted - (6 * 6 / 7 + 4 * 2 / 3) / 10) < 1e-6, (
        f"Your weighted F1 is {weighted:.3f} where it should be 0.781: 0.857 counts six "
        "times and each 0.667 twice, as often as the class truly occurs."
    )


def test_never_predicted():
    """A class that is never predicted"""
    found = report_on([[4, 0, 0], [0, 3, 0], [1, 0, 0]])
    assert not np.isnan(found["precision"]).any(), (
        "Your precision of class 2 is `nan`: nothing is predicted as 2, so you divide 0 "
        "by 0, and NumPy only warns. By the task it is 0. Otherwise a single class "
        "turns the whole average into `nan`."
    )
    assert np.allclose(found["precision"], [0.8, 1, 0]), (
        f"Your precision is {np.round(found['precision'], 2)} where it should be "
        "[0.8 1. 0.]: nothing is predicted as 2."
    )
    macro = found["macro_f1"]
    assert abs(macro - (8 / 9 + 1 + 0) / 3) < 1e-6, (
        f"Your macro F1 is {macro:.3f} where it should be (0.889 + 1 + 0) / 3 = 0.630: "
        "a class that is never found counts as 0, and is not left out."
    )


def test_area():
    """Each class against the rest"""
    probabilities = np.array(
        [
            [0.6, 0.3, 0.1],
            [0.3, 0.4, 0.3],
            [0.2, 0.7, 0.1],
            [0.4, 0.35, 0.25],
            [0.1, 0.2, 0.7],
            [0.5, 0.1, 0.4],
        ]
    )
    area = report(np.array([0, 0, 1, 1, 2, 2]), probabilities)["auc"]
    assert abs(area - 0.625) > 0.001, (
        f"Your AUC is {area:.3f}: you have made it from predicted classes, and their "
        "order is gone. The curve needs the scores: column `k` of the probabilities, "
        "with `labels == k` as the truth."
    )
    assert abs(area - 0.875) < 1e-6, (
        f"Your AUC is {area:.3f} where it should be 0.875: 0.750 for class 0 against the "
        "rest, 0.875 for class 1, 1.000 for class 2, and the mean of the three."
    )


# %% sums-the-other-way role="wrong" hint="test_each_class"
def report(labels, probabilities):
    ids = range(probabilities.shape[1])
    predicted = probabilities.argmax(axis=1)
    matrix = np.array(
        [[np.sum((labels == row) & (predicted == col)) for col in ids] for row in ids]
    )
    right = np.diag(matrix)
    precision = right / matrix.sum(axis=1)
    recall = right / np.maximum(matrix.sum(axis=0), 1)
    f1 = 2 * precision * recall / (precision + recall)
    return {
        "matrix": matrix,
        "accuracy": right.sum() / len(labels),
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "macro_f1": f1.mean(),
        "weighted_f1": np.average(f1, weights=matrix.sum(axis=1)),
        "auc": roc_auc_score(labels, probabilities, multi_class="ovr"),
    }


# %% f1-of-averages role="wrong" hint="test_averages"
def report(labels, probabilities):
    ids = range(probabilities.shape[1])
    predicted = probabilities.argmax(axis=1)
    matrix = np.array(
        [[np.sum((labels == row) & (predicted == col)) for col in ids] for row in ids]
    )
    right, support = np.diag(matrix), matrix.sum(axis=1)
    precision, recall = right / np.maximum(matrix.sum(axis=0), 1), right / support
    mean_precision, mean_recall = precision.mean(), recall.mean()
    f1 = 2 * precision * recall / (precision + recall)
    return {
        "matrix": matrix,
        "accuracy": right.sum() / len(labels),
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "macro_f1": 2 * mean_precision * mean_recall / (mean_precision + mean_recall),
        "weighted_f1": np.average(f1, weights=support),
        "auc": roc_auc_score(labels, probabilities, multi_class="ovr"),
    }


# %% zero-by-zero role="wrong" hint="test_never_predicted"
def report(labels, probabilities):
    ids = range(probabilities.shape[1])
    predicted = probabilities.argmax(axis=1)
    matrix = np.array(
        [[np.sum((labels == row) & (predicted == col)) for col in ids] for row in ids]
    )
    right, support = np.diag(matrix), matrix.sum(axis=1)
    precision, recall = right / matrix.sum(axis=0), right / support
    f1 = 2 * precision * recall / (precision + recall)
    return {
        "matrix": matrix,
        "accuracy": right.sum() / len(labels),
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "macro_f1": f1.mean(),
        "weighted_f1": np.average(f1, weights=support),
        "auc": roc_auc_score(labels, probabilities, multi_class="ovr"),
    }


# %% area-of-decisions role="wrong" hint="test_area"
def report(labels, probabilities):
    ids = range(probabilities.shape[1])
    predicted = probabilities.argmax(axis=1)
    matrix = np.array(
        [[np.sum((labels == row) & (predicted == col)) for col in ids] for row in ids]
    )
    right, support, called = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    f1 = 2 * right / (called + support)
    areas = [roc_auc_score(labels == one, predicted == one) for one in ids]
    return {
        "matrix": matrix,
        "accuracy": right.sum() / len(labels),
        "precision": right / np.maximum(called, 1),
        "recall": right / support,
        "f1": f1,
        "macro_f1": f1.mean(),
        "weighted_f1": np.average(f1, weights=support),
        "auc": np.mean(areas),
    }
