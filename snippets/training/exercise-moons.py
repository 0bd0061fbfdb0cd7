# %%
"""Exercise: a straight and a bent decision boundary, judged on points not seen."""

# equivalent: _, seen = model.evaluate(train_points, train_labels, verbose=0) -> _, seen = model.evaluate(train_points, train_labels, verbose=1) because it only shows a progress bar
# equivalent: _, seen = model.evaluate(train_points, train_labels, verbose=0) -> _, seen = model.evaluate(train_points, train_labels) because it only shows a progress bar
# equivalent: _, unseen = model.evaluate(other_points, other_labels, verbose=0) -> _, unseen = model.evaluate(other_points, other_labels, verbose=1) because it only shows a progress bar
# equivalent: _, unseen = model.evaluate(other_points, other_labels, verbose=0) -> _, unseen = model.evaluate(other_points, other_labels) because it only shows a progress bar

# %% task role="task"
"""
Two crescents of points reach into each other. They come from a database, which gives them sorted: first all of class 0, then all of class 1. Can a straight line tell the classes apart, or is a hidden layer worth its parameters? Only points that training has not seen can answer.

Write `classifier(hidden=0)`, which returns a new model:

- It takes points of shape `(n, 2)` and gives the probability of class 1, of shape `(n, 1)`.
- With `hidden=0` it is a logistic regression. Otherwise a layer of so many units with `relu` stands between the inputs and the last unit.

Write `scores(model, fit, points, labels, seed)`, which returns two accuracies:

- Draw 100 points at random for training; `seed` decides which. Both classes are as frequent among them as in `labels`.
- Train by `fit(model, points, labels)` with these 100 points and their labels. It also compiles the model with the metric `"accuracy"`.
- The first accuracy is that on the 100 points, the second that on all others. A probability above 0.5 means class 1.
"""

# %% setup
import functools

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from sklearn.datasets import make_moons
from sklearn.model_selection import train_test_split

points, labels = make_moons(400, shuffle=False, noise=0.2, random_state=0)


# %% fit
def fit(model, points, labels):
    optimizer = keras.optimizers.Adam(0.05)
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
    model.fit(points, labels, batch_size=10, epochs=30, verbose=0)


# %% starter role="starter"
def classifier(hidden=0):
    return keras.Sequential([keras.Input((2,)), layers.Dense(1)])  # your code


def scores(model, fit, points, labels, seed):
    fit(model, points, labels)  # your code: which points?
    return 0.0, 0.0


# %% solution role="solution"
def classifier(hidden=0):
    model = keras.Sequential([keras.Input((2,))])
    if hidden:
        model.add(layers.Dense(hidden, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def scores(model, fit, points, labels, seed):
    train_points, other_points, train_labels, other_labels = train_test_split(
        points, labels, train_size=100, stratify=labels, random_state=seed
    )
    fit(model, train_points, train_labels)
    _, seen = model.evaluate(train_points, train_labels, verbose=0)
    _, unseen = model.evaluate(other_points, other_labels, verbose=0)
    return seen, unseen


# %% judge keep="line_unseen bent_unseen" contract="bent_unseen > 0.92"
keras.utils.set_random_seed(0)
line, bent = classifier(), classifier(hidden=16)
line_seen, line_unseen = scores(line, fit, points, labels, seed=0)
bent_seen, bent_unseen = scores(bent, fit, points, labels, seed=0)
print(f"line:         {line_seen:.2f} seen, {line_unseen:.3f} unseen")
print(f"hidden layer: {bent_seen:.2f} seen, {bent_unseen:.3f} unseen")

# %% boundaries
x_grid, y_grid = np.meshgrid(np.linspace(-1.7, 2.7, 90), np.linspace(-1.2, 1.7, 60))
grid = np.column_stack([x_grid.ravel(), y_grid.ravel()])

size = (5, 2.6)
fig, axes = plt.subplots(1, 2, figsize=size, sharey=True, layout="constrained")
for ax, model in zip(axes, (line, bent), strict=True):
    surface = np.reshape(model(grid), x_grid.shape)
    ax.contourf(x_grid, y_grid, surface, [0, 0.5, 1], colors=["C0", "C1"], alpha=0.25)
    ax.contour(x_grid, y_grid, surface, [0.5], colors="C3", linewidths=2)
    for label in (0, 1):
        ax.plot(*points[labels == label].T, ".", color=f"C{label}", ms=3)
axes[0].set_title("a straight line")
_ = axes[1].set_title("with a hidden layer")


# %% tests role="tests"
LABELS = np.repeat([0, 1], [120, 40])
ROWS = np.arange(160)
# Class 1 lies right of 0, but for every tenth point and nine more.
FIRST = np.where((ROWS % 10 == 0) | (ROWS > 150), LABELS < 1, LABELS > 0) - 0.5
POINTS = np.column_stack([FIRST, ROWS / 160])


@functools.cache
def noted(seed, again=False):  # a `fit` that takes notes and sets the weights
    rows, given = [], []

    def take_notes(model, points, labels):
        model.compile(
            loss="binary_crossentropy", metrics=["accuracy"], run_eagerly=True
        )
        model.set_weights([np.array([[9.0], [0.0]]), np.zeros(1)])
        rows.extend(np.round(np.array(points)[:, 1] * 160).astype(int))
        given.extend(np.ravel(labels))

    accuracies = scores(classifier(), take_notes, POINTS, LABELS, seed)
    return accuracies, np.array(rows), np.array(given)


def test_probability():
    """Probabilities from a straight line"""
    model = classifier()
    count = model.count_params()
    assert count == 3, (
        f"Your logistic regression has {count} parameters. It should have 3: two "
        "weights and a bias."
    )
    model.set_weights([np.array([[1.0], [0.0]]), np.zeros(1)])
    low, middle, high = np.array(model(np.array([[-2.0, 0], [0, 0], [2, 0]])))[:, 0]
    assert not low == middle == high, (
        f"Whatever the point, your model answers {low:.2f}. A softmax makes the units "
        "of a layer add up to 1, and a layer of one unit is then always 1. One unit "
        "for two classes ends in a sigmoid."
    )
    assert low >= 0 and high <= 1, (
        f"For weighted sums of -2 and 2 your model answers {low:.2f} and {high:.2f}, "
        "which are no probabilities. Give the last unit the activation that squeezes "
        "every number between 0 and 1."
    )
    assert abs(middle - 0.5) < 1e-3 and abs(high - 0.881) < 1e-3, (
        f"For weighted sums of 0 and 2 your model answers {middle:.2f} and {high:.2f}. "
        "A sigmoid gives 0.50 and 0.88."
    )


def test_bend():
    """What the hidden layer is for"""
    model = classifier(hidden=4)
    count = model.count_params()
    assert count == 17, (
        f"With `hidden=4` your model has {count} parameters. It should have 17: "
        "2 x 4 + 4 in the hidden layer and 4 x 1 + 1 in the last one."
    )
    kernel = np.zeros((2, 4))
    kernel[0, :2] = 1, -1
    last = np.array([[1.0], [1.0], [0.0], [0.0]])
    model.set_weights([kernel, np.zeros(4), last, np.array([-1.0])])
    answers = np.array(model(np.array([[-2.0, 0], [0, 0], [2, 0]])))[:, 0]
    left, middle, right = answers
    assert np.ptp(answers) > 1e-3, (
        "Two hidden units get the weights 1 and -1, so with `relu` one answers to the "
        f"right and one to the left. Your model answers {middle:.2f} everywhere: without "
        "an activation function, a weighted sum of weighted sums is just another "
        "weighted sum. The boundary stays straight."
    )
    assert abs(left - 0.731) < 1e-3 and abs(right - 0.731) < 1e-3, (
        f"At -2, 0 and 2 your model answers {left:.2f}, {middle:.2f} and {right:.2f}. "
        "With `relu` in the hidden layer and a sigmoid at the end it should be 0.73, "
        "0.27 and 0.73."
    )


def test_training_points():
    """A hundred points of both classes"""
    _, rows, given = noted(seed=1)
    assert len(set(rows)) == len(rows) == 100, (
        f"`fit` got {len(rows)} points, {len(set(rows))} of them different. It should "
        "get 100 different ones; the others are held out."
    )
    assert (LABELS[rows] == given).all(), (
        "Some of the points for `fit` come with the label of another point. Split points "
        "and labels in the same call."
    )
    ones = int(given.sum())
    assert ones == 25, (
        f"Of your 100 training points {ones} are of class 1. In the data it is 40 of "
        "160, one quarter, so it should be 25. The data are sorted by class, so the "
        "first rows are no sample; `stratify` keeps the shares."
    )
    _, repeated, _ = noted(seed=1, again=True)
    _, others, _ = noted(seed=2)
    assert set(rows) == set(repeated) and set(rows) != set(others), (
        "The same seed should choose the same training points, another seed others: "
        "pass `seed` to the split as `random_state`."
    )


def test_accuracy():
    """The share of right answers"""
    (seen, _), rows, _ = noted(seed=1)
    right = int(((FIRST > 0) == LABELS)[rows].sum())
    assert abs(seen - right / 100) < 1e-3, (
        f"Of the 100 training points, the model has {right} right. Your first accuracy "
        f"is {float(seen):.2f}. If you compare predictions yourself: they have shape "
        "`(n, 1)` and the labels `(n,)`, so `==` compares every prediction with every "
        "label. Take the column out first."
    )


def test_unseen():
    """Accuracy where it counts"""
    (_, unseen), rows, _ = noted(seed=1)
    hits = (FIRST > 0) == LABELS
    right = int(hits.sum() - hits[rows].sum())
    assert abs(unseen - right / 60) < 1e-3, (
        f"Your second accuracy is {float(unseen):.3f}. Of the 60 points that were held "
        f"out, the model has {right} right, which is {right / 60:.3f}. No point that "
        "`fit` has seen may count here."
    )


# %% softmax-over-one role="wrong" hint="test_probability"
def classifier(hidden=0):
    model = keras.Sequential([keras.Input((2,))])
    if hidden:
        model.add(layers.Dense(hidden, activation="relu"))
    model.add(layers.Dense(1, activation="softmax"))
    return model


def scores(model, fit, points, labels, seed):
    train_points, other_points, train_labels, other_labels = train_test_split(
        points, labels, train_size=100, stratify=labels, random_state=seed
    )
    fit(model, train_points, train_labels)
    _, seen = model.evaluate(train_points, train_labels, verbose=0)
    _, unseen = model.evaluate(other_points, other_labels, verbose=0)
    return seen, unseen


# %% hidden-without-relu role="wrong" hint="test_bend"
def classifier(hidden=0):
    model = keras.Sequential([keras.Input((2,))])
    if hidden:
        model.add(layers.Dense(hidden))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def scores(model, fit, points, labels, seed):
    train_points, other_points, train_labels, other_labels = train_test_split(
        points, labels, train_size=100, stratify=labels, random_state=seed
    )
    fit(model, train_points, train_labels)
    _, seen = model.evaluate(train_points, train_labels, verbose=0)
    _, unseen = model.evaluate(other_points, other_labels, verbose=0)
    return seen, unseen


# %% first-rows role="wrong" hint="test_training_points"
def classifier(hidden=0):
    model = keras.Sequential([keras.Input((2,))])
    if hidden:
        model.add(layers.Dense(hidden, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def scores(model, fit, points, labels, seed):
    keras.utils.set_random_seed(seed)
    fit(model, points[:100], labels[:100])
    _, seen = model.evaluate(points[:100], labels[:100], verbose=0)
    _, unseen = model.evaluate(points[100:], labels[100:], verbose=0)
    return seen, unseen


# %% column-against-row role="wrong" hint="test_accuracy"
def classifier(hidden=0):
    model = keras.Sequential([keras.Input((2,))])
    if hidden:
        model.add(layers.Dense(hidden, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def scores(model, fit, points, labels, seed):
    train_points, other_points, train_labels, other_labels = train_test_split(
        points, labels, train_size=100, stratify=labels, random_state=seed
    )
    fit(model, train_points, train_labels)
    seen = np.mean((np.array(model(train_points)) > 0.5) == train_labels)
    unseen = np.mean((np.array(model(other_points)) > 0.5) == other_labels)
    return seen, unseen


# %% scores-all-points role="wrong" hint="test_unseen"
def classifier(hidden=0):
    model = keras.Sequential([keras.Input((2,))])
    if hidden:
        model.add(layers.Dense(hidden, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def scores(model, fit, points, labels, seed):
    train_points, _, train_labels, _ = train_test_split(
        points, labels, train_size=100, stratify=labels, random_state=seed
    )
    fit(model, train_points, train_labels)
    _, seen = model.evaluate(train_points, train_labels, verbose=0)
    _, unseen = model.evaluate(points, labels, verbose=0)
    return seen, unseen
