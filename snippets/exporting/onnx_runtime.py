# %%
"""Export a digits classifier to ONNX, look into the file, and run it without TensorFlow."""

# %% setup
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(0)

# %% model keep="keras_accuracy" contract="keras_accuracy > 0.93"
digits = load_digits()
raw_pixels = digits.data.astype("float32")  # 0 to 16
labels = digits.target
train_raw, test_raw, train_labels, test_labels = train_test_split(
    raw_pixels, labels, test_size=0.3, stratify=labels, random_state=0
)

model = keras.Sequential(
    [
        keras.Input((64,), name="pixels"),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(train_raw / 16, train_labels, epochs=10, verbose=0)

expected = model.predict(test_raw / 16, verbose=0)
keras_accuracy = np.mean(expected.argmax(axis=1) == test_labels)
print(f"accuracy {keras_accuracy:.3f}")

# %% export
model.export("digits.onnx", format="onnx", verbose=False)

# %% session
import onnxruntime as ort

session = ort.InferenceSession("digits.onnx", providers=["CPUExecutionProvider"])
for port in (*session.get_inputs(), *session.get_outputs()):
    print(port.name, port.type, port.shape)

# %% run keep="difference" contract="difference < 1e-5"
(outputs,) = session.run(None, {"pixels": test_raw / 16})
difference = np.abs(outputs - expected).max()
print(outputs.shape, outputs.dtype)
print(f"largest difference {difference:.0e}")

# %% float64 raises="InvalidArgument"
session.run(None, {"pixels": digits.data[:3] / 16})

# %% wrong-name raises="ValueError"
session.run(None, {"images": test_raw / 16})

# %% raw keep="raw_difference raw_sure expected_sure" tolerance="5e-2"
(raw_outputs,) = session.run(None, {"pixels": test_raw})
raw_difference = np.abs(raw_outputs - expected).max()
expected_sure = np.mean(expected.max(axis=1) > 0.99)
raw_sure = np.mean(raw_outputs.max(axis=1) > 0.99)
print(f"largest difference {raw_difference:.2f}")
print(f"surer than 99%: {expected_sure:.0%} became {raw_sure:.0%}")

# %% never-called raises="ValueError"
whole = keras.Sequential(
    [keras.Input((64,), name="pixels"), layers.Rescaling(1 / 16), *model.layers]
)
whole.export("whole.onnx", format="onnx", verbose=False)


# %% scaling-inside keep="whole_difference" contract="whole_difference < 1e-5"
def run(path, images):
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return session.run(None, {name: images})[0]


whole.predict(test_raw, verbose=0)
whole.export("whole.onnx", format="onnx", verbose=False)
whole_difference = np.abs(run("whole.onnx", test_raw) - expected).max()
print(f"largest difference {whole_difference:.0e}")

# %% nodes
import onnx

graph = onnx.load("whole.onnx").graph
constants = {one.name: list(one.dims) for one in graph.initializer}
steps = []
for node in graph.node:
    stored = [constants[name] for name in node.input if name in constants]
    steps.append((node.op_type, stored))
    print(node.op_type, *stored)

# %% graph-picture
fig, ax = plt.subplots(figsize=(3.6, 4.6), layout="constrained")
ax.set_title("What is in the file")
ax.set(xlim=(-1, 1.7), ylim=(-len(steps) - 0.4, 0.6))
ax.axis("off")
ax.text(0.6, 0, "constants", color="C1", va="center")
for row, (operation, stored) in enumerate([(graph.input[0].name, []), *steps]):
    color = "C1" if stored else "C2" if row else "C0"
    frame = {"boxstyle": "round", "facecolor": color, "alpha": 0.25}
    ax.text(0, -row, operation, ha="center", va="center", bbox=frame)
    for shape in stored:
        ax.text(0.6, -row, " × ".join(map(str, shape)) or "1", va="center")
    if row:
        style = {"arrowstyle": "->", "shrinkA": 10, "shrinkB": 10}
        ax.annotate("", (0, -row), (0, 1 - row), arrowprops=style)

# %% from-keras raises="KeyError"
import tf2onnx

tf2onnx.convert.from_keras(whole)

# %% output-names
print(hasattr(whole, "output_names"), whole.outputs[0].name)
functional = keras.Model(whole.inputs, whole.outputs)
print(hasattr(functional, "output_names"), functional.output_names)

# %% from-keras-functional
_ = tf2onnx.convert.from_keras(functional, output_path="functional.onnx")


# %% from-function
spec = tf.TensorSpec([None, 64], tf.float32, name="pixels")


@tf.function(input_signature=[spec])
def classify(pixels):
    return {"probabilities": whole(pixels)}


_ = tf2onnx.convert.from_function(
    classify, input_signature=[spec], output_path="named.onnx"
)


# %% compare
for path in ("whole.onnx", "functional.onnx", "named.onnx"):
    (target,) = ort.InferenceSession(path).get_outputs()
    alike = np.allclose(run(path, test_raw), expected, atol=1e-5)
    print(f"{path:16} {target.name:14} as Keras: {alike}")

# %% one-image raises="InvalidArgument"
single = tf.TensorSpec([1, 64], tf.float32, name="pixels")
tf2onnx.convert.from_function(
    tf.function(whole), input_signature=[single], output_path="single.onnx"
)
run("single.onnx", test_raw[:3])

# %% opset
loaded = onnx.load("named.onnx")
onnx.checker.check_model(loaded)
print([(one.domain, one.version) for one in loaded.opset_import])
