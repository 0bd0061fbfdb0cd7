# %%
"""Exercise: cross-entropy from logits, for logits of any size."""

# %% task role="task"
"""
A classifier ends with logits. Write the loss for it yourself, with `tf.exp`, `tf.math.log` and other plain operations: no softmax, no cross-entropy, no `tf.reduce_logsumexp`. However sure and however wrong the classifier is, it must be able to learn from its loss.

Write `cross_entropy(labels, logits)`:

- `labels` are class numbers of shape `(n,)`; `logits` are float32 of shape `(n, classes)`.
- The result is one loss per example, of shape `(n,)`.
- Logits lie between −1000 and 1000. The loss is never `inf` or `nan`, and it is not cut off: a right class that lies 1000 below another one costs 1000.
- A `tf.GradientTape` finds the gradient with respect to the logits.
"""

# %% setup
import keras
import numpy as np
import tensorflow as tf


# %% starter role="starter"
def cross_entropy(labels, logits):
    # your code: logarithm of the sum of all exponentials, minus the logit of the truth
    return tf.zeros(len(labels))


# %% solution role="solution"
def cross_entropy(labels, logits):
    shifted = logits - tf.reduce_max(logits, axis=1, keepdims=True)
    totals = tf.reduce_sum(tf.exp(shifted), axis=1)
    right = tf.gather(shifted, labels, batch_dims=1)
    return tf.math.log(totals) - right


# %% compare
labels = tf.constant([0, 1, 1])
logits = tf.constant([[2.0, 1.0, -1.0], [20.0, 0.0, 0.0], [1000.0, -1000.0, 0.0]])
sparse = keras.losses.sparse_categorical_crossentropy

ours = cross_entropy(labels, logits)
keras_own = sparse(labels, logits, from_logits=True)
through_softmax = sparse(labels, tf.nn.softmax(logits))
for row in zip(ours, keras_own, through_softmax, strict=True):
    print("ours {:.3f}, Keras {:.3f}, through a softmax {:.3f}".format(*row))


# %% tests role="tests"
def measured(labels, logits):
    losses = cross_entropy(tf.constant(labels), tf.constant(logits, tf.float32))
    return np.array(losses)


def test_one_per_example():
    """One loss per example"""
    logits = [[2, 1, 0], [0, 0, 0], [0, 3, 1]]
    losses = measured([0, 2, 1], logits)
    assert losses.shape != (), (
        f"You return a single number, {losses:.4f}. Return one loss per example; "
        "whoever trains with them takes the mean, with weights if there are any."
    )
    assert losses.shape == (3,), (
        f"Three examples should give losses of shape (3,), and yours have "
        f"{losses.shape}. Of each row take the logit of its own label only: "
        "`tf.gather` does that with `batch_dims=1`."
    )
    right = np.log(np.exp(logits).sum(axis=1)) - [2, 0, 3]
    assert np.allclose(losses, right, atol=1e-3), (
        f"Your losses are {losses[0]:.3f}, {losses[1]:.3f} and {losses[2]:.3f}; they "
        "should be 0.408, 1.099 and 0.170. The second row has three equal logits: each "
        "class has the probability 1/3, and -log(1/3) = 1.099. Sum over the classes of "
        "a row, axis 1."
    )


def test_large_logits():
    """Large logits, right answers"""
    value = measured([0], [[1000, 0]])[0]
    assert np.isfinite(value), (
        f"For the logits 1000 and 0, and label 0, your loss is {value:.1f}; it should "
        "be 0. No float32 can hold e to the power of 1000. What is added to all logits "
        "of a row changes no loss: subtract the largest first."
    )
    low, even = measured([1, 0], [[-1000, 0], [-1000, -1000]])
    assert abs(value) < 1e-3 and abs(low) < 1e-3 and abs(even - 0.6931) < 1e-3, (
        "The logits are 1000, 0, then -1000, 0, then twice -1000; the labels are 0, 1, "
        "0. Two sure and right answers and an undecided one: the losses should be 0, 0 "
        f"and 0.693. Yours are {value:.3f}, {low:.3f} and {even:.3f}."
    )


def test_sure_and_wrong():
    """Sure and wrong"""
    some, much = measured([1, 1], [[20, 0, 0], [1000, 0, 0]])
    assert abs(some - 16.118) > 0.01, (
        f"For the logits 20, 0, 0, and label 1, your loss is {some:.3f}, the negative "
        "logarithm of 1e-7: you cut the probabilities off. It should be 20.000. Do not "
        "take the logarithm of a quotient; subtract two logarithms."
    )
    assert np.isfinite(much), (
        f"For the logits 1000, 0, 0, and label 1, your loss is {much:.1f}; it should be "
        "1000. The probability of class 1 is too small for float32 and became 0. Do not "
        "take the logarithm of a quotient; subtract two logarithms."
    )
    assert abs(some - 20) < 1e-2 and abs(much - 1000) < 0.1, (
        "A logit of 20 or 1000 for the wrong class, and 0 for the others, should cost "
        f"20 and 1000. Your losses are {some:.3f} and {much:.3f}."
    )


def test_gradient():
    """Something to learn from"""
    logits = tf.constant([[20.0, 0.0, 0.0]])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        losses = cross_entropy(tf.constant([1]), logits)
    gradient = tape.gradient(losses, logits)
    assert gradient is not None, (
        "`tape.gradient` gives None. The tape records what TensorFlow computes; what "
        "NumPy or Python computes leaves no trace. Use operations of `tf` all the way "
        "from the logits to the loss."
    )
    first, second, third = gradient.numpy()[0]
    assert np.allclose([first, second, third], [1, -1, 0], atol=1e-2), (
        "For the logits 20, 0, 0, and label 1, the gradient should be 1, -1, 0: less of "
        f"class 0, more of class 1. Yours is {first:.2f}, {second:.2f}, {third:.2f}."
    )


# %% mean-of-batch role="wrong" hint="test_one_per_example"
def cross_entropy(labels, logits):
    powers = tf.exp(logits)
    probabilities = powers / tf.reduce_sum(powers, axis=1, keepdims=True)
    right = tf.gather(probabilities, labels, batch_dims=1)
    return tf.reduce_mean(-tf.math.log(right))


# %% plain-formula role="wrong" hint="test_large_logits"
def cross_entropy(labels, logits):
    totals = tf.reduce_sum(tf.exp(logits), axis=1)
    right = tf.gather(logits, labels, batch_dims=1)
    return tf.math.log(totals) - right


# %% cut-off role="wrong" hint="test_sure_and_wrong"
def cross_entropy(labels, logits):
    powers = tf.exp(logits - tf.reduce_max(logits, axis=1, keepdims=True))
    probabilities = powers / tf.reduce_sum(powers, axis=1, keepdims=True)
    probabilities = tf.clip_by_value(probabilities, 1e-7, 1.0)
    right = tf.gather(probabilities, labels, batch_dims=1)
    return -tf.math.log(right)


# %% in-numpy role="wrong" hint="test_gradient"
def cross_entropy(labels, logits):
    labels, logits = labels.numpy(), logits.numpy()
    shifted = logits - logits.max(axis=1, keepdims=True)
    totals = np.exp(shifted).sum(axis=1)
    return tf.constant(np.log(totals) - shifted[np.arange(len(labels)), labels])
