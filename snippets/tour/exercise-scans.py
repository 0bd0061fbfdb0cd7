# %%
"""Exercise: put the preparation of the data into the saved model."""

# %% task role="task"
"""
A reader was trained on rows of 64 numbers, where 0 is paper and 1 is ink. The scanner in the mail room sends something else: images of 8 × 8 whole numbers from 0 to 255, of dtype `uint8`, and there 255 is paper and 0 is ink. Who turns one into the other? If it is the program that calls the model, every such program needs the same lines, and the one that forgets them gets wrong digits without an error. So the model does it.

Complete the class `ScanReader`. A SavedModel of it is all that the mail room gets:

- `read(scans)` takes scans as the scanner sends them, of shape `(n, 8, 8)`, and returns the digit of each, of shape `(n,)`.
- The score of a digit is ink times its weights, summed over the 64 pixels, plus its bias. The highest score wins. `weights` has the shape `(64, 10)`, `bias` the shape `(10,)`.
- After `tf.saved_model.save` and `tf.saved_model.load`, `read` takes any number of scans, though it has never been called before.

`tf.cast(scans, tf.float32)` changes the dtype, `tf.reshape(scans, (-1, 64))` makes rows of 64 numbers.
"""

# %% setup
import functools
import tempfile

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits


# %% starter role="starter"
class ScanReader(tf.Module):
    def __init__(self, weights, bias):
        super().__init__()
        self.weights = tf.Variable(weights, dtype=tf.float32)
        self.bias = tf.Variable(bias, dtype=tf.float32)

    # your code: what is missing here, so that it is saved for all sizes?
    def read(self, scans):
        ink = scans  # your code: from scans to rows of ink
        return tf.argmax(ink @ self.weights + self.bias, axis=1)


# %% solution role="solution"
class ScanReader(tf.Module):
    def __init__(self, weights, bias):
        super().__init__()
        self.weights = tf.Variable(weights, dtype=tf.float32)
        self.bias = tf.Variable(bias, dtype=tf.float32)

    @tf.function(input_signature=[tf.TensorSpec((None, 8, 8), tf.uint8)])
    def read(self, scans):
        paper = tf.cast(tf.reshape(scans, (-1, 64)), tf.float32) / 255
        return tf.argmax((1 - paper) @ self.weights + self.bias, axis=1)


# %% mail-room keep="accuracy unprepared" contract="accuracy > 0.85"
digits = load_digits()
pixels = (digits.data / 16).astype("float32")
scans = np.round(255 * (1 - digits.images / 16)).astype("uint8")  # the scanner's

with_one = np.column_stack([pixels, np.ones(len(pixels))])
wanted = np.eye(10)[digits.target]
best, *_ = np.linalg.lstsq(with_one[:1000], wanted[:1000], rcond=None)

tf.saved_model.save(ScanReader(best[:-1], best[-1]), "scan-reader")
reader = tf.saved_model.load("scan-reader")
hits = reader.read(scans[1000:]) == digits.target[1000:]
accuracy = float(np.mean(hits))

rows = scans[1000:].reshape(-1, 64)
hits = np.argmax(rows @ best[:-1] + best[-1], axis=1) == digits.target[1000:]
unprepared = float(np.mean(hits))
print(f"prepared in the model: {accuracy:.2f} right")
print(f"preparation forgotten: {unprepared:.2f} right")


# %% tests role="tests"
@functools.cache
def loaded():
    # Rows 0 to 7 of an image speak for the digits 0 to 7. The 9 has a head start of 3.
    weights = np.zeros((64, 10))
    for digit in range(8):
        weights[8 * digit : 8 * digit + 8, digit] = 1
    bias = np.zeros(10)
    bias[9] = 3
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(ScanReader(weights, bias), folder)
        return tf.saved_model.load(folder)


def scan(*inked_rows, ink=255):
    scans = np.full((len(inked_rows), 8, 8), 255, dtype="uint8")
    for image, row in zip(scans, inked_rows, strict=True):
        image[row] = 255 - ink
    return scans


def answer(scans):
    # The digits; None where the model does not take these scans.
    try:
        return loaded().read(tf.constant(scans)).numpy().tolist()
    except (TypeError, ValueError, tf.errors.InvalidArgumentError):
        return None


def test_saved():
    """What is saved"""
    assert hasattr(loaded(), "read"), (
        "The loaded model has no `read`. A SavedModel holds graphs, no Python; only a "
        "method that is a `tf.function` is saved."
    )


def test_sizes():
    """Scans in any number"""
    one, three = answer(scan(5)), answer(scan(5, 2, 7))
    assert one is not None and three is not None, (
        "The loaded model refuses one scan, or three scans. Without Python there is no "
        "new tracing, so the graph that was saved has to fit. Give `tf.function` an "
        "`input_signature`: a `tf.TensorSpec` of what the scanner sends, with the dtype "
        "`tf.uint8` and `None` for the number of scans."
    )
    shown = np.shape(three)
    assert np.shape(one) == (1,) and shown == (3,), (
        f"For three scans your model returns the shape {shown}. It should be one digit "
        "for each scan, `(3,)`."
    )


def test_ink():
    """Dark is ink"""
    one = answer(scan(5))
    assert one == [5], (
        f"A scan with a dark row 5 is read as {one}, where the weights say 5. The scanner "
        "sends 0 for ink and 255 for paper, and the weights expect 1 for ink and 0 for "
        "paper. Turn it round: ink is 1 minus the share of paper."
    )
    several = answer(scan(5, 2, 7))
    assert several == [5, 2, 7], (
        f"Scans with dark rows 5, 2 and 7 are read as {several} instead of [5, 2, 7]. "
        "Each row of 64 numbers has to be one scan."
    )


def test_scale():
    """How dark is ink"""
    pale = answer(scan(5, ink=95))
    assert pale == [9], (
        f"Eight pixels with an ink of 95 / 255 add up to 2.98, less than the bias of 3 "
        f"for the 9. So a 9 should be read, and your model reads {pale}. Bias and "
        "weights expect ink between 0 and 1: divide by 255."
    )
    dark = answer(scan(5, ink=96))
    assert dark == [5], (
        f"Eight pixels with an ink of 96 / 255 add up to 3.01, more than the bias of 3 "
        f"for the 9. So a 5 should be read, and your model reads {dark}."
    )


# %% plain-method role="wrong" hint="test_saved"
class ScanReader(tf.Module):
    def __init__(self, weights, bias):
        super().__init__()
        self.weights = tf.Variable(weights, dtype=tf.float32)
        self.bias = tf.Variable(bias, dtype=tf.float32)

    def read(self, scans):
        paper = tf.cast(tf.reshape(scans, (-1, 64)), tf.float32) / 255
        return tf.argmax((1 - paper) @ self.weights + self.bias, axis=1)


# %% no-signature role="wrong" hint="test_sizes"
class ScanReader(tf.Module):
    def __init__(self, weights, bias):
        super().__init__()
        self.weights = tf.Variable(weights, dtype=tf.float32)
        self.bias = tf.Variable(bias, dtype=tf.float32)

    @tf.function
    def read(self, scans):
        paper = tf.cast(tf.reshape(scans, (-1, 64)), tf.float32) / 255
        return tf.argmax((1 - paper) @ self.weights + self.bias, axis=1)


# %% paper-is-ink role="wrong" hint="test_ink"
class ScanReader(tf.Module):
    def __init__(self, weights, bias):
        super().__init__()
        self.weights = tf.Variable(weights, dtype=tf.float32)
        self.bias = tf.Variable(bias, dtype=tf.float32)

    @tf.function(input_signature=[tf.TensorSpec((None, 8, 8), tf.uint8)])
    def read(self, scans):
        ink = tf.cast(tf.reshape(scans, (-1, 64)), tf.float32) / 255
        return tf.argmax(ink @ self.weights + self.bias, axis=1)


# %% whole-numbers role="wrong" hint="test_scale"
class ScanReader(tf.Module):
    def __init__(self, weights, bias):
        super().__init__()
        self.weights = tf.Variable(weights, dtype=tf.float32)
        self.bias = tf.Variable(bias, dtype=tf.float32)

    @tf.function(input_signature=[tf.TensorSpec((None, 8, 8), tf.uint8)])
    def read(self, scans):
        ink = 255 - tf.cast(tf.reshape(scans, (-1, 64)), tf.float32)
        return tf.argmax(ink @ self.weights + self.bias, axis=1)
