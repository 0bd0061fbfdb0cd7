# %%
"""Exercise: an ONNX file that takes raw pixels and can be asked by name."""

# equivalent: pixels = tf.TensorSpec([None, 64], tf.float32, name="pixels") -> pixels = tf.TensorSpec([None, 64], name="pixels") because float32 is the default

# %% task role="task"
"""
Your ONNX file goes to colleagues who write C#. They have pixels as the camera delivers them, from 0 to 16, sometimes one image, sometimes a hundred. They have no manual, and next year's file must answer to the same names.

Write `export(model, path)`. `model` is a `Sequential` model that was trained on 64 pixels divided by 16; `path` is a text that ends in `.onnx`. In the file

- the input is called `pixels` and the output `probabilities`;
- the input has the type float32 and the shape `(n, 64)`, for any `n`;
- pixels go in as they are, from 0 to 16, and what comes out is what the model says to pixels divided by 16.
"""

# %% setup
import functools
import tempfile
from pathlib import Path

import keras
import numpy as np
import onnxruntime as ort
import tensorflow as tf
import tf2onnx
from keras import layers


# %% starter role="starter"
def export(model, path):
    pass  # your code: what is written by tf2onnx.convert.from_function?


# %% solution role="solution"
def export(model, path):
    @tf.function
    def classify(pixels):
        return {"probabilities": model(pixels / 16)}

    pixels = tf.TensorSpec([None, 64], tf.float32, name="pixels")
    tf2onnx.convert.from_function(classify, input_signature=[pixels], output_path=path)


# %% digits
from sklearn.datasets import load_digits

images, labels = load_digits(return_X_y=True)
images = images.astype("float32")  # 0 to 16
hidden = layers.Dense(32, activation="relu")
output = layers.Dense(10, activation="softmax")
model = keras.Sequential([keras.Input((64,)), hidden, output])
model.compile("adam", "sparse_categorical_crossentropy")
_ = model.fit(images[:1000] / 16, labels[:1000], epochs=5, verbose=0)

# %% compare keep="difference" contract="difference < 1e-5"
export(model, "digits.onnx")

session = ort.InferenceSession("digits.onnx", providers=["CPUExecutionProvider"])
for count in (1, 700):
    asked = {"pixels": images[1000 : 1000 + count]}
    (outputs,) = session.run(["probabilities"], asked)
    print(outputs.shape)

expected = model.predict(images[1000:1700] / 16, verbose=0)
difference = float(np.abs(outputs - expected).max())
print(f"largest difference {difference:.3f}")


# %% tests role="tests"
@functools.cache
def exported():
    # Of an image it looks at the first pixel only.
    model = keras.Sequential([keras.Input((64,)), layers.Dense(2, "softmax")])
    kernel = np.zeros((64, 2))
    kernel[0, 0] = 1
    model.set_weights([kernel, np.zeros(2)])
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "first.onnx")
        export(model, str(path))
        return path.read_bytes() if path.exists() else b""


def session():
    return ort.InferenceSession(exported(), providers=["CPUExecutionProvider"])


def test_names():
    """The names in the file"""
    assert exported(), (
        "`export` writes no file. `tf2onnx.convert.from_function` writes one if it is "
        "given an `output_path`."
    )
    names = [port.name for port in session().get_inputs()]
    assert names == ["pixels"], (
        "The input of your file is not called `pixels`: it has a name that Keras or "
        "TensorFlow made up. Give the `tf.TensorSpec` a `name`."
    )
    names = [port.name for port in session().get_outputs()]
    assert names == ["probabilities"], (
        f"The output of your file is called {', '.join(names)}, and the C# program "
        "asks for `probabilities`. Convert a `tf.function` that returns a dictionary: "
        "its key becomes the name."
    )


def test_shape():
    """How many images, and of which type"""
    (pixels,) = session().get_inputs()
    rows, columns = pixels.shape
    assert not isinstance(rows, int), (
        f"Your file takes {rows} image at a time, no more and no less. `None` in the "
        "`tf.TensorSpec` leaves the number open."
    )
    assert (columns, pixels.type) == (64, "tensor(float)"), (
        f"Your file takes {columns} numbers an image, as {pixels.type}; it should be "
        "64, as tensor(float), which is float32."
    )


def test_raw_pixels():
    """Pixels as the camera delivers them"""
    images = np.zeros((3, 64), "float32")
    images[:, 0] = [0, 8, 16]
    outputs = session().run(None, {"pixels": images})[0]
    found = outputs[:, 0].round(2).tolist()
    assert np.allclose(outputs[:, 0], [0.5, 0.622, 0.731], atol=0.002), (
        "A model that looks at the first pixel gives the probabilities 0.50, 0.62 and "
        f"0.73 to the values 0, 8 and 16, divided by 16. Your file gives {found} to "
        "raw pixels: the division has to be in the file, once."
    )


# %% keras-export role="wrong" hint="test_names"
def export(model, path):
    whole = keras.Sequential(
        [keras.Input((64,), name="pixels"), layers.Rescaling(1 / 16), *model.layers]
    )
    whole.predict(np.zeros((1, 64)), verbose=0)
    whole.export(path, format="onnx", verbose=False)


# %% one-image role="wrong" hint="test_shape"
def export(model, path):
    @tf.function
    def classify(pixels):
        return {"probabilities": model(pixels / 16)}

    pixels = tf.TensorSpec([1, 64], tf.float32, name="pixels")
    tf2onnx.convert.from_function(classify, input_signature=[pixels], output_path=path)


# %% without-division role="wrong" hint="test_raw_pixels"
def export(model, path):
    @tf.function
    def classify(pixels):
        return {"probabilities": model(pixels)}

    pixels = tf.TensorSpec([None, 64], tf.float32, name="pixels")
    tf2onnx.convert.from_function(classify, input_signature=[pixels], output_path=path)
