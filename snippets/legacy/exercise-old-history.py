# %%
"""Exercise: read the history of an old run under today's names."""

# %% task role="task"
"""
A team has kept the `history` of every training run since 2018, as JSON. To compare old runs with new ones, the names have to agree, and the numbers have to mean the same.

Write `modern(history, version)`, where `version` is the TensorFlow of the run, such as `(1, 13)` or `(2, 15)`:

- It returns a new dictionary, with today's names for the old ones in `NAMES`. What it was given stays as it is.
- Old names also come with something in front: `val_acc`, or with the name of an output, `digit_acc` and `val_digit_acc`. The front stays.
- All other names stay.
- Up to TensorFlow 1.13 `cosine_proximity` was the loss, with −1 as its best value. Today's metric has +1. The numbers are turned where that is needed.
"""

# %% setup
import keras
import numpy as np

NAMES = {
    "acc": "accuracy",
    "lr": "learning_rate",
    "cosine_proximity": "cosine_similarity",
}


# %% starter role="starter"
def modern(history, version):
    return {name: list(values) for name, values in history.items()}  # your code


# %% solution role="solution"
def modern(history, version):
    result = {}
    for name, values in history.items():
        today = name
        for old, new in NAMES.items():
            if f"_{name}".endswith(f"_{old}"):
                today = name.removesuffix(old) + new
        turned = name.endswith("cosine_proximity") and version <= (1, 13)
        result[today] = [-value if turned else value for value in values]
    return result


# %% old-run
old = {
    "val_loss": [0.66, 0.61],
    "val_acc": [0.6, 0.75],
    "loss": [0.68, 0.63],
    "acc": [0.55, 0.65],
    "lr": [0.1, 0.05],
}
print(list(modern(old, (1, 12))))

# %% new-run
points = np.random.default_rng(0).normal(size=(60, 2))
model = keras.Sequential(
    [keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")]
)
model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
new = model.fit(
    points,
    points[:, :1] > 0,
    epochs=2,
    validation_split=0.5,
    callbacks=[halve],
    verbose=0,
).history
print("as in the new run:", modern(old, (1, 12)).keys() == new.keys())
print("the new one stays:", modern(new, (2, 21)) == new)


# %% tests role="tests"
def test_names():
    """Today's names"""
    history = modern({"loss": [0.5, 0.4], "acc": [0.7, 0.8], "lr": [0.1, 0.1]}, (2, 2))
    assert sorted(history) == ["accuracy", "learning_rate", "loss"], (
        f"Of loss, acc and lr you make {', '.join(sorted(history))}. Today they are "
        "called loss, accuracy and learning_rate."
    )
    assert history["accuracy"] == [0.7, 0.8], (
        f"The accuracies were [0.7, 0.8], and yours are {history['accuracy']}. Only the "
        "name changes."
    )


def test_other_names():
    """Names that stay"""
    names = ["accuracy", "val_accuracy", "val_loss", "accent", "top_lrs", "sub-acc"]
    history = modern({name: [1.0] for name in names}, (2, 15))
    assert "accuracyuracy" not in history, (
        "You make accuracyuracy of accuracy: `replace` also finds acc inside other "
        "names. Look at whole names, or at the end of a name."
    )
    assert sorted(history) == sorted(names), (
        f"These names should stay as they are: {', '.join(names)}. You make "
        f"{', '.join(history)}. An old name is the whole name, or stands after an "
        "underscore at its end."
    )


def test_fronts():
    """Something in front"""
    names = ["val_acc", "digit_acc", "val_digit_acc", "val_acc_acc"]
    history = modern({name: [0.5] for name in names}, (2, 2))
    right = ["val_accuracy", "digit_accuracy", "val_digit_accuracy", "val_acc_accuracy"]
    assert sorted(history) == sorted(right), (
        f"Of {', '.join(names)} you make {', '.join(history)}. It should be "
        f"{', '.join(right)}: the old name at the end changes, its front stays."
    )


def test_cosine():
    """The sign of the cosine"""
    old = {"cosine_proximity": [-0.5], "val_cosine_proximity": [-0.75], "loss": [2.0]}
    history = modern(old, (1, 13))
    names = ["cosine_similarity", "val_cosine_similarity", "loss"]
    values = [history.get(name, [0.0])[0] for name in names]
    assert values == [0.5, 0.75, 2.0], (
        "In a run with TensorFlow 1.13 the cosines were -0.5 and -0.75 (validation), "
        f"the loss 2.0. Today that is 0.5, 0.75 and 2.0; you say {values[0]}, "
        f"{values[1]} and {values[2]}. Up to 1.13 the best cosine was -1: turn the "
        "sign, of this metric only."
    )
    for version in ((1, 14), (2, 0), (2, 15)):
        later = modern({"cosine_proximity": [0.5]}, version)["cosine_similarity"]
        assert later == [0.5], (
            f"In a run with TensorFlow {version[0]}.{version[1]} the cosine 0.5 "
            f"already means what it means today; you say {later[0]}. Turn the sign up "
            "to 1.13 only."
        )


def test_argument():
    """What was given"""
    old = {"acc": [0.7], "cosine_proximity": [-0.5]}
    history = modern(old, (1, 13))
    assert old == {"acc": [0.7], "cosine_proximity": [-0.5]}, (
        f"The history that was given has become {old}. Who reads it again turns the "
        "sign twice. Build a new dictionary, with new lists."
    )
    history["accuracy"].append(0.0)
    assert old["acc"] == [0.7], (
        "A change in your result also changes the history that was given: both hold "
        "the same list. Copy the lists."
    )


# %% replaces role="wrong" hint="test_other_names"
def modern(history, version):
    result = {}
    for name, values in history.items():
        sign = -1 if "cosine_proximity" in name and version <= (1, 13) else 1
        for old, new in NAMES.items():
            name = name.replace(old, new)
        result[name] = [sign * value for value in values]
    return result


# %% whole-names role="wrong" hint="test_fronts"
def modern(history, version):
    result = {}
    for name, values in history.items():
        sign = -1 if name == "cosine_proximity" and version <= (1, 13) else 1
        result[NAMES.get(name, name)] = [sign * value for value in values]
    return result


# %% same-sign role="wrong" hint="test_cosine"
def modern(history, version):
    result = {}
    for name, values in history.items():
        front, underscore, last = name.rpartition("_")
        if name.endswith("cosine_proximity"):
            today = name.removesuffix("proximity") + "similarity"
        else:
            today = front + underscore + NAMES.get(last, last)
        result[today] = list(values)
    return result


# %% in-place role="wrong" hint="test_argument"
def modern(history, version):
    for name in list(history):
        values = history.pop(name)
        for old, new in NAMES.items():
            if name == old or name.endswith("_" + old):
                if old == "cosine_proximity" and version <= (1, 13):
                    values = [-value for value in values]
                name = name.removesuffix(old) + new
        history[name] = values
    return history
