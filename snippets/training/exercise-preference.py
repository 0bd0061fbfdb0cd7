# %%
"""Exercise: two inputs that share their layers."""

# %% task role="task"
"""
Nobody can say that a flat is worth 7.3 points. But everybody can say which of two flats they would take. A model can learn the points from such choices: it scores both flats by the same layers and compares the scores. Afterwards those layers score a single flat, too.

Write `new_models()`, which returns two models, `scorer` and `chooser`, in the functional API:

- `scorer` takes flats of shape `(n, 3)` and gives scores of shape `(n, 1)`, any number. It has a hidden layer of 8 units with `relu` and a last layer of one unit.
- `chooser` takes `[left, right]`, two arrays of shape `(n, 3)`, and gives the probability that the left flat is taken, of shape `(n, 1)`. It is the sigmoid of the left score minus the right score.
- All scores come from the same layers. Both models have the same 41 parameters, and training `chooser` trains `scorer`.

`keras.layers.Subtract()` takes a list of two tensors and gives their difference; `keras.layers.Activation("sigmoid")` is a sigmoid as a layer.
"""

# %% setup
import keras
import numpy as np
from keras import layers


# %% starter role="starter"
def new_models():
    left = keras.Input((3,), name="left")
    right = keras.Input((3,), name="right")
    difference = layers.Subtract()([left, right])
    # your code: layers that score both flats, and the two models
    scorer = keras.Model(left, layers.Dense(1)(left))
    chooser = keras.Model([left, right], layers.Dense(1)(difference))
    return scorer, chooser


# %% solution role="solution"
def new_models():
    hidden = layers.Dense(8, activation="relu")
    points = layers.Dense(1)
    left = keras.Input((3,), name="left")
    right = keras.Input((3,), name="right")
    left_score, right_score = points(hidden(left)), points(hidden(right))

    difference = layers.Subtract()([left_score, right_score])
    probability = layers.Activation("sigmoid")(difference)
    scorer = keras.Model(left, left_score)
    return scorer, keras.Model([left, right], probability)


# %% learn keep="agreement" contract="agreement > 0.85"
rng = np.random.default_rng(0)
left, right = rng.uniform(-1, 1, (2, 400, 3))  # size, rent, way to work
hidden_taste = np.array([2.0, -3.0, -1.0])  # nobody tells the model
left_taken = (left - right) @ hidden_taste > rng.logistic(scale=0.3, size=400)

keras.utils.set_random_seed(0)
scorer, chooser = new_models()
chooser.compile(keras.optimizers.Adam(0.05), "binary_crossentropy")
chooser.fit([left, right], left_taken, epochs=8, verbose=0)

flats = rng.uniform(-1, 1, (100, 3))
scores, wishes = np.array(scorer(flats))[:, 0], flats @ hidden_taste
first, second = np.triu_indices(100, k=1)  # every pair of them
same = (scores[first] > scores[second]) == (wishes[first] > wishes[second])
agreement = float(same.mean())
print(f"the scores order {agreement:.0%} of all pairs of new flats as the taste does")


# %% tests role="tests"
def by_hand():
    # The score of a flat becomes 2 - 3 times its first number, if that is positive.
    scorer, chooser = new_models()
    kernel, last = np.zeros((3, 8)), np.zeros((8, 1))
    kernel[0, 0], last[0, 0] = 1, -3
    scorer.set_weights([kernel, np.zeros(8), last, np.array([2.0])])
    return scorer, chooser


def flats(*firsts):
    return np.array([[first, 0.0, 0.0] for first in firsts])


def test_scorer():
    """The score of one flat"""
    count = new_models()[0].count_params()
    assert count == 41, (
        f"Your scorer has {count} parameters. Three numbers into 8 units make "
        "3 x 8 + 8 = 32, and 8 units into one score make 8 x 1 + 1 = 9. Together that "
        "is 41."
    )
    low, high, bent = np.array(by_hand()[0](flats(1, 0, -1)))[:, 0]
    assert abs(low + 1) < 1e-3 and abs(high - 2) < 1e-3, (
        f"With weights set by hand, two flats should score -1.00 and 2.00. Your scorer "
        f"gives {low:.2f} and {high:.2f}. A score may be any number, so the last layer "
        "needs no activation."
    )
    assert abs(bent - 2) < 1e-3, (
        f"A hidden unit gets -1 as its sum, which `relu` makes 0, so the score should "
        f"be the bias of 2.00. Yours is {bent:.2f}."
    )


def test_shared_layers():
    """One set of layers for both sides"""
    _, chooser = new_models()
    count, sides = chooser.count_params(), len(chooser.inputs)
    assert sides == 2, (
        f"Your chooser has {sides} input instead of 2. Give `keras.Model` a list of "
        "two inputs, left and right."
    )
    assert count == 41, (
        f"Your chooser has {count} parameters instead of 41. Each `layers.Dense(…)` in "
        "your code makes a layer with weights of its own. Make the two layers once, and "
        "call the same ones for the left and for the right flat."
    )
    scorer, chooser = new_models()
    before = np.array(scorer(flats(1)))
    chooser.set_weights([weight + 1 for weight in chooser.get_weights()])
    after = np.array(scorer(flats(1)))
    assert np.abs(after - before).max() > 1e-3, (
        "The weights of your chooser changed, the scores of your scorer did not: they "
        "share no layers. Build both models from the same tensors."
    )


def test_probability():
    """The probability of a choice"""
    pair = [flats(0.5, 0), flats(0.5, 1)]
    same, better = np.array(by_hand()[1](pair))[:, 0]
    assert abs(better) <= 1, (
        f"For scores that differ by 3 your chooser answers {better:.2f}, which is no "
        "probability. Apply a sigmoid to the difference."
    )
    assert abs(same) > 1e-3, (
        f"Two equal flats meet, and your chooser takes the left one with a probability "
        f"of {same:.2f}. It should be 0.50, the sigmoid of 0. Subtract the scores first "
        "and apply the sigmoid to the difference: a difference of two probabilities is "
        "no probability."
    )
    assert abs(same - 0.5) < 1e-3, (
        f"Two equal flats meet, and your chooser takes the left one with a probability "
        f"of {same:.2f} where it should be 0.50. Subtract one score from the other."
    )


def test_direction():
    """Left minus right"""
    _, chooser = by_hand()
    better, worse = np.array(chooser([flats(0, 1), flats(1, 0)]))[:, 0]
    assert abs(better - 0.953) < 1e-3 and abs(worse - 0.047) < 1e-3, (
        f"The left flat scores 2, the right one -1. Your chooser takes the left one "
        f"with a probability of {better:.2f}. It should be the sigmoid of 2 - (-1) = 3, "
        "which is 0.95. Look at the order: left minus right, and `[left, right]` as "
        "inputs."
    )


# %% squeezed-score role="wrong" hint="test_scorer"
def new_models():
    hidden = layers.Dense(8, activation="relu")
    points = layers.Dense(1, activation="sigmoid")
    left = keras.Input((3,), name="left")
    right = keras.Input((3,), name="right")
    left_score, right_score = points(hidden(left)), points(hidden(right))

    difference = layers.Subtract()([left_score, right_score])
    probability = layers.Activation("sigmoid")(difference)
    scorer = keras.Model(left, left_score)
    return scorer, keras.Model([left, right], probability)


# %% layers-for-each-side role="wrong" hint="test_shared_layers"
def new_models():
    def score(flat):
        hidden = layers.Dense(8, activation="relu")(flat)
        return layers.Dense(1)(hidden)

    left = keras.Input((3,), name="left")
    right = keras.Input((3,), name="right")
    left_score, right_score = score(left), score(right)

    difference = layers.Subtract()([left_score, right_score])
    probability = layers.Activation("sigmoid")(difference)
    scorer = keras.Model(left, left_score)
    return scorer, keras.Model([left, right], probability)


# %% subtracts-probabilities role="wrong" hint="test_probability"
def new_models():
    hidden = layers.Dense(8, activation="relu")
    points = layers.Dense(1)
    sigmoid = layers.Activation("sigmoid")
    left = keras.Input((3,), name="left")
    right = keras.Input((3,), name="right")
    left_score, right_score = points(hidden(left)), points(hidden(right))

    probability = layers.Subtract()([sigmoid(left_score), sigmoid(right_score)])
    scorer = keras.Model(left, left_score)
    return scorer, keras.Model([left, right], probability)


# %% wrong-way-round role="wrong" hint="test_direction"
def new_models():
    hidden = layers.Dense(8, activation="relu")
    points = layers.Dense(1)
    left = keras.Input((3,), name="left")
    right = keras.Input((3,), name="right")
    left_score, right_score = points(hidden(left)), points(hidden(right))

    difference = layers.Subtract()([right_score, left_score])
    probability = layers.Activation("sigmoid")(difference)
    scorer = keras.Model(left, left_score)
    return scorer, keras.Model([left, right], probability)
