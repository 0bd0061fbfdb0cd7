# %%
"""Exercise: a metric function that says for each case whether the k best classes hit."""

# %% task role="task"
"""
A shop shows the `k` products that its model scores highest, and a sale is possible if the right one is among them. A metric is a plain mean of one value per case here, so a function is enough. Keras calls it for each batch and averages its values over all cases.

Write `top_k(y_true, y_pred, k=1)`:

- `y_pred` has the shape `(n, classes)`. Scores may be any numbers, such as logits.
- `y_true` holds class numbers, as integers or as floats, of shape `(n,)` or `(n, 1)`.
- The result has the shape `(n,)`: 1.0 where the right class is among the `k` classes with the highest scores, else 0.0.
- A tie counts against the model. The right class is a hit if fewer than `k` other classes have a score that is as high or higher. Else a model that gives all classes the same score would be perfect.
"""

# %% setup
import keras
import numpy as np
from keras import ops


# %% starter role="starter"
def top_k(y_true, y_pred, k=1):
    return ops.zeros(len(y_pred))  # your code


# %% solution role="solution"
def top_k(y_true, y_pred, k=1):
    right_class = ops.reshape(ops.cast(y_true, "int32"), (-1, 1))
    right_score = ops.take_along_axis(y_pred, right_class, axis=1)
    as_good = ops.sum(ops.cast(y_pred >= right_score, "int32"), axis=1)
    return ops.cast(as_good <= k, "float32")  # the right class is as good as itself


# %% in-keras
rng = np.random.default_rng(0)
labels = rng.integers(0, 6, 50)
scores = rng.normal(np.eye(6)[labels], 0.6).astype("float32")

model = keras.Sequential([keras.Input((6,)), keras.layers.Identity()])
model.compile(
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[
        keras.metrics.MeanMetricWrapper(top_k, "top_2", k=2),
        keras.metrics.SparseTopKCategoricalAccuracy(k=2, name="built_in"),
    ],
)

# batches of 32 and 18 cases
found = model.evaluate(scores, labels, verbose=0, return_dict=True)
print(f"some knowledge: {found['top_2']:.2f}, built in {found['built_in']:.2f}")

# %% no-knowledge
found = model.evaluate(np.zeros_like(scores), labels, verbose=0, return_dict=True)
print(f"no knowledge: {found['top_2']:.2f}, built in {found['built_in']:.2f}")


# %% tests role="tests"
# the right class is 0, 1, 2, 3, 0; in the order of the scores it is
# the best, the second, the third, the last, the best
SCORES = np.array(
    [
        [0.9, 0.1, 0.3, 0.2],
        [0.7, 0.6, 0.1, 0.2],
        [0.4, 0.5, 0.3, 0.1],
        [0.4, 0.3, 0.2, 0.1],
        [0.8, 0.2, 0.5, 0.1],
    ],
    dtype="float32",
)
LABELS = np.array([[0], [1], [2], [3], [0]])


def hits(y_true, y_pred, **options):
    y_pred = np.array(y_pred, dtype="float32")
    return np.array(top_k(ops.convert_to_tensor(y_true), y_pred, **options), float)


def test_best():
    """One value per case"""
    found = hits(LABELS, SCORES)
    assert found.shape == (5,), (
        f"For five cases your result has the shape {found.shape} where it should be "
        "(5,): one value per case. Keras takes the mean, over all batches. A mean that "
        "you take per batch gives a small last batch too much to say."
    )
    assert not np.allclose(found, [1, 1, 0, 0, 1]), (
        f"With `k=1` your hits are {found}: a right class in second place hits too. If "
        "you count places from 0, those below `k` hit; if you count the classes that "
        "are as good, the right one included, up to `k` may."
    )
    assert np.allclose(found, [1, 0, 0, 0, 1]), (
        f"With `k=1` your hits are {found} where they should be [1. 0. 0. 0. 1.]: only in "
        "the first and the last case the right class has the highest score."
    )


def test_k():
    """The k best"""
    found = hits(LABELS, SCORES, k=2)
    assert not np.allclose(found, [0, 1, 0, 0, 0]), (
        f"With `k=2` your hits are {found}: you look into second place alone. Whoever is "
        "first is among the two best as well."
    )
    assert np.allclose(found, [1, 1, 0, 0, 1]), (
        f"With `k=2` your hits are {found} where they should be [1. 1. 0. 0. 1.]: the "
        "right class may be in second place."
    )
    found = hits(LABELS, SCORES - 5, k=3)
    assert np.allclose(found, [1, 1, 1, 0, 1]), (
        f"With `k=3` and scores below 0 your hits are {found} where they should be "
        "[1. 1. 1. 0. 1.]: only their order matters, as with logits."
    )


def test_flat_labels():
    """Labels in one row"""
    labels, scores = np.array([0, 1]), [[0.9, 0.5, 0.1], [0.9, 0.1, 0.5]]
    found = hits(labels, scores, k=2)
    assert np.allclose(found, [1, 0]), (
        f"With flat labels 0 and 1 your hits are {found} where they should be [1. 0.]. "
        "A table of two rows and two columns meets a flat array of two: label 1 is "
        "looked for in the second *column*, not in the second row. Make the labels a "
        "column first."
    )
    found = hits(labels.astype("float32"), scores, k=2)
    assert np.allclose(found, [1, 0]), (
        f"With labels 0.0 and 1.0, as some loaders have them, your hits are {found} where "
        "they should be [1. 0.]."
    )


def test_ties():
    """A tie counts against the model"""
    found = hits([0, 3], np.zeros((2, 4)), k=2)
    assert np.allclose(found, 0), (
        f"Where all four scores are the same your hits are {found} where they should be "
        "[0. 0.]: three other classes are as high as the right one, so it is not among "
        "two. Do not let the order of the columns decide, nor count ties for the model."
    )
    found = hits([0, 3], [[0.5, 0.5, 0.1, 0.2], [0.1, 0.6, 0.2, 0.6]], k=2)
    assert np.allclose(found, 1), (
        f"Where the right class shares the first place with one other your hits for "
        f"`k=2` are {found} where they should be [1. 1.]: both have room."
    )


# %% mean-of-the-batch role="wrong" hint="test_best"
def top_k(y_true, y_pred, k=1):
    right_class = ops.reshape(ops.cast(y_true, "int32"), (-1, 1))
    right_score = ops.take_along_axis(y_pred, right_class, axis=1)
    as_good = ops.sum(ops.cast(y_pred >= right_score, "int32"), axis=1)
    return ops.mean(as_good <= k)


# %% place-k-alone role="wrong" hint="test_k"
def top_k(y_true, y_pred, k=1):
    order = ops.argsort(y_pred, axis=1)
    labels = ops.reshape(ops.cast(y_true, order.dtype), (-1,))
    return ops.cast(order[:, -k] == labels, "float32")


# %% labels-as-they-come role="wrong" hint="test_flat_labels"
def top_k(y_true, y_pred, k=1):
    best = ops.top_k(y_pred, k)[1]
    hit = ops.equal(best, ops.cast(y_true, "int32"))
    return ops.cast(ops.any(hit, axis=1), "float32")


# %% higher-only role="wrong" hint="test_ties"
def top_k(y_true, y_pred, k=1):
    right_class = ops.reshape(ops.cast(y_true, "int32"), (-1, 1))
    right_score = ops.take_along_axis(y_pred, right_class, axis=1)
    better = ops.sum(ops.cast(y_pred > right_score, "int32"), axis=1)
    return ops.cast(better < k, "float32")
