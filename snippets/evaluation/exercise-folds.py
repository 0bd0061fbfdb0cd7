# %%
"""Exercise: cross-validation in which no fold has seen what it is judged on."""

# %% task role="task"
"""
A team reports 0.99 from cross-validation, and on new images its model reaches 0.80. The loop had scaled all images before it cut them into folds, and trained one and the same model on from fold to fold.

Write `cross_validate(new_model, inputs, labels, folds)` so that nothing of the held-out part leaks into training:

- `folds` is a list of pairs `(train, held_out)` of row numbers, as `StratifiedKFold.split` gives them.
- `new_model()` returns a model that has learned nothing yet. Like a Keras model, it goes on learning with each further `fit(inputs, labels)`. `predict(inputs)` returns class ids.
- The model gets scaled inputs: in the training part of the fold, each column has the mean 0 and the standard deviation 1. The held-out part is scaled with the same numbers.
- A column that is constant in the training part, as pixels at the edge are, has the standard deviation 0. It is only shifted, as if it were 1.
- The result is a list: for each fold, the accuracy on its held-out part.

`Nearest` is a model to try it on. It remembers all rows that it was ever shown, and answers with the label of the one that is closest.
"""

# %% setup
import numpy as np


class Nearest:
    def __init__(self):
        self.rows, self.labels = [], []

    def fit(self, inputs, labels):
        self.rows.extend(inputs)
        self.labels.extend(labels)

    def predict(self, inputs):
        gaps = np.array(self.rows) - inputs[:, np.newaxis]
        return np.array(self.labels)[np.sum(gaps**2, axis=2).argmin(axis=1)]


# %% starter role="starter"
def cross_validate(new_model, inputs, labels, folds):
    return []  # your code: for each fold, train on one part and score on the other


# %% solution role="solution"
def cross_validate(new_model, inputs, labels, folds):
    accuracies = []
    for train, held_out in folds:
        mean, deviation = inputs[train].mean(axis=0), inputs[train].std(axis=0)
        deviation[deviation == 0] = 1
        model = new_model()
        model.fit((inputs[train] - mean) / deviation, labels[train])
        predicted = model.predict((inputs[held_out] - mean) / deviation)
        accuracies.append(float(np.mean(predicted == labels[held_out])))
    return accuracies


# %% shuffled-labels
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedKFold

digits = load_digits()
images, targets = digits.data[:400], digits.target[:400]
shuffled = np.random.default_rng(0).permutation(targets)  # nothing to learn here
folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(images, targets))

true_labels = cross_validate(Nearest, images, targets, folds)
no_sense = cross_validate(Nearest, images, shuffled, folds)
print(f"digits: {np.mean(true_labels):.2f} ± {np.std(true_labels, ddof=1):.2f}")
print(f"shuffled labels: {np.mean(no_sense):.2f}")

# %% one-model-for-all
old_model = Nearest()
leaked = cross_validate(lambda: old_model, images, shuffled, folds)
print(f"shuffled labels, one model for all folds: {np.mean(leaked):.2f}")

# %% picture
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
ax.plot(range(1, 6), true_labels, "o-", label="digits")
ax.plot(range(1, 6), leaked, "s--", label="shuffled, one model for all")
ax.plot(range(1, 6), no_sense, "^-", label="shuffled")
ax.set_title("Who finds sense in shuffled labels?")
ax.set_xlabel("fold")
ax.set_ylabel("accuracy")
ax.set_xticks(range(1, 6))
_ = ax.legend(loc="center right")


# %% tests role="tests"
class Recorder:
    # notes what it is shown, and always answers 0
    def __init__(self):
        self.times_trained = 0

    def fit(self, inputs, labels):
        self.trained = np.array(inputs)
        self.times_trained += 1

    def predict(self, inputs):
        self.asked = np.array(inputs)
        return np.zeros(len(inputs), dtype=int)


def recorded(inputs):
    # trained on the first four rows, asked for the last two
    recorder = Recorder()
    labels = np.zeros(len(inputs), dtype=int)
    folds = [(np.arange(4), np.arange(4, 6))]
    cross_validate(lambda: recorder, np.array(inputs, dtype=float), labels, folds)
    return recorder


ROWS = np.array([[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]])
FOLDS = [
    (np.array([2, 3, 4, 5]), np.array([0, 1])),
    (np.array([0, 1, 4, 5]), np.array([2, 3])),
    (np.array([0, 1, 2, 3]), np.array([4, 5])),
]


def test_held_out():
    """What is scored"""
    found = cross_validate(Recorder, ROWS, np.array([0, 0, 0, 1, 1, 0]), FOLDS)
    assert len(found) == 3, (
        f"For 3 folds you return {len(found)} accuracies. In the loop: a model, `fit` on "
        "the rows of `train`, `predict` on those of `held_out`, and one accuracy more."
    )
    assert not np.allclose(found, [0.5, 0.75, 0.75]), (
        "You score the rows of `train`. A model such as `Nearest` knows them by heart; "
        "ask it for the rows of `held_out`."
    )
    assert np.allclose(found, [1, 0.5, 0.5]), (
        f"Your accuracies are {np.round(found, 2)} where they should be [1. 0.5 0.5], for "
        "a model that always answers 0: the share of zeros among the held-out labels "
        "0 0, 0 1 and 1 0."
    )


def test_new_model():
    """A new model for each fold"""
    models = []

    def new_model():
        models.append(Recorder())
        return models[-1]

    cross_validate(new_model, ROWS, np.zeros(6, dtype=int), FOLDS)
    times = [model.times_trained for model in models]
    assert times == [1, 1, 1], (
        f"For 3 folds there should be 3 models, each trained once; you make {len(times)}, "
        f"trained {times} times. A model that goes on from the fold before was trained "
        "on rows that are now held out. Call `new_model()` inside the loop."
    )


# the training part has mean 4 and standard deviation 2
OUTLIER = [[2], [6], [2], [6], [100], [4]]


def test_training_part():
    """The scale of the training part"""
    trained = recorded(OUTLIER).trained
    mean, deviation = trained.mean(), trained.std()
    assert abs(mean) < 1e-6 and abs(deviation - 1) < 1e-6, (
        f"What your model is trained on has mean {mean:.2f} and standard deviation "
        f"{deviation:.2f}, not 0 and 1. Take both from `inputs[train]` alone: from all "
        "inputs, the held-out 100 has its say in training."
    )


def test_held_out_part():
    """The scale of the held-out part"""
    asked = recorded(OUTLIER).asked[:, 0]
    assert not np.allclose(asked, [1, -1]), (
        "You scale the held-out part by its own mean and standard deviation: 100 and 4 "
        "become 1 and -1, and nothing shows that 100 is far out. Use the numbers of the "
        "training part, as you would for a single new image."
    )
    assert np.allclose(asked, [48, 0]), (
        f"Held-out 100 and 4 become {asked[0]:.2f} and {asked[1]:.2f} where they should "
        "be 48.00 and 0.00: minus 4, divided by 2, the numbers of the training part."
    )
    asked = recorded([[2, 0], [6, 10], [2, 0], [6, 10], [4, 5], [4, 10]]).asked
    assert np.allclose(asked, [[0, 0], [0, 1]]), (
        "With two columns your numbers are wrong: each column has a mean and a standard "
        "deviation of its own, so take them over the rows, `axis=0`."
    )


def test_constant_column():
    """A column that is constant in training"""
    model = recorded([[7, 1], [7, 3], [7, 1], [7, 3], [7, 1], [9, 1]])
    assert not np.isnan(model.trained).any(), (
        "A column that is constant in training becomes `nan`: you divide 0 by a standard "
        "deviation of 0. Divide such a column by 1."
    )
    trained, asked = model.trained[:, 0], model.asked[:, 0]
    assert np.allclose(trained, 0) and abs(asked[1]) < 1e6, (
        f"A column is 7 throughout training; a held-out 9 becomes {asked[1]:.0f}. A tiny "
        "number in the place of a standard deviation of 0 blows up what is new. Divide "
        "such a column by 1."
    )
    assert np.allclose(asked, [0, 2]), (
        f"A column is 7 throughout training; held-out 7 and 9 become {asked[0]:.2f} and "
        f"{asked[1]:.2f} where they should be 0.00 and 2.00: shift it, divide by 1."
    )
    assert np.allclose(model.trained[:, 1], [-1, 1, -1, 1]), (
        f"Beside a constant column, the training values 1, 3, 1, 3 become "
        f"{np.round(model.trained[:, 1], 2)} where they should be [-1. 1. -1. 1.]: only "
        "the constant column is divided by 1."
    )


# %% one-model role="wrong" hint="test_new_model"
def cross_validate(new_model, inputs, labels, folds):
    model = new_model()
    accuracies = []
    for train, held_out in folds:
        mean, deviation = inputs[train].mean(axis=0), inputs[train].std(axis=0)
        deviation[deviation == 0] = 1
        model.fit((inputs[train] - mean) / deviation, labels[train])
        predicted = model.predict((inputs[held_out] - mean) / deviation)
        accuracies.append(float(np.mean(predicted == labels[held_out])))
    return accuracies


# %% scaled-before-the-loop role="wrong" hint="test_training_part"
def cross_validate(new_model, inputs, labels, folds):
    deviation = inputs.std(axis=0)
    deviation[deviation == 0] = 1
    scaled = (inputs - inputs.mean(axis=0)) / deviation
    accuracies = []
    for train, held_out in folds:
        model = new_model()
        model.fit(scaled[train], labels[train])
        predicted = model.predict(scaled[held_out])
        accuracies.append(float(np.mean(predicted == labels[held_out])))
    return accuracies


# %% each-part-by-itself role="wrong" hint="test_held_out_part"
def cross_validate(new_model, inputs, labels, folds):
    def scaled(part):
        deviation = part.std(axis=0)
        deviation[deviation == 0] = 1
        return (part - part.mean(axis=0)) / deviation

    accuracies = []
    for train, held_out in folds:
        model = new_model()
        model.fit(scaled(inputs[train]), labels[train])
        predicted = model.predict(scaled(inputs[held_out]))
        accuracies.append(float(np.mean(predicted == labels[held_out])))
    return accuracies


# %% tiny-number role="wrong" hint="test_constant_column"
def cross_validate(new_model, inputs, labels, folds):
    accuracies = []
    for train, held_out in folds:
        mean, deviation = inputs[train].mean(axis=0), inputs[train].std(axis=0)
        model = new_model()
        model.fit((inputs[train] - mean) / (deviation + 1e-9), labels[train])
        predicted = model.predict((inputs[held_out] - mean) / (deviation + 1e-9))
        accuracies.append(float(np.mean(predicted == labels[held_out])))
    return accuracies
