# %%
"""Call what older tutorials call when they build and train, and what to call today."""

# %% timeline text="changes"
import matplotlib.pyplot as plt

changes = [
    (2019.71, "keras 2.3", "history key acc"),
    (2019.75, "TensorFlow 2.0", "Session, placeholder, contrib"),
    (2021.61, "TensorFlow 2.6", "to_yaml, predict_classes"),
    (2022.88, "TensorFlow 2.11", "lr= ignored, decay= refused"),
    (2022.94, "scikit-learn 1.2", "load_boston"),
    (2023.51, "TensorFlow 2.13", "np_utils, KerasClassifier"),
    (2024.19, "TensorFlow 2.16, Keras 3", "save(dir), K.mean, lr=,"),
    (2024.44, "", "reset_states, fit_generator"),
]

fig, ax = plt.subplots(figsize=(4.9, 5), layout="constrained")
ax.axvline(0, color="C7")
for year, version, gone in changes:
    left = version in ("keras 2.3", "scikit-learn 1.2")
    x, side, color = (-0.2, "right", "C1") if left else (0.2, "left", "C0")
    if version:
        ax.plot(0, year, "o", color=color)
    ax.text(x, year, version, color=color, ha=side, va="center")
    ax.text(x, year + 0.14, gone, ha=side, va="top")
ax.set(xlim=(-2.9, 4.6), ylim=(2024.98, 2019.4), xticks=[])
ax.set_ylabel("year")
_ = ax.set_title("When old names went")

# %% setup
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from sklearn.datasets import load_digits

images, digits = load_digits(return_X_y=True)
images = (images[:600] / 16).astype("float32")
digits = digits[:600]
print(tf.__version__, keras.__version__)

# %% old-session raises="AttributeError"
tf.Session()

# %% what-is-left
for name in ("Session", "placeholder", "contrib"):
    print(f"tf.compat.v1.{name}: {hasattr(tf.compat.v1, name)}")

# %% compat
v1 = tf.compat.v1

with tf.Graph().as_default(), v1.Session() as session:
    x = v1.placeholder(tf.float32, shape=(None,))
    print(session.run(3 * x, feed_dict={x: [1, 2]}))


# %% eager
@tf.function
def triple(x):
    return 3 * x


print(triple(tf.constant([1.0, 2.0])).numpy())

# %% old-backend raises="AttributeError"
from keras import backend as K

K.sqrt(K.mean(K.square([1.0, 3.0])))

# %% ops
print(f"{float(ops.sqrt(ops.mean(ops.square([1.0, 3.0])))):.4f}")

# %% old-input-shape
with_warning = keras.Sequential([layers.Dense(10, input_shape=(64,))])


# %% input
def build_model():
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [keras.Input((64,)), layers.Dense(10, activation="softmax")]
    )


print(build_model().count_params(), with_warning.count_params())


# %% old-add-weight raises="ValueError"
class OldScale(layers.Layer):
    def build(self, input_shape):
        self.factor = self.add_weight("factor", shape=(input_shape[-1],))

    def call(self, inputs):
        return inputs * self.factor


OldScale()(ops.ones((2, 3)))


# %% add-weight
class Scale(layers.Layer):
    def build(self, input_shape):
        self.factor = self.add_weight(name="factor", shape=(input_shape[-1],))

    def call(self, inputs):
        return inputs * self.factor


scale = Scale()
scale(ops.ones((2, 3)))
print(scale.factor.path, scale.factor.shape)

# %% old-nonneg raises="AttributeError"
layers.Dense(1, kernel_constraint=keras.constraints.nonneg())

# %% nonneg
no_negatives = keras.constraints.NonNeg()
layers.Dense(1, kernel_constraint=no_negatives)
print(no_negatives(ops.array([-1.5, 2.0])).numpy())

# %% old-optimizer raises="AttributeError"
tf.keras.optimizer.Adam()

# %% old-lr raises="ValueError"
tf.keras.optimizers.Adam(lr=0.01)

# %% learning-rate
optimizer = keras.optimizers.Adam(learning_rate=0.01)
print(f"{float(optimizer.learning_rate):.3f}")
optimizer.learning_rate = 0.002
print(f"{float(optimizer.learning_rate):.3f}")


# %% old-decay keep="decay_rate"
def train(optimizer, epochs=2, callbacks=()):
    model = build_model()
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(
        images, digits, batch_size=60, epochs=epochs, callbacks=callbacks, verbose=0
    )
    return model, history


model, _ = train(keras.optimizers.SGD(0.1, decay=0.01))
decay_rate = float(model.optimizer.learning_rate)
print(f"after {int(model.optimizer.iterations)} steps: {decay_rate:.4f}")

# %% inverse-time keep="schedule_rate"
schedule = keras.optimizers.schedules.InverseTimeDecay(
    0.1, decay_steps=1, decay_rate=0.01
)
model, _ = train(keras.optimizers.SGD(schedule))
schedule_rate = float(model.optimizer.learning_rate)
print(f"after {int(model.optimizer.iterations)} steps: {schedule_rate:.4f}")

# %% old-history-lr raises="KeyError"
halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
_, history = train(keras.optimizers.SGD(0.1), callbacks=[halve])
history.history["lr"]

# %% history-learning-rate
print([f"{rate:.3f}" for rate in history.history["learning_rate"]])

# %% old-auto raises="ValueError"
keras.losses.MeanSquaredError(reduction=tf.keras.losses.Reduction.AUTO)

# %% reduction
by_default = keras.losses.MeanSquaredError()
added_up = keras.losses.MeanSquaredError(reduction="sum")
targets, outputs = np.zeros((4, 1)), np.full((4, 1), 3.0)
print(float(by_default(targets, outputs)), float(added_up(targets, outputs)))

# %% old-fit-generator raises="AttributeError"
rng = np.random.default_rng(0)


def batches(size=60):
    while True:
        chosen = rng.integers(0, len(images), size)
        yield images[chosen], digits[chosen]


model, _ = train(keras.optimizers.Adam(0.02), epochs=5)
model.fit_generator(batches(), steps_per_epoch=10)

# %% fit-generator contract="loss < 1.0" keep="loss"
history = model.fit(batches(), steps_per_epoch=10, epochs=2, shuffle=False, verbose=0)
loss = history.history["loss"][-1]
print(f"loss {loss:.2f}")

# %% old-predict-classes raises="AttributeError"
model.predict_classes(images[:6])

# %% predict
scores = model.predict(images[:6], verbose=0)
print(f"predicted: {scores.argmax(axis=-1)}")
print(f"true:      {digits[:6]}")
