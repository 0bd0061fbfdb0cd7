# %%
"""Convert a digits classifier to LiteRT with a Keras that cannot do it in one step."""

# %% small-model
import contextlib
import io
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(0)
digits = load_digits()
pixels = (digits.data / 16).astype("float32")
small = keras.Sequential([keras.Input((64,)), layers.Dense(10, activation="softmax")])
small.compile("adam", "sparse_categorical_crossentropy")
small.fit(pixels, digits.target, epochs=5, verbose=0)
answers = small.predict(pixels, verbose=0)

# %% two-steps keep="largest" contract="largest < 1e-5"
with contextlib.redirect_stdout(io.StringIO()):  # no `verbose` to turn the summary off
    small.export("folder")
converter = tf.lite.TFLiteConverter.from_saved_model("folder")
Path("older.tflite").write_bytes(converter.convert())

runner = Interpreter(model_path="older.tflite").get_signature_runner()
(name,) = runner.get_input_details()
(found,) = runner(**{name: pixels}).values()
largest = np.abs(found - answers).max()
print(found.shape, largest < 1e-5)
