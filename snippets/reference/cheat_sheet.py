# %%
"""Every metric and every file format of the cheat sheet, once."""

# %% setup
import warnings
from pathlib import Path

import keras
import numpy as np
import onnxruntime
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from keras import layers, metrics


def show(truth, predicted, *wanted):
    for metric in wanted:
        metric.update_state(truth, tf.constant(predicted))
        result = float(np.squeeze(metric.result()))
        print(f"{type(metric).__name__:<31}{result:7.3f}")


# %% yes-or-no
sick = [[1], [1], [1], [1], [0], [0], [0], [0]]
scores = [[0.9], [0.8], [0.4], [0.3], [0.6], [0.2], [0.1], [0.05]]
show(
    sick,
    scores,
    metrics.BinaryAccuracy(),
    metrics.Precision(),
    metrics.Recall(),
    metrics.F1Score(threshold=0.5),
    metrics.AUC(),
)

# %% several-classes
classes = [0, 1, 2, 2]
shares = [[0.7, 0.2, 0.1], [0.3, 0.4, 0.3], [0.1, 0.3, 0.6], [0.2, 0.5, 0.3]]
show(
    classes,
    shares,
    metrics.SparseCategoricalAccuracy(),
    metrics.SparseTopKCategoricalAccuracy(k=2),
)
show(
    keras.utils.to_categorical(classes),
    shares,
    metrics.CategoricalAccuracy(),
    metrics.F1Score(average="macro"),
    metrics.Recall(class_id=2, top_k=1),
)
decisions = np.argmax(shares, axis=1)
print(tf.math.confusion_matrix(classes, decisions, num_classes=3).numpy())

# %% numbers
minutes = [[10.0], [20.0], [30.0], [40.0]]
guesses = [[12.0], [18.0], [33.0], [50.0]]
show(
    minutes,
    guesses,
    metrics.MeanAbsoluteError(),
    metrics.MeanSquaredError(),
    metrics.RootMeanSquaredError(),
    metrics.R2Score(),
    metrics.MeanAbsolutePercentageError(),
    metrics.MeanSquaredLogarithmicError(),
    metrics.MeanMetricWrapper(keras.losses.huber),
)
show([[3.0, 4.0]], [[4.0, 3.0]], metrics.CosineSimilarity())


# %% model
def make_model():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((1,)), layers.Dense(32), layers.Dense(1)])
    model.compile("adam", "mean_squared_error")
    return model


model = make_model()
_ = model.fit(np.array(minutes) / 60, np.array(guesses) / 60, epochs=5, verbose=0)

# %% write
model.save("model.keras")
model.save_weights("model.weights.h5")
Path("model.json").write_text(model.to_json())
model.export("service", verbose=False)
model.export("model.tflite", format="litert", verbose=False)
with warnings.catch_warnings(action="ignore"):
    model.export("model.onnx", format="onnx", verbose=False)

# %% read keep="json_steps"
weights_only = make_model()
weights_only.optimizer.build(weights_only.trainable_variables)
weights_only.load_weights("model.weights.h5")
loaded = {
    "model.keras": keras.saving.load_model("model.keras"),
    "model.weights.h5": weights_only,
    "model.json": keras.models.model_from_json(Path("model.json").read_text()),
    "service": tf.saved_model.load("service"),
    "model.tflite": Interpreter("model.tflite"),
    "model.onnx": onnxruntime.InferenceSession("model.onnx"),
}
for name, found in loaded.items():
    files = [file for file in (Path(name), *Path(name).rglob("*")) if file.is_file()]
    size = sum(file.stat().st_size for file in files) / 1000
    if hasattr(found, "fit"):
        steps = int(found.optimizer.iterations)
        print(f"{name:18}{size:3.0f} kB  trains on after step {steps}")
    else:
        print(f"{name:18}{size:3.0f} kB  predicts only")
json_steps = int(loaded["model.json"].optimizer.iterations)
