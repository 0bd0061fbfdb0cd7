# %%
"""Convert a digits classifier to LiteRT, run it, shrink it, and compare every step."""

# %% setup
import contextlib
import os
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(0)

# %% files-picture text="rows"
rows = [
    ("save:\nmodel.keras", "Keras:\ngo on training"),
    ("export:\nSavedModel folder", "TensorFlow Serving:\nservers"),
    ("export:\nmodel.tflite", "LiteRT: phones,\nsmall boards"),
    ("export:\nmodel.onnx", "ONNX Runtime:\nmany languages"),
]

fig, ax = plt.subplots(figsize=(4.8, 3.8), layout="constrained")
ax.set_title("One model, four files")
ax.set(xlim=(-0.08, 1.08), ylim=(-3.5, 0.5))
ax.axis("off")


def box(x, y, color, label):
    frame = {"boxstyle": "round", "facecolor": color, "alpha": 0.25}
    return ax.text(x, y, label, ha="center", va="center", bbox=frame)


def arrow(start, end):
    patches = {"patchA": start.get_bbox_patch(), "patchB": end.get_bbox_patch()}
    style = {"arrowstyle": "->", "color": "C7", **patches}
    ax.annotate("", end.get_position(), start.get_position(), arrowprops=style)


trained = ax.text(0, -1.5, "trained\nmodel", ha="center", va="center")
trained.set_bbox({"boxstyle": "round", "facecolor": "C1", "alpha": 0.25})
for row, (file, runtime) in enumerate(rows):
    middle, right = box(0.42, -row, "C0", file), box(0.87, -row, "C2", runtime)
    arrow(trained, middle)
    arrow(middle, right)

# %% digits
digits = load_digits()
pixels = (digits.data / 16).astype("float32")
train_inputs, test_inputs, train_labels, test_labels = train_test_split(
    pixels, digits.target, test_size=0.3, stratify=digits.target, random_state=0
)

# %% model keep="keras_accuracy" contract="keras_accuracy > 0.93"
model = keras.Sequential(
    [
        keras.Input((64,), name="pixels"),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(train_inputs, train_labels, epochs=10, verbose=0)

expected = model.predict(test_inputs, verbose=0)
keras_accuracy = np.mean(expected.argmax(axis=1) == test_labels)
print(f"accuracy {keras_accuracy:.3f}")

# %% no-folder raises="OSError"
tf.lite.TFLiteConverter.from_saved_model("saved_model")

# %% convert
model.export("digits", verbose=False)
converter = tf.lite.TFLiteConverter.from_saved_model("digits")
content = converter.convert()
Path("digits.tflite").write_bytes(content)
print(f"{len(content) / 1000:.0f} kB")

# %% export
model.export("direct.tflite", format="litert", verbose=False)
print(f"{Path('direct.tflite').stat().st_size / 1000:.0f} kB")

# %% interpreter
from ai_edge_litert.interpreter import Interpreter

interpreter = Interpreter(model_path="digits.tflite")
(entry,) = interpreter.get_input_details()
print(entry["name"], entry["dtype"].__name__)
print(entry["shape"], entry["shape_signature"])

# %% one-image
interpreter.allocate_tensors()
interpreter.set_tensor(entry["index"], test_inputs[:1])
interpreter.invoke()

(result,) = interpreter.get_output_details()
probabilities = interpreter.get_tensor(result["index"])
print(probabilities.shape, probabilities.argmax(), test_labels[0])

# %% three-images raises="ValueError"
interpreter.set_tensor(entry["index"], test_inputs[:3])

# %% resize
interpreter.resize_tensor_input(entry["index"], (3, 64))
interpreter.allocate_tensors()
interpreter.set_tensor(entry["index"], test_inputs[:3])
interpreter.invoke()
print(interpreter.get_tensor(result["index"]).shape)

# %% float64 raises="ValueError"
interpreter.set_tensor(entry["index"], digits.data[:3] / 16)


# %% signature keep="difference" contract="difference < 1e-5"
def run(path, images=test_inputs):
    runner = Interpreter(model_path=path).get_signature_runner()
    (name,) = runner.get_input_details()
    (outputs,) = runner(**{name: images}).values()
    return outputs


difference = np.abs(run("digits.tflite") - expected).max()
print(f"largest difference {difference:.0e}")

# %% old-interpreter
old = tf.lite.Interpreter(model_path="digits.tflite")


# %% without-log
@contextlib.contextmanager
def without_log():
    # Compiled code writes its log to file descriptor 2, past sys.stderr.
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


# %% compiled-model
from ai_edge_litert.compiled_model import CompiledModel


@without_log()
def run_compiled(images):
    compiled = CompiledModel.from_file("digits.tflite")
    compiled.resize_input_tensor(0, images.shape)
    (source,) = compiled.create_input_buffers(0)
    (target,) = compiled.create_output_buffers(0)
    source.write(images)
    compiled.run_by_index(0, [source], [target])
    return target.read(len(images) * 10, np.float32).reshape(-1, 10)


def accuracy(outputs):
    return np.mean(outputs.argmax(axis=1) == test_labels)


# %% whole-numbers keep="integer_accuracy" contract="integer_accuracy < 0.2"
whole_numbers = np.round(test_inputs * 16).astype("int32")
integer_accuracy = accuracy(run_compiled(whole_numbers))
print(f"accuracy {integer_accuracy:.3f}")

# %% right-numbers keep="float_accuracy" contract="float_accuracy > 0.93"
real_numbers = whole_numbers.astype("float32") / 16
float_accuracy = accuracy(run_compiled(real_numbers))
print(f"accuracy {float_accuracy:.3f}")

# %% quantize
half = {"supported_types": [tf.float16]}
smaller = {"format": "litert", "optimizations": [tf.lite.Optimize.DEFAULT]}

model.export("half.tflite", target_spec=half, verbose=False, **smaller)
model.export("int8.tflite", verbose=False, **smaller)


# %% measure keep="int8_error int8_accuracy" contract="int8_accuracy > 0.93"
def measure(path):
    outputs = run(path)
    size = Path(path).stat().st_size / 1000
    error = np.abs(outputs - expected).max()
    right = accuracy(outputs)
    print(f"{path:14}{size:3.0f} kB  error {error:.0e}  accuracy {right:.3f}")
    return size, error, right


paths = ["digits.tflite", "half.tflite", "int8.tflite"]
measured = [measure(path) for path in paths]
_, int8_error, int8_accuracy = measured[-1]


# %% calibrate keep="calibrated_accuracy" contract="calibrated_accuracy > 0.93"
def samples_of(images):
    def samples():
        for image in images[:100]:
            yield [image[None]]

    return samples


samples = samples_of(train_inputs)
with without_log():
    model.export(
        "full.tflite", representative_dataset=samples, verbose=False, **smaller
    )
measured.append(measure("full.tflite"))
_, _, calibrated_accuracy = measured[-1]

# %% calibrate-twice-scaled keep="wrong_accuracy" contract="wrong_accuracy < 0.9"
samples = samples_of(train_inputs / 16)
with without_log():
    model.export(
        "wrong.tflite", representative_dataset=samples, verbose=False, **smaller
    )
_, _, wrong_accuracy = measure("wrong.tflite")

# %% size-and-error text="names"
names = ["float32", "float16", "int8 weights", "int8, calibrated"]

fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
for name, up, point in zip(names, (-4, -4, -10, 0), measured, strict=True):
    size, error, _ = point
    ax.plot(size, error, "o", markersize=9)
    ax.annotate(name, (size, error), (9, up), textcoords="offset points")
ax.set_yscale("log")
ax.set_title("The price of a smaller file")
ax.set(xlim=(0, 52), ylim=(1e-8, 1))
ax.set_xlabel("size of the file in kB")
_ = ax.set_ylabel("largest error")

# %% saved-model
tf.saved_model.save(model, "served/1")
loaded = tf.saved_model.load("served/1").signatures["serving_default"]
outputs = loaded(inputs=test_inputs)["output_0"].numpy()
alike = np.allclose(outputs, expected, atol=1e-5)
print(f"as Keras: {alike}")


# %% saved-model-convert keep="naive_rows all_rows"
def rows_alike(path):
    alike = np.isclose(run(path), expected, atol=1e-4).all(axis=1)
    return int(alike.sum())


converter = tf.lite.TFLiteConverter.from_saved_model("served/1")
content = converter.convert()
Path("naive.tflite").write_bytes(content)
naive_rows, all_rows = rows_alike("naive.tflite"), len(expected)
print(f"{len(content) / 1000:.0f} kB")
print(f"{naive_rows} of {all_rows} rows as Keras")

# %% export-convert keep="export_rows"
export_rows = rows_alike("digits.tflite")
print(f"{export_rows} of {all_rows} rows as Keras")

# %% operations
import io
import re
from collections import Counter


def print_operations(path):
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        tf.lite.experimental.Analyzer.analyze(model_path=path)
    names = re.findall(r"Op#\d+ (\w+)", text.getvalue())
    print(path)
    for name, count in Counter(names).items():
        print(f"  {count} {name}")


print_operations("digits.tflite")
print_operations("naive.tflite")


# %% unfilled
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel


def unfilled(folder):
    saved = SavedModel.FromString(Path(folder, "saved_model.pb").read_bytes())
    (graph,) = saved.meta_graphs
    # The first input is the data, or the name of the checkpoint.
    inputs = {node.name: node.input[1:] for node in graph.graph_def.node}
    (output,) = graph.signature_def["serving_default"].outputs.values()
    read = inputs[output.name.partition(":")[0]]
    filled = inputs[graph.saver_def.restore_op_name]
    return [name for name in read if name not in filled]


print("model.export", *unfilled("digits"), sep="\n  ")
print("tf.saved_model.save", *unfilled("served/1"), sep="\n  ")

# %% two-sets
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.set_title("Who fills what the signature reads?")
ax.set(xlim=(0, 1), ylim=(-3.2, 0.9))
ax.axis("off")
ax.text(0, 0.6, "model.export", color="C0")
ax.text(0, -1.2, "tf.saved_model.save", color="C0")
for y, variables, filled, read in (
    (0, "kernel, bias, …", True, True),
    (-1.8, "Variable, Variable_1, …", True, False),
    (-2.8, "kernel, bias, …", False, True),
):
    color = "C2" if filled else "C3"
    frame = {"boxstyle": "round", "facecolor": color, "alpha": 0.3}
    ax.text(0.53, y, variables, ha="center", va="center", bbox=frame)
    if filled:
        ax.text(0, y, "checkpoint", va="center")
        ax.annotate("", (0.32, y), (0.21, y), arrowprops={"arrowstyle": "->"})
    if read:
        ax.text(1, y, "signature", ha="right", va="center")
        ax.annotate("", (0.83, y), (0.74, y), arrowprops={"arrowstyle": "->"})
_ = ax.text(0, -2.8, "nobody", color="C3", va="center")

# %% rescue keep="rescued_rows"
loaded = tf.saved_model.load("served/1")
signature = loaded.signatures["serving_default"]
converter = tf.lite.TFLiteConverter.from_concrete_functions([signature], loaded)
Path("rescued.tflite").write_bytes(converter.convert())
rescued_rows = rows_alike("rescued.tflite")
print(f"{rescued_rows} of {all_rows} rows as Keras")
