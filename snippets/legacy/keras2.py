# %%
"""Run older Keras code with Keras 2, which lives on as the package tf_keras."""

# module: environment="TF_USE_LEGACY_KERAS=1"

# %% setup
import os

os.environ["TF_USE_LEGACY_KERAS"] = "1"  # before TensorFlow is imported

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

images, digits = load_digits(return_X_y=True)
images = (images[:600] / 16).astype("float32")
digits = digits[:600]

# %% which
import keras
import tf_keras

print(f"tf.keras: {tf.keras.layers.Dense.__module__} ({tf_keras.__version__})")
print(f"keras:    {keras.layers.Dense.__module__} ({keras.__version__})")

# %% mixed raises="TypeError"
tf.keras.Sequential([keras.layers.Dense(10)])

# %% model
from tensorflow.keras import layers

tf.keras.utils.set_random_seed(0)
model = tf.keras.Sequential([layers.Dense(10, input_shape=(64,), activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])

# %% backend
K = tf.keras.backend
print(f"{float(K.sqrt(K.mean(K.square(tf.constant([1.0, 3.0]))))):.4f}")


# %% add-weight
class Scale(layers.Layer):
    def build(self, input_shape):
        self.factor = self.add_weight("factor", shape=(input_shape[-1],))

    def call(self, inputs):
        return inputs * self.factor


scale = Scale()
scale(tf.ones((2, 3)))
print(scale.factor.name, scale.factor.shape)


# %% fit-generator
rng = np.random.default_rng(0)


def batches(size=60):
    while True:
        chosen = rng.integers(0, len(images), size)
        yield images[chosen], digits[chosen]


halve = tf.keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
history = model.fit_generator(
    batches(), steps_per_epoch=10, epochs=2, callbacks=[halve], verbose=0
)
print(list(history.history))

# %% metrics-names
print(model.metrics_names, len(model.evaluate(images, digits, verbose=0)))

# %% reset-states
precision = tf.keras.metrics.Precision()
precision.update_state([0, 1, 1], [0.2, 0.9, 0.4])
print(f"before: {float(precision.result())}")
precision.reset_states()
print(f"after:  {float(precision.result())}")

# %% cosine-proximity
wind, forecast = tf.constant([[1.0, 2.0]]), tf.constant([[2.0, 4.0]])
metric = tf.keras.metrics.get("cosine_proximity")
loss = tf.keras.losses.get("cosine_similarity")
print(f"metric {float(metric(wind, forecast)[0]):.1f}")
print(f"loss  {float(loss(wind, forecast)[0]):.1f}")


# %% save-folder contract="difference < 1e-6" keep="difference"
def largest_difference(after):
    difference = float(np.abs(after - before).max())
    print(f"largest difference: {difference:.1e}")
    return difference


before = model.predict(images, verbose=0)
model.save("digits_model")
loaded = tf.keras.models.load_model("digits_model")
difference = largest_difference(loaded.predict(images, verbose=0))

# %% weights contract="difference < 1e-6" keep="difference"
model.save_weights("digits_weights.h5")
loaded.load_weights("digits_weights.h5")
difference = largest_difference(loaded.predict(images, verbose=0))

# %% ignored-lr keep="ignored_rate"
ignored_rate = float(tf.keras.optimizers.Adam(lr=0.5).learning_rate)
print(f"{ignored_rate:.3f}")

# %% legacy-lr keep="legacy_rate"
legacy_rate = float(tf.keras.optimizers.legacy.Adam(lr=0.5).learning_rate)
print(f"{legacy_rate:.3f}")


# %% to-yaml raises="RuntimeError"
model.to_yaml()

# %% predict-classes raises="AttributeError"
model.predict_classes(images[:6])

# %% no-file
model.save("digits.keras")
try:
    keras.saving.load_model("digits.keras")
except TypeError as error:
    print(type(error).__name__, str(error).split(". ")[0])

# %% carry-over contract="difference < 1e-5" keep="difference"
new_model = keras.Sequential(
    [keras.Input((64,)), keras.layers.Dense(10, activation="softmax")]
)
new_model.load_weights("digits.keras")
difference = largest_difference(new_model.predict(images, verbose=0))

# %% folder contract="difference < 1e-5" keep="difference"
served = keras.layers.TFSMLayer("digits_model", call_endpoint="serving_default")
(after,) = served(images).values()
difference = largest_difference(after.numpy())
