# %%
"""Exercise: a saved model that brings along what it predicted."""

# %% task role="task"
"""
Tomorrow another program loads your model. It has no training data, and the model that you have in memory now will be gone. To notice that something was lost, it needs a receipt: some inputs, and what the model predicted for them on the day it was saved.

Write two functions; `folder` is a `Path`:

- `save(model, inputs, folder)` writes two files. `model.keras` is the whole model. `receipt.npz` holds the arrays `inputs` and `outputs`, the model's predictions for them. The folder is made if there is none; older files in it are replaced.
- `check(folder)` will run in the other program and knows only the folder. It loads the model, predicts for the inputs of the receipt, and returns how far that is from the outputs of the receipt: the largest absolute difference, as a `float`.

`np.savez` and `np.load` write and read a file with several named arrays.
"""

# %% setup
import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import layers


# %% starter role="starter"
def save(model, inputs, folder):
    folder.mkdir(parents=True, exist_ok=True)
    # your code: what does a program need that has only the folder?


def check(folder):
    return 0.0  # your code


# %% solution role="solution"
def save(model, inputs, folder):
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / "model.keras")
    np.savez(folder / "receipt.npz", inputs=inputs, outputs=model(inputs))


def check(folder):
    model = keras.saving.load_model(folder / "model.keras")
    with np.load(folder / "receipt.npz") as receipt:
        inputs, outputs = receipt["inputs"], receipt["outputs"]
    return float(np.abs(model(inputs) - outputs).max())


# %% thermometer
rng = np.random.default_rng(0)
volts = rng.uniform(0, 3, (100, 1)).astype("float32")
degrees = 20 * volts - 5 + rng.normal(0, 0.5, volts.shape).astype("float32")

hidden, output = layers.Dense(8, activation="relu"), layers.Dense(1)
model = keras.Sequential([keras.Input((1,)), hidden, output])
model.compile(keras.optimizers.Adam(0.1), loss="mse")
model.fit(volts, degrees, epochs=5, verbose=0)

save(model, volts[:20], Path("thermometer"))
print(sorted(path.name for path in Path("thermometer").iterdir()))

# %% new-program keep="gap"
import inspect
import subprocess
import sys

program = f"""
from pathlib import Path
import keras
import numpy as np

{inspect.getsource(check)}
print(check(Path("thermometer")))
"""
Path("second.py").write_text(program)
command = [sys.executable, "second.py"]
finished = subprocess.run(command, capture_output=True, text=True, check=True)
gap = float(finished.stdout)
print(f"a new program finds a difference of {gap:.3f}")

# %% changed
weights = model.get_weights()
model.set_weights([*weights[:-1], weights[-1] - 3])  # all predictions fall by 3
model.save("thermometer/model.keras")
print(f"after a change of the file: {check(Path('thermometer')):.3f}")


# %% tests role="tests"
ROWS = np.array([[0], [0], [0], [4]], "float32")


def line(slope, intercept=0):
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.set_weights([np.array([[slope]]), np.array([intercept])])
    return model


def difference_after(changed):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        save(line(1), ROWS, folder)
        changed.save(folder / "model.keras")
        return check(folder)


def test_files():
    """What is in the folder"""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "models" / "line"
        for slope in (1, 2):
            save(line(slope), ROWS, folder)
        names = sorted(path.name for path in folder.iterdir())
        assert "model.h5" not in names, (
            "Your folder holds `model.h5`, in the old format. A model that was compiled "
            'with `loss="mse"`, like this one, could not even be loaded from it. Save '
            "the model as `model.keras`."
        )
        assert "model.keras" in names, (
            "There is no `model.keras` in the folder: `model.save` writes it."
        )
        assert "receipt.npz" in names, (
            "There is no `receipt.npz` in the folder. The other program needs something "
            "to compare with: save inputs and outputs with `np.savez`."
        )
        with np.load(folder / "receipt.npz") as receipt:
            arrays = dict(receipt)
    assert sorted(arrays) == ["inputs", "outputs"], (
        f"Your receipt holds {sorted(arrays)}; it should hold two arrays with the "
        "names `inputs` and `outputs`: `np.savez(file, inputs=…, outputs=…)`."
    )
    outputs = arrays["outputs"].ravel().tolist()
    assert outputs == [0, 0, 0, 8], (
        f"The outputs in your receipt are {outputs}. A line with slope 2 gives "
        "[0.0, 0.0, 0.0, 8.0] for the inputs 0, 0, 0 and 4: let the model predict."
    )


def test_only_the_folder():
    """A program that has only the folder"""
    with tempfile.TemporaryDirectory() as place:
        first, second = Path(place, "first"), Path(place, "second")
        save(line(1), ROWS, first)
        save(line(3), ROWS, second)
        value = check(first)
    assert isinstance(value, float), (
        f"`check` returns a {type(value).__name__}: make it a number with `float`."
    )
    assert abs(value) < 1e-5, (
        f"Two models were saved, and for the folder of the first `check` returns "
        f"{value:.2f}, though nobody has touched it. Does it compare with a model that "
        "is still in memory? In a new program there is none: take the outputs from "
        "the receipt."
    )


def test_changed_file():
    """A file that has changed"""
    value = difference_after(line(1, intercept=2))
    assert abs(value - 2) < 1e-5, (
        f"`model.keras` was replaced by a model that predicts 2 more for every row, "
        f"and `check` returns {value:.2f}. Predict anew with the model from the file, "
        "and compare with what the receipt says was predicted then."
    )


def test_one_row():
    """One row of four"""
    value = difference_after(line(0.5))
    assert abs(value - 0.5) > 0.01, (
        "One prediction of four has fallen by 2, and `check` returns 0.50, the mean. "
        "Among a thousand rows nobody would notice: return the largest difference."
    )
    assert abs(value - 2) < 1e-5, (
        f"One prediction of four has fallen from 4 to 2, and `check` returns "
        f"{value:.2f} where it should return 2.00. A prediction that falls is as wrong "
        "as one that rises: take `np.abs` before the maximum."
    )


# %% hdf5 role="wrong" hint="test_files"
def save(model, inputs, folder):
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / "model.h5")
    np.savez(folder / "receipt.npz", inputs=inputs, outputs=model(inputs))


def check(folder):
    model = keras.saving.load_model(folder / "model.h5")
    with np.load(folder / "receipt.npz") as receipt:
        inputs, outputs = receipt["inputs"], receipt["outputs"]
    return float(np.abs(model(inputs) - outputs).max())


# %% compares-with-memory role="wrong" hint="test_only_the_folder"
def save(model, inputs, folder):
    global trained
    trained = model
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / "model.keras")
    np.savez(folder / "receipt.npz", inputs=inputs, outputs=model(inputs))


def check(folder):
    model = keras.saving.load_model(folder / "model.keras")
    inputs = np.load(folder / "receipt.npz")["inputs"]
    return float(np.abs(model(inputs) - trained(inputs)).max())


# %% loads-twice role="wrong" hint="test_changed_file"
def save(model, inputs, folder):
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / "model.keras")
    np.savez(folder / "receipt.npz", inputs=inputs, outputs=model(inputs))


def check(folder):
    model = keras.saving.load_model(folder / "model.keras")
    again = keras.saving.load_model(folder / "model.keras")
    inputs = np.load(folder / "receipt.npz")["inputs"]
    return float(np.abs(model(inputs) - again(inputs)).max())


# %% no-absolute-value role="wrong" hint="test_one_row"
def save(model, inputs, folder):
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / "model.keras")
    np.savez(folder / "receipt.npz", inputs=inputs, outputs=model(inputs))


def check(folder):
    model = keras.saving.load_model(folder / "model.keras")
    with np.load(folder / "receipt.npz") as receipt:
        inputs, outputs = receipt["inputs"], receipt["outputs"]
    return float(np.max(model(inputs) - outputs))


# %% mean role="wrong" hint="test_one_row"
def save(model, inputs, folder):
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / "model.keras")
    np.savez(folder / "receipt.npz", inputs=inputs, outputs=model(inputs))


def check(folder):
    model = keras.saving.load_model(folder / "model.keras")
    with np.load(folder / "receipt.npz") as receipt:
        inputs, outputs = receipt["inputs"], receipt["outputs"]
    return float(np.abs(model(inputs) - outputs).mean())
