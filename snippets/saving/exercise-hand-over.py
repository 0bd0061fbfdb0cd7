# %%
"""Exercise: one regression model in every format, each taking raw measurements."""

# equivalent: whole.export(folder / "model.tflite", format="litert", verbose=False) -> whole.export(folder / "model.tflite", format="litert", verbose=True) because it only prints more
# equivalent: whole.export(folder / "model.tflite", format="litert", verbose=False) -> whole.export(folder / "model.tflite", format="litert") because it only prints more

# %% task role="task"
"""
A network has learned from standardised columns of a table. Those who are to use it measure in years and millimetres of mercury, and each of them reads another format.

Write two functions; `folder` is a `Path` and exists:

- `keep(model, mean, spread, folder)` gets a compiled `Sequential` model that was trained on `(raw - mean) / spread`; `mean` and `spread` are arrays with one number for each column. It writes four files: `model.keras`, the whole model; `architecture.json` and `model.weights.h5`, the same in two parts; `model.tflite`, for LiteRT.
- All that is in the folder takes raw measurements: the standardisation travels along, as a layer in front.
- `recall(folder)` makes the model from the two parts alone and returns it, ready to predict, and to `evaluate` with the loss that `model` was compiled with.

The layer `Rescaling(scale, offset)` computes `inputs * scale + offset`, also column by column. `export("….tflite", format="litert", verbose=False)` writes the LiteRT file.
"""

# %% setup
import functools
import shutil
import tempfile
from pathlib import Path

import keras
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from keras import layers


def run_litert(path, rows):
    runner = Interpreter(model_path=str(path)).get_signature_runner()
    (name,) = runner.get_input_details()
    (outputs,) = runner(**{name: rows}).values()
    return outputs


# %% starter role="starter"
def keep(model, mean, spread, folder):
    pass  # your code: put the standardisation in front, then write the four files


def recall(folder):
    pass  # your code


# %% solution role="solution"
def keep(model, mean, spread, folder):
    standardize = layers.Rescaling(1 / spread, offset=-mean / spread)
    whole = keras.Sequential([keras.Input(mean.shape), standardize, *model.layers])
    whole.compile("sgd", model.loss)

    whole.save(folder / "model.keras")
    (folder / "architecture.json").write_text(whole.to_json())
    whole.save_weights(folder / "model.weights.h5")
    whole.export(folder / "model.tflite", format="litert", verbose=False)


def recall(folder):
    model = keras.models.model_from_json((folder / "architecture.json").read_text())
    model.load_weights(folder / "model.weights.h5")
    return model


# %% patients
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

data = load_diabetes(scaled=False)
raw, progress = data.data.astype("float32"), data.target[:, np.newaxis] / 100
train_raw, test_raw, train_progress, test_progress = train_test_split(
    raw, progress, test_size=100, random_state=0
)
mean, spread = train_raw.mean(axis=0), train_raw.std(axis=0)
print(data.feature_names[:4], test_raw[0, :4])

# %% train tolerance="2e-2"
model = keras.Sequential(
    [keras.Input((10,)), layers.Dense(8, activation="relu"), layers.Dense(1)]
)
model.compile(keras.optimizers.Adam(0.02), "mse")
model.fit((train_raw - mean) / spread, train_progress, epochs=5, verbose=0)
loss = model.evaluate((test_raw - mean) / spread, test_progress, verbose=0)
expected = model.predict((test_raw - mean) / spread, verbose=0)
print(f"loss on {len(test_raw)} other patients: {loss:.2f}")

# %% compare tolerance="2e-2"
folder = Path("diabetes")
folder.mkdir()
keep(model, mean, spread, folder)
recalled = recall(folder)

outputs = {
    "model.keras": keras.saving.load_model(folder / "model.keras")(test_raw),
    "json + weights": recalled(test_raw),
    "model.tflite": run_litert(folder / "model.tflite", test_raw),
}
for name, found in outputs.items():
    difference = np.abs(found - expected).max()
    print(f"{name:16} largest difference {difference:.3f}")
loss = recalled.evaluate(test_raw, test_progress, verbose=0)
print(f"loss from raw measurements: {loss:.2f}")


# %% tests role="tests"
PLACE = tempfile.TemporaryDirectory()
ROWS = np.array([[12, 28], [10, 20], [14, 16]], "float32")
EXPECTED = [3, 0, 1]  # 1 + 2, 0 + 0, 2 - 1


@functools.cache
def kept():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mae")
    model.set_weights([np.ones((2, 1)), np.zeros(1)])  # adds the two columns
    folder = Path(PLACE.name)
    keep(model, np.array([10, 20]), np.array([2, 4]), folder)
    return folder


def as_expected(outputs):
    return np.allclose(np.ravel(outputs), EXPECTED, atol=1e-4)


def test_files():
    """Which files there are"""
    wanted = {"model.keras", "architecture.json", "model.weights.h5", "model.tflite"}
    missing = sorted(wanted - {path.name for path in kept().iterdir()})
    assert not missing, (
        f"Missing in the folder: {', '.join(missing)}. `save`, `to_json`, "
        "`save_weights` and `export` write one each."
    )


def test_raw_measurements():
    """From raw measurements"""
    model = keras.saving.load_model(kept() / "model.keras")
    value = float(np.ravel(model(ROWS))[0])
    assert abs(value - 40) > 0.1, (
        "Of the row 12, 28 the model in `model.keras` makes 12 + 28 = 40: it adds raw "
        "columns, so the standardisation is not in it. Save a model that has a "
        "`Rescaling` layer in front of `model.layers`."
    )
    assert as_expected(model(ROWS)), (
        "With mean 10, 20 and spread 2, 4 the row 12, 28 is standardised to 1, 2, and "
        f"the sum is 3; the model in `model.keras` gives {value:.0f}. "
        "(raw - mean) / spread = raw * (1 / spread) - mean / spread: the offset is "
        "divided by the spread, too."
    )


def test_two_parts():
    """Architecture and weights"""
    with tempfile.TemporaryDirectory() as place:
        for name in ("architecture.json", "model.weights.h5"):
            shutil.copy(kept() / name, place)
        zero = keras.Sequential([keras.Input((2,)), layers.Rescaling(0)])
        zero.save(Path(place, "model.keras"))
        model = recall(Path(place))
    assert model is not None, "`recall` returns nothing: it should return the model."
    assert np.any(model(ROWS)), (
        "`recall` reads `model.keras`: a model that always predicts 0 was put there, "
        "and that is what comes back. Use `architecture.json` and `model.weights.h5`."
    )
    assert as_expected(model(ROWS)), (
        "The model that `recall` returns has the right layers and predicts something "
        "else than `model.keras`. An architecture from JSON begins with new random "
        "weights: load `model.weights.h5` into it."
    )


def test_evaluate():
    """Ready to evaluate"""
    model = recall(kept())
    assert model.compiled, (
        "The model that `recall` returns is not compiled, so it cannot `evaluate`. "
        "`to_json` includes the loss if the model was compiled before: compile the "
        "model with the new layer, too."
    )
    loss = model.evaluate(ROWS[:1], np.array([[5.0]]), verbose=0)
    assert abs(loss - 2) < 1e-4, (
        "A prediction of 3 where 5 is right is a mean absolute error of 2.00; the "
        f"recalled model gives {loss:.2f}. Take over the loss that the model was "
        "compiled with; it is in `model.loss`."
    )


def test_litert():
    """The LiteRT file"""
    outputs = np.ravel(run_litert(kept() / "model.tflite", ROWS))
    assert as_expected(outputs), (
        "For the raw rows 12, 28 and 10, 20 and 14, 16 the LiteRT file gives "
        f"{outputs.round().astype(int).tolist()}, not {EXPECTED}. Export the model "
        "that has the standardisation inside."
    )


# %% without-standardisation role="wrong" hint="test_raw_measurements"
def keep(model, mean, spread, folder):
    model.save(folder / "model.keras")
    (folder / "architecture.json").write_text(model.to_json())
    model.save_weights(folder / "model.weights.h5")
    model.export(folder / "model.tflite", format="litert", verbose=False)


def recall(folder):
    model = keras.models.model_from_json((folder / "architecture.json").read_text())
    model.load_weights(folder / "model.weights.h5")
    return model


# %% plain-offset role="wrong" hint="test_raw_measurements"
def keep(model, mean, spread, folder):
    standardize = layers.Rescaling(1 / spread, offset=-mean)
    whole = keras.Sequential([keras.Input(mean.shape), standardize, *model.layers])
    whole.compile("sgd", model.loss)

    whole.save(folder / "model.keras")
    (folder / "architecture.json").write_text(whole.to_json())
    whole.save_weights(folder / "model.weights.h5")
    whole.export(folder / "model.tflite", format="litert", verbose=False)


def recall(folder):
    model = keras.models.model_from_json((folder / "architecture.json").read_text())
    model.load_weights(folder / "model.weights.h5")
    return model


# %% architecture-only role="wrong" hint="test_two_parts"
def keep(model, mean, spread, folder):
    standardize = layers.Rescaling(1 / spread, offset=-mean / spread)
    whole = keras.Sequential([keras.Input(mean.shape), standardize, *model.layers])
    whole.compile("sgd", model.loss)

    whole.save(folder / "model.keras")
    (folder / "architecture.json").write_text(whole.to_json())
    whole.save_weights(folder / "model.weights.h5")
    whole.export(folder / "model.tflite", format="litert", verbose=False)


def recall(folder):
    return keras.models.model_from_json((folder / "architecture.json").read_text())


# %% not-compiled role="wrong" hint="test_evaluate"
def keep(model, mean, spread, folder):
    standardize = layers.Rescaling(1 / spread, offset=-mean / spread)
    whole = keras.Sequential([keras.Input(mean.shape), standardize, *model.layers])

    whole.save(folder / "model.keras")
    (folder / "architecture.json").write_text(whole.to_json())
    whole.save_weights(folder / "model.weights.h5")
    whole.export(folder / "model.tflite", format="litert", verbose=False)


def recall(folder):
    model = keras.models.model_from_json((folder / "architecture.json").read_text())
    model.load_weights(folder / "model.weights.h5")
    return model


# %% exports-the-inner-model role="wrong" hint="test_litert"
def keep(model, mean, spread, folder):
    standardize = layers.Rescaling(1 / spread, offset=-mean / spread)
    whole = keras.Sequential([keras.Input(mean.shape), standardize, *model.layers])
    whole.compile("sgd", model.loss)

    whole.save(folder / "model.keras")
    (folder / "architecture.json").write_text(whole.to_json())
    whole.save_weights(folder / "model.weights.h5")
    model.export(folder / "model.tflite", format="litert", verbose=False)


def recall(folder):
    model = keras.models.model_from_json((folder / "architecture.json").read_text())
    model.load_weights(folder / "model.weights.h5")
    return model
