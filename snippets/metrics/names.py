# %%
"""Find out which metric a name, a function or a loss stands for."""

# %% setup
import warnings

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

# %% late-deliveries
random = np.random.default_rng(0)
inputs = random.normal(size=(300, 2)).astype("float32")  # distance, traffic
delay = inputs[:, 0] + inputs[:, 1] + random.normal(0, 0.7, 300)
late = (delay > 0).astype("int32")


# %% acc
def build_model(outputs, activation):
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [keras.Input((2,)), layers.Dense(outputs, activation=activation)]
    )


model = build_model(1, "sigmoid")
model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy", metrics=["acc"])
history = model.fit(
    inputs[:200],
    late[:200],
    epochs=15,
    validation_data=(inputs[200:], late[200:]),
    verbose=0,
)
print(list(history.history))

# %% acc-curve
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.plot(history.history["acc"], color="C0", label="acc")
ax.plot(history.history["val_acc"], color="C1", label="val_acc")
ax.set_xticks([0, 5, 10])
ax.set_title("Late or in time?")
ax.set_xlabel("epoch")
ax.set_ylabel("accuracy")
_ = ax.legend()

# %% resolved
vehicles = np.digitize(delay, [-1, 1])  # 0 bicycle, 1 scooter, 2 car
one_hot = keras.utils.to_categorical(vehicles)

for outputs, labels, loss in [
    (1, late, "binary_crossentropy"),
    (3, vehicles, "sparse_categorical_crossentropy"),
    (3, one_hot, "categorical_crossentropy"),
]:
    untrained = build_model(outputs, "sigmoid")
    untrained.compile(loss=loss, metrics=["accuracy"])
    untrained.evaluate(inputs, labels, verbose=0)
    accuracy = untrained.metrics[-1].metrics[0]
    print(f"outputs {outputs}, labels {labels.shape}: {type(accuracy).__name__}")

# %% questions
far, jammed = inputs[:, 0] > 0, inputs[:, 1] > 0
answers = np.column_stack([far, jammed, late]).astype("float32")
questions_model = build_model(3, "sigmoid")
questions_model.compile(keras.optimizers.Adam(0.1), "binary_crossentropy")
_ = questions_model.fit(inputs, answers, epochs=10, verbose=0)

# %% questions-accuracy keep="resolved_accuracy"
questions_model.compile(loss="binary_crossentropy", metrics=["accuracy"])
_, resolved_accuracy = questions_model.evaluate(inputs, answers, verbose=0)
print(f"accuracy {resolved_accuracy:.3f}")

# %% questions-binary keep="answer_accuracy"
questions_model.compile(loss="binary_crossentropy", metrics=["binary_accuracy"])
_, answer_accuracy = questions_model.evaluate(inputs, answers, verbose=0)
print(f"accuracy {answer_accuracy:.3f}")

# %% vehicle-model
vehicle_model = build_model(3, "softmax")
vehicle_loss = "sparse_categorical_crossentropy"
vehicle_model.compile(keras.optimizers.Adam(0.05), vehicle_loss)
vehicle_model.fit(inputs, vehicles, epochs=10, verbose=0)


def score_vehicles(labels, metric):
    vehicle_model.compile(loss=vehicle_loss, metrics=[metric])
    return vehicle_model.evaluate(inputs, labels, verbose=0)[1]


# %% top-five keep="top_five"
top_five = score_vehicles(vehicles, "sparse_top_k_categorical_accuracy")
print(f"top-k accuracy {top_five:.3f}")

# %% top-two keep="top_two"
metric = keras.metrics.SparseTopKCategoricalAccuracy(k=2, name="top_2")
top_two = score_vehicles(vehicles, metric)
print(f"top-2 accuracy {top_two:.3f}")

# %% dense-top-k raises="ValueError"
metric = keras.metrics.TopKCategoricalAccuracy(k=2, name="top_2")
score_vehicles(vehicles, metric)

# %% dense-top-k-column keep="column_top_two bicycle_share"
metric = keras.metrics.TopKCategoricalAccuracy(k=2, name="top_2")
column_top_two = score_vehicles(vehicles[:, np.newaxis], metric)

best_two = vehicle_model.predict(inputs, verbose=0).argsort(axis=1)[:, -2:]
bicycle_share = float((best_two == 0).any(axis=1).mean())
print(f"top-2 accuracy {column_top_two:.3f}")
print(f"bicycle among the best two {bicycle_share:.3f}")


# %% train-with
def train_with(metric):
    model = build_model(1, "sigmoid")
    optimizer = keras.optimizers.Adam(0.5)
    model.compile(optimizer, "binary_crossentropy", metrics=[metric])
    stop = keras.callbacks.EarlyStopping("val_precision", mode="max", patience=3)
    history = model.fit(
        inputs[:200],
        late[:200],
        batch_size=200,
        epochs=12,
        validation_data=(inputs[200:], late[200:]),
        callbacks=[stop],
        verbose=0,
    )
    print(f"{len(history.epoch)} epochs, {list(history.history)}")


# %% unnamed
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    train_with(keras.metrics.Precision())
    train_with(keras.metrics.Precision())
print(str(caught[0].message).partition(" Available")[0])

# %% named
train_with(keras.metrics.Precision(name="precision"))

# %% echo
actual = np.array([[12], [18], [25], [31], [40]], dtype="float32")
predicted = np.array([[14], [17], [25], [30], [60]], dtype="float32")
echo = keras.Sequential([keras.Input((1,)), layers.Identity()])


def score_minutes(metric):
    # no graph for five rows
    echo.compile(loss="mse", metrics=[metric], run_eagerly=True)
    return echo.evaluate(predicted, actual, batch_size=2, verbose=0)[1]


# %% log-error
print(f"{score_minutes('msle'):.4f}")

# %% loss-names
for name in ["mse", "msle", "kl_divergence", "kld", "huber", "log_cosh"]:
    keras.losses.get(name)
    try:
        print(f"{name:<14}", type(keras.metrics.get(name)).__name__)
    except ValueError as error:
        print(f"{name:<14}", error)

# %% huber-by-name raises="ValueError"
echo.compile(loss="huber", metrics=["huber"])
echo.evaluate(predicted, actual, verbose=0)

# %% huber-object keep="object_huber"
object_huber = score_minutes(keras.losses.Huber())
print(f"Huber {object_huber:.2f}")

# %% huber-function keep="function_huber"
print(keras.losses.huber(actual, predicted).numpy())
function_huber = score_minutes(keras.losses.huber)
print(f"Huber {function_huber:.2f}")

# %% huber-wide keep="wide_huber"
metric = keras.metrics.MeanMetricWrapper(keras.losses.huber, "huber_5", delta=5.0)
wide_huber = score_minutes(metric)
print(f"Huber {wide_huber:.2f}")

# %% cosine-gone raises="ValueError"
score_minutes("cosine_proximity")

# %% cosine-sign keep="similarity cosine_loss"
wind, forecast = [[3.0, 4.0]], [[6.0, 8.0]]  # same direction, twice the speed
similarity = float(keras.metrics.CosineSimilarity()(wind, forecast))
cosine_loss = float(keras.losses.CosineSimilarity()(wind, forecast))
print(f"metric {similarity:.3f}, loss {cosine_loss:.3f}")

# %% cosine-one-column keep="one_column"
one_column = score_minutes("cosine_similarity")
print(f"metric {one_column:.3f}")
