# %%
"""Exercise: the smallest LiteRT file that still answers as Keras does."""

# %% task role="task"
"""
Each setting of the converter makes a file of another size, with another error. Which one goes to the device? The smallest of those that still answer as the Keras model does.

Write two functions; `expected` holds Keras's own outputs for `inputs`, and `run`, below, gives those of a file:

- `error(path, inputs, expected)` is the largest absolute difference between the outputs of the file and `expected`, in any row and column, as a `float`. `inputs` may be numbers of any type; the files take `float32`.
- `smallest(paths, inputs, expected, limit)` looks at files, given as `Path`s in any order. Of those with an error of at most `limit` it returns the path of the smallest on disk, and `None` if there is no such file.
- A file that answers `nan` is not good enough, whatever the limit.
"""

# %% setup
import functools
import tempfile
from pathlib import Path

import keras
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from keras import layers


def run(path, rows):
    runner = Interpreter(model_path=str(path)).get_signature_runner()
    (name,) = runner.get_input_details()
    (outputs,) = runner(**{name: rows}).values()
    return outputs


# %% starter role="starter"
def error(path, inputs, expected):
    return 0.0  # your code


def smallest(paths, inputs, expected, limit):
    return paths[0]  # your code


# %% solution role="solution"
def error(path, inputs, expected):
    outputs = run(path, inputs.astype("float32"))
    return float(np.abs(outputs - expected).max())


def smallest(paths, inputs, expected, limit):
    good = [path for path in paths if error(path, inputs, expected) <= limit]
    return min(good, key=lambda path: path.stat().st_size, default=None)


# %% digits
import tensorflow as tf
from sklearn.datasets import load_digits

images, labels = load_digits(return_X_y=True)
model = keras.Sequential(
    [
        keras.Input((64,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(images[:1000] / 16, labels[:1000], epochs=5, verbose=0)

test_inputs = images[1000:] / 16
expected = model.predict(test_inputs, verbose=0)

# %% choose
half = {"supported_types": [tf.float16]}
smaller = {"optimizations": [tf.lite.Optimize.DEFAULT]}
settings = {
    "float32": {},
    "float16": {**smaller, "target_spec": half},
    "int8": smaller,
}
paths = [Path(name + ".tflite") for name in settings]
for path, options in zip(paths, settings.values(), strict=True):
    model.export(path, format="litert", verbose=False, **options)

for limit in (0.1, 0.001, 1e-5):
    print(f"limit {limit:<6g}", smallest(paths, test_inputs, expected, limit))

# %% tests role="tests"
PLACE = tempfile.TemporaryDirectory()
INPUTS = np.array([[0, 1], [4, 1]], "float32")
EXPECTED = np.array([[0.75], [5.75]])  # 1.25 times the first column, plus 0.75


@functools.cache
def content():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.set_weights([np.array([[1.25], [0]]), np.array([0.75])])
    path = Path(PLACE.name, "original.tflite")
    model.export(path, format="litert", verbose=False)
    return path.read_bytes()


def file(name, weight, longer=0):
    # The same file with another weight in place of 1.25, and zeros at its end.
    old, new = np.float32([1.25, weight])
    path = Path(PLACE.name, name + ".tflite")
    path.write_bytes(content().replace(old.tobytes(), new.tobytes()) + bytes(longer))
    return path


def test_error():
    """The error of a file"""
    value = error(file("low", 1.0), INPUTS, EXPECTED)
    assert abs(value - 0.5) > 0.01, (
        "The second of two rows is wrong by 1, and `error` returns 0.50, the mean. "
        "One wrong answer among a thousand would not show: return the largest."
    )
    assert abs(value - 1) < 1e-4, (
        "The outputs are 0.75 and 4.75 where 0.75 and 5.75 are expected. `error` "
        f"returns {value:.2f} where it should return 1.00: the largest absolute "
        "difference, also where an output is too small."
    )


def test_type():
    """Inputs of another type"""
    value, problem = 0.0, ""
    try:
        value = error(file("high", 1.5), INPUTS.astype("float64"), EXPECTED)
    except ValueError as raised:
        problem = str(raised)
    assert not problem, (
        f"Inputs of type float64 are refused: {problem.partition(' for input')[0]}. "
        "A file does not cast. Turn the inputs into `float32` before it gets them."
    )
    assert abs(value - 1) < 1e-4, (
        f"With inputs of type float64 `error` returns {value:.2f} instead of 1.00."
    )


def test_smallest():
    """The smallest of those that are good enough"""
    large, small, middle = (
        file("large", 1.25, longer=2000),
        file("small", 1.125),
        file("middle", 1.25, longer=1000),
    )
    chosen = smallest([large, small, middle], INPUTS, EXPECTED, 1.0)
    assert chosen == small, (
        "Three files with errors of 0, 0.5 and 0 are all within a limit of 1. You "
        f"choose {chosen and chosen.name}, and small.tflite is the smallest: compare "
        "`path.stat().st_size`, not errors, names or places in the list."
    )


def test_limit():
    """At the limit and beyond"""
    wrong, right = file("wrong", 1.0), file("right", 1.25, longer=1000)
    chosen = smallest([wrong, right], INPUTS, EXPECTED, 0.5)
    assert chosen == right, (
        "The smaller of two files has an error of 1 where 0.5 is allowed. You choose "
        f"{chosen and chosen.name}; it should be the other."
    )
    chosen = smallest([wrong, right], INPUTS, EXPECTED, 1.0)
    assert chosen == wrong, (
        "The smaller of two files has an error of exactly 1, and 1 is allowed. You "
        f"choose {chosen and chosen.name}: an error of at most `limit` is good enough."
    )
    chosen, problem = None, ""
    try:
        chosen = smallest([wrong, file("worse", 0.5)], INPUTS, EXPECTED, 0.5)
    except ValueError as raised:
        problem = str(raised)
    assert not problem, (
        f"When no file is good enough your function fails: {problem}. Return `None`; "
        "`min` takes a `default`."
    )
    assert chosen is None, (
        f"Two files have errors of 1 and 3, and 0.5 is allowed. You choose "
        f"{chosen.name}. A file that is not good enough should not be shipped: return "
        "`None`."
    )


def test_nan():
    """Answers that are not numbers"""
    broken, right = file("broken", np.nan), file("right", 1.25, longer=1000)
    chosen = smallest([broken, right], INPUTS, EXPECTED, 0.5)
    assert chosen == right, (
        "You choose a file that answers `nan`, as one does that was converted without "
        "its weights. Its error is `nan` too, and every comparison with `nan` is "
        "false, also `error > limit`. Ask for what is good: `error <= limit`."
    )


# %% mean role="wrong" hint="test_error"
def error(path, inputs, expected):
    outputs = run(path, inputs.astype("float32"))
    return float(np.abs(outputs - expected).mean())


def smallest(paths, inputs, expected, limit):
    good = [path for path in paths if error(path, inputs, expected) <= limit]
    return min(good, key=lambda path: path.stat().st_size, default=None)


# %% not-cast role="wrong" hint="test_type"
def error(path, inputs, expected):
    return float(np.abs(run(path, inputs) - expected).max())


def smallest(paths, inputs, expected, limit):
    good = [path for path in paths if error(path, inputs, expected) <= limit]
    return min(good, key=lambda path: path.stat().st_size, default=None)


# %% most-exact role="wrong" hint="test_smallest"
def error(path, inputs, expected):
    outputs = run(path, inputs.astype("float32"))
    return float(np.abs(outputs - expected).max())


def smallest(paths, inputs, expected, limit):
    errors = {path: error(path, inputs, expected) for path in paths}
    best = min(errors, key=errors.get)
    return best if errors[best] <= limit else None


# %% least-bad role="wrong" hint="test_limit"
def error(path, inputs, expected):
    outputs = run(path, inputs.astype("float32"))
    return float(np.abs(outputs - expected).max())


def smallest(paths, inputs, expected, limit):
    errors = {path: error(path, inputs, expected) for path in paths}
    good = [path for path in paths if errors[path] <= limit]
    if not good:
        return min(errors, key=errors.get)
    return min(good, key=lambda path: path.stat().st_size)


# %% sorts-out-the-bad role="wrong" hint="test_nan"
def error(path, inputs, expected):
    outputs = run(path, inputs.astype("float32"))
    return float(np.abs(outputs - expected).max())


def smallest(paths, inputs, expected, limit):
    for path in sorted(paths, key=lambda path: path.stat().st_size):
        if error(path, inputs, expected) > limit:
            continue
        return path
    return None
