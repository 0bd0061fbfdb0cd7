# %%
"""Measure over many batches: metric functions, their traps, metrics with a state."""

# %% setup
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import backend, layers, ops

# %% two-days
late_monday = [1, 1, 0, 1, 0, 1, 0, 0]  # 1: came late
alarm_monday = [1, 1, 0, 1, 0, 1, 1, 0]  # 1: announced as late
late_tuesday = [0, 0, 1, 0, 0, 1, 0, 0]
alarm_tuesday = [1, 0, 0, 1, 0, 0, 0, 1]

# %% two-days-picture
fig, axes = plt.subplots(2, 1, figsize=(4.8, 2.2), layout="constrained")
fig.suptitle("Every alarm, and what happened")
axes[0].set_title("Monday")
axes[1].set_title("Tuesday")

days = [(late_monday, alarm_monday), (late_tuesday, alarm_tuesday)]
for ax, (late, alarms) in zip(axes, days, strict=True):
    outcomes = np.sort(np.array(late)[np.array(alarms) == 1])[::-1]
    for place, was_late in enumerate(outcomes):
        color = "C0" if was_late else "C1"
        ax.add_patch(plt.Rectangle((place, 0), 0.92, 1, color=color))
    for place, was_late in enumerate(outcomes):
        mark = "\N{HEAVY CHECK MARK}" if was_late else "\N{MULTIPLICATION SIGN}"
        ax.text(
            place + 0.46, 0.46, mark, color="white", size=18, ha="center", va="center"
        )
    ax.set_xlim(0, 5)
    ax.axis("off")

# %% mean-of-days keep="monday tuesday mean_of_days"
monday = float(keras.metrics.Precision()(late_monday, alarm_monday))
tuesday = float(keras.metrics.Precision()(late_tuesday, alarm_tuesday))
mean_of_days = (monday + tuesday) / 2
print(f"{monday:.2f} and {tuesday:.2f}, mean {mean_of_days:.2f}")

# %% streaming keep="first_result second_result"
precision = keras.metrics.Precision(name="precision")
first_result = float(precision(late_monday, alarm_monday))
second_result = float(precision(late_tuesday, alarm_tuesday))
print(f"after Monday {first_result:.2f}, after Tuesday {second_result:.2f}")

# %% result
precision.result()

# %% state
for variable in precision.variables:
    print(variable.name, variable.numpy())

# %% reset-states raises="AttributeError"
precision.reset_states()

# %% reset-state
precision.reset_state()
for variable in precision.variables:
    print(variable.name, variable.numpy())
print(f"result {float(precision.result()):.1f}")


# %% backend-function raises="AttributeError"
def squared_error(y_true, y_pred):
    return backend.mean(backend.square(y_pred - y_true), axis=-1)


actual = np.array([[12], [18], [25], [31], [40]], dtype="float32")
predicted = np.array([[14], [17], [28], [27], [60]], dtype="float32")
squared_error(actual, predicted)


# %% ops-function
def squared_error(y_true, y_pred):
    return ops.mean(ops.square(y_pred - y_true), axis=-1)


print(squared_error(actual, predicted).numpy())

# %% function-in-evaluate
echo = keras.Sequential([keras.Input((1,)), layers.Identity()])


def score(metric, y_true=actual, batch_size=2):
    # no graph for five rows
    echo.compile(loss="mse", metrics=[metric], run_eagerly=True)
    results = echo.evaluate(predicted, y_true, batch_size=batch_size, verbose=0)
    return results[1]


print(f"function {score(squared_error):.2f}, mse {score('mse'):.2f}")


# %% root-per-row keep="per_row mae"
def root_per_row(y_true, y_pred):
    return ops.sqrt(ops.mean(ops.square(y_pred - y_true), axis=-1))


per_row, mae = score(root_per_row), score("mae")
print(f"function {per_row:.3f}, mae {mae:.3f}")


# %% root-per-batch keep="batches_of_two batches_of_four"
def root_per_batch(y_true, y_pred):
    return ops.sqrt(ops.mean(ops.square(y_pred - y_true)))


batches_of_two = score(root_per_batch, batch_size=2)
batches_of_four = score(root_per_batch, batch_size=4)
print(f"batches of 2: {batches_of_two:.3f}, of 4: {batches_of_four:.3f}")

# %% rmse-object keep="rmse"
rmse = score(keras.metrics.RootMeanSquaredError())
print(f"RMSE {rmse:.3f}, root of the loss {score('mse') ** 0.5:.3f}")

# %% flat-labels keep="flat_error flat_mae"
flat = actual[:, 0]


def absolute_error(y_true, y_pred):
    return ops.mean(ops.abs(y_pred - y_true), axis=-1)


flat_error = score(absolute_error, flat, batch_size=5)
flat_mae = score("mae", flat, batch_size=5)
print(f"function {flat_error:.3f}, mae {flat_mae:.3f}")

# %% grid
print((predicted - flat).shape)
print(predicted - flat)


# %% same-shape keep="right_error"
def absolute_error(y_true, y_pred):
    y_true = ops.reshape(y_true, ops.shape(y_pred))
    return ops.mean(ops.abs(y_pred - y_true), axis=-1)


right_error = score(absolute_error, flat, batch_size=5)
print(f"function {right_error:.3f}")

# %% flat-root keep="flat_root"
flat_root = score(root_per_row, flat, batch_size=5)
print(f"function {flat_root:.3f}")

# %% train-with-both keep="last_function last_metric last_root"
keras.utils.set_random_seed(0)
random = np.random.default_rng(0)
distance = random.uniform(0, 5, (200, 1)).astype("float32")  # kilometres
minutes = (5 + 4 * distance + random.normal(0, 3, (200, 1))).astype("float32")

model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
rmse_metric = keras.metrics.RootMeanSquaredError(name="rmse")
model.compile(keras.optimizers.SGD(0.01), "mse", metrics=[root_per_row, rmse_metric])
history = model.fit(distance, minutes, epochs=20, verbose=0).history
last_function = history["root_per_row"][-1]
last_metric, last_root = history["rmse"][-1], history["loss"][-1] ** 0.5
print(f"function {last_function:.3f}, metric {last_metric:.3f}")
print(f"root of the loss {last_root:.3f}")

# %% both-curves
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.plot(np.sqrt(history["loss"]), color="C2", lw=5, alpha=0.4, label="root of the loss")
ax.plot(history["rmse"], color="C0", label="RootMeanSquaredError")
ax.plot(history["root_per_row"], color="C1", label="root_per_row")
ax.set_title("Two curves that claim to be the RMSE")
ax.set_xlabel("epoch")
ax.set_ylabel("minutes")
ax.set_xticks([0, 5, 10, 15])
ax.set_ylim(bottom=0)
_ = ax.legend()
