# %%
"""Watch the numbers that Keras reports while a model learns delivery times."""

# %% setup
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% deliveries
random = np.random.default_rng(0)
distance = random.uniform(0, 5, (400, 1))  # kilometres
floors = random.integers(0, 5, (400, 1))  # stairs to climb
noise = random.normal(0, 2, (400, 1))

inputs = np.concatenate([distance, floors], axis=1).astype("float32")
minutes = (5 + 4 * distance + 2 * floors + noise).astype("float32")
train_inputs, val_inputs = inputs[:300], inputs[300:]
train_minutes, val_minutes = minutes[:300], minutes[300:]


# %% within-three
def within_three(y_true, y_pred):
    return ops.mean(ops.abs(y_true - y_pred) <= 3, axis=-1)


# %% fit-with-metrics keep="last_loss last_mae last_share"
def build_model():
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((2,)), layers.Dense(1)])


model = build_model()
model.compile(
    optimizer=keras.optimizers.SGD(0.01),
    loss="mean_squared_error",
    metrics=["mae", within_three],
)
history = model.fit(
    train_inputs,
    train_minutes,
    epochs=20,
    validation_data=(val_inputs, val_minutes),
    verbose=0,
)
for name, values in history.history.items():
    print(f"{name:<16} {values[-1]:.3f}")

last_loss = history.history["loss"][-1]
last_mae = history.history["mae"][-1]
last_share = history.history["within_three"][-1]

# %% share-as-loss raises="ValueError"
model = build_model()
model.compile(optimizer="sgd", loss=within_three)
model.fit(train_inputs, train_minutes, verbose=0)

# %% four-spellings
model = build_model()
model.compile(
    optimizer="sgd",
    loss="mse",
    metrics=[
        "mse",
        "mean_absolute_error",
        keras.metrics.MeanAbsoluteError(),
        keras.metrics.RootMeanSquaredError(name="rmse"),
    ],
)
history = model.fit(train_inputs, train_minutes, verbose=0)
print(list(history.history))

# %% long-name raises="KeyError"
history.history["mean_squared_error"]

# %% given-name
print(f"{history.history['mse'][-1]:.3f}")


# %% watch
class Watch(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.reported, self.actual = [], []

    def on_train_batch_end(self, batch, logs=None):
        errors = ops.abs(train_minutes - self.model(train_inputs))
        self.reported.append(float(logs["mae"]))
        self.actual.append(float(ops.mean(errors)))


# %% first-epoch keep="reported val_reported"
model = build_model()
model.compile(keras.optimizers.SGD(0.01), "mse", metrics=["mae"])
watch = Watch()
history = model.fit(
    train_inputs,
    train_minutes,
    batch_size=30,
    validation_data=(val_inputs, val_minutes),
    callbacks=[watch],
    verbose=0,
)
reported = history.history["mae"][0]
val_reported = history.history["val_mae"][0]
print(f"mae {reported:.3f}, val_mae {val_reported:.3f}")

# %% measured-after keep="train_mae val_mae"
_, train_mae = model.evaluate(train_inputs, train_minutes, verbose=0)
_, val_mae = model.evaluate(val_inputs, val_minutes, verbose=0)
print(f"training {train_mae:.3f}, validation {val_mae:.3f}")

# %% running-mean
batches = range(1, 11)
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.plot(batches, watch.reported, "o-", color="C0", label="reported: mean so far")
ax.plot(batches, watch.actual, "o-", color="C1", label="error after this batch")
ax.plot(10, val_reported, "D", color="C2", label="val_mae")
ax.set_title("One epoch, batch by batch")
ax.set_xlabel("batch")
ax.set_ylabel("mean absolute error, minutes")
ax.set_xticks([1, 4, 7, 10])
ax.set_ylim(bottom=0)
_ = ax.legend()

# %% frozen keep="frozen_reported frozen_measured"
model.compile(keras.optimizers.SGD(0.0), "mse", metrics=["mae"])
history = model.fit(train_inputs, train_minutes, batch_size=30, verbose=0)
_, frozen_measured = model.evaluate(train_inputs, train_minutes, verbose=0)
frozen_reported = history.history["mae"][0]
print(f"reported {frozen_reported:.3f}, measured {frozen_measured:.3f}")

# %% frozen-dropout keep="dropout_reported dropout_measured"
with_dropout = keras.Sequential([model, layers.Dropout(0.2)])
with_dropout.compile(keras.optimizers.SGD(0.0), "mse", metrics=["mae"])
history = with_dropout.fit(train_inputs, train_minutes, batch_size=30, verbose=0)
_, dropout_measured = with_dropout.evaluate(train_inputs, train_minutes, verbose=0)
dropout_reported = history.history["mae"][0]
print(f"reported {dropout_reported:.3f}, measured {dropout_measured:.3f}")

# %% metrics-names
model.compile(loss="mse", metrics=["mae", within_three])
values = model.evaluate(val_inputs, val_minutes, verbose=0)
named = dict(zip(model.metrics_names, values, strict=False))
for name, value in named.items():
    print(f"{name:<16} {value:.3f}")

# %% return-dict
named = model.evaluate(val_inputs, val_minutes, verbose=0, return_dict=True)
for name, value in named.items():
    print(f"{name:<16} {value:.3f}")
