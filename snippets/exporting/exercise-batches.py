# %%
"""Exercise: feed a LiteRT interpreter batch by batch, with the right type."""

# %% task role="task"
"""
A small board has memory for a few rows at a time, and a whole day of measurements to go through.

Write `predict(interpreter, inputs, batch_size=32)`:

- `interpreter` is an `Interpreter` with one input and one output. Rows go in with `set_tensor`, `batch_size` at once; only the last batch may be smaller. Results come out with `get_tensor`.
- `inputs` is an array of at least one row, with numbers of any type. The interpreter says which type it takes.
- The result is one array with the output of every row, in order, also when `batch_size` does not divide the number of rows.
"""

# %% setup
import functools
import tempfile
from pathlib import Path

import keras
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from keras import layers


# %% starter role="starter"
def predict(interpreter, inputs, batch_size=32):
    # your code: for each batch resize, allocate, set, invoke, get
    return np.zeros((1, 2))


# %% solution role="solution"
def predict(interpreter, inputs, batch_size=32):
    (source,) = interpreter.get_input_details()
    (target,) = interpreter.get_output_details()
    outputs = []
    for start in range(0, len(inputs), batch_size):
        batch = inputs[start : start + batch_size].astype(source["dtype"])
        interpreter.resize_tensor_input(source["index"], batch.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(source["index"], batch)
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(target["index"]))
    return np.concatenate(outputs)


# %% compare keep="difference" contract="difference < 1e-5"
rng = np.random.default_rng(0)
measurements = rng.normal(size=(1000, 6))

model = keras.Sequential(
    [keras.Input((6,)), layers.Dense(16, activation="relu"), layers.Dense(2)]
)
model.export("board.tflite", format="litert", verbose=False)

interpreter = Interpreter(model_path="board.tflite")
outputs = predict(interpreter, measurements)
difference = float(np.abs(outputs - model.predict(measurements, verbose=0)).max())
print(outputs.shape, f"largest difference {difference:.3f}")

# %% tests role="tests"
ROWS = np.arange(10, dtype="float32").reshape(5, 2)


class Watched(Interpreter):
    # Notes how many rows it is given.

    def set_tensor(self, tensor_index, value):
        self.given = [*getattr(self, "given", []), len(value)]
        super().set_tensor(tensor_index, value)


@functools.cache
def doubling():
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "doubling.tflite")
        model = keras.Sequential([keras.Input((2,)), layers.Rescaling(2)])
        model.export(path, format="litert", verbose=False)
        return path.read_bytes()


def predicted(rows, batch_size):
    interpreter = Watched(model_content=doubling())
    outputs = predict(interpreter, rows, batch_size)
    return outputs, getattr(interpreter, "given", [])


def test_two_batches():
    """Two full batches"""
    outputs, _ = predicted(ROWS[:4], 2)
    assert np.array_equal(outputs, ROWS[:4] * 2), (
        f"A file that doubles gets the rows {ROWS[:4].tolist()}, two at a time. You "
        f"return {np.asarray(outputs).tolist()} where it should be "
        f"{(ROWS[:4] * 2).tolist()}: the results of both batches, one after the other."
    )


def test_last_batch():
    """A last batch that is smaller"""
    outputs, _ = predicted(ROWS, 2)
    assert len(outputs) == 5, (
        f"Of 5 rows, two at a time, you return {len(outputs)}. The last batch has a "
        "single row: resize the input to the rows that there are, and go on until "
        "none is left."
    )
    assert np.array_equal(outputs, ROWS * 2), (
        f"Of the rows {ROWS.tolist()}, doubled, you make {outputs.tolist()}: there "
        "are five results, but not the right ones."
    )


def test_type():
    """The type that the file takes"""
    for rows in (ROWS.astype("float64"), ROWS.astype("int32")):
        outputs, problem = [], ""
        try:
            outputs, _ = predicted(rows, 2)
        except ValueError as error:
            problem = str(error).partition(" for input")[0]
        assert not problem, (
            f"Rows of type {rows.dtype} are refused: {problem}. Cast each batch to "
            'the `"dtype"` in the details of the input.'
        )
        assert np.array_equal(outputs, ROWS * 2), (
            f"Rows of type {rows.dtype} are not doubled: you return "
            f"{np.asarray(outputs).tolist()}."
        )


def test_memory():
    """How many rows at once"""
    _, given = predicted(ROWS, 2)
    assert given and max(given) <= 2, (
        f"With a batch size of 2 the interpreter was given {given} rows; there is "
        "memory for 2 at once. Go through the rows in steps of `batch_size`."
    )
    assert len(given) == 3, (
        f"5 rows with a batch size of 2 are 3 batches; the interpreter was given "
        f"{given}. Each call costs time, so fill the batches."
    )
    interpreter = Watched(model_content=doubling())
    predict(interpreter, np.zeros((70, 2)))
    assert interpreter.given[:2] == [32, 32], (
        "Without an argument the batch size is 32; of 70 rows the interpreter was "
        f"given {interpreter.given}."
    )


# %% drops-the-rest role="wrong" hint="test_last_batch"
def predict(interpreter, inputs, batch_size=32):
    (source,) = interpreter.get_input_details()
    (target,) = interpreter.get_output_details()
    shape = (batch_size, *inputs.shape[1:])
    interpreter.resize_tensor_input(source["index"], shape)
    interpreter.allocate_tensors()
    outputs = []
    for batch in range(len(inputs) // batch_size):
        rows = inputs[batch * batch_size : (batch + 1) * batch_size]
        interpreter.set_tensor(source["index"], rows.astype(source["dtype"]))
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(target["index"]))
    return np.concatenate(outputs)


# %% keeps-the-padding role="wrong" hint="test_last_batch"
def predict(interpreter, inputs, batch_size=32):
    (source,) = interpreter.get_input_details()
    (target,) = interpreter.get_output_details()
    batch = np.zeros((batch_size, *inputs.shape[1:]), source["dtype"])
    interpreter.resize_tensor_input(source["index"], batch.shape)
    interpreter.allocate_tensors()
    outputs = []
    for start in range(0, len(inputs), batch_size):
        rows = inputs[start : start + batch_size]
        batch[: len(rows)] = rows
        interpreter.set_tensor(source["index"], batch)
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(target["index"]))
    return np.concatenate(outputs)


# %% not-cast role="wrong" hint="test_type"
def predict(interpreter, inputs, batch_size=32):
    (source,) = interpreter.get_input_details()
    (target,) = interpreter.get_output_details()
    outputs = []
    for start in range(0, len(inputs), batch_size):
        batch = inputs[start : start + batch_size]
        interpreter.resize_tensor_input(source["index"], batch.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(source["index"], batch)
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(target["index"]))
    return np.concatenate(outputs)


# %% all-at-once role="wrong" hint="test_memory"
def predict(interpreter, inputs, batch_size=32):
    (source,) = interpreter.get_input_details()
    (target,) = interpreter.get_output_details()
    interpreter.resize_tensor_input(source["index"], inputs.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(source["index"], inputs.astype(source["dtype"]))
    interpreter.invoke()
    return interpreter.get_tensor(target["index"])
