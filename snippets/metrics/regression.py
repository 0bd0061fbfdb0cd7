# %%
"""Judge predicted delivery times: MSE, MAE, RMSE, R2 and relative errors."""

# %% setup
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers

# %% six-deliveries
actual = np.array([12, 18, 25, 31, 40, 54], dtype="float32")  # minutes
predicted = np.array([14, 17, 28, 27, 41, 49], dtype="float32")
print(predicted - actual)

# %% residuals
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.plot([5, 60], [5, 60], "--", color="C2", label="perfect")
ax.vlines(actual, actual, predicted, color="C1", label="error")
ax.plot(actual, predicted, "o", color="C0", label="prediction")
ax.set_title("Six deliveries")
ax.set_xlabel("actual minutes")
ax.set_ylabel("predicted minutes")
_ = ax.legend()

# %% mse keep="mse"
mse_metric = keras.metrics.MeanSquaredError()
mse_metric.update_state(actual, predicted)
mse = float(mse_metric.result())
print(f"MSE {mse:.3f}, by hand {np.mean((predicted - actual) ** 2):.3f}")

# %% mae keep="mae"
mae_metric = keras.metrics.MeanAbsoluteError()
mae_metric.update_state(actual, predicted)
mae = float(mae_metric.result())
print(f"MAE {mae:.3f}, by hand {np.mean(np.abs(predicted - actual)):.3f}")

# %% rmse keep="rmse"
rmse = float(tf.math.sqrt(mse_metric.result()))
rmse_metric = keras.metrics.RootMeanSquaredError()
rmse_metric.update_state(actual, predicted)
print(f"root of the MSE {rmse:.3f}, metric {float(rmse_metric.result()):.3f}")

# %% one-bad-day keep="bad_mae bad_rmse"
bad_day = predicted.copy()
bad_day[5] = 24  # thirty minutes too early
for metric in (mae_metric, rmse_metric):
    metric.reset_state()
    metric.update_state(actual, bad_day)
    print(f"{metric.name} {float(metric.result()):.3f}")
bad_mae, bad_rmse = float(mae_metric.result()), float(rmse_metric.result())

# %% mean-of-roots keep="mean_of_roots"
roots = []
for part in (slice(0, 4), slice(4, 6)):
    rmse_metric.reset_state()
    rmse_metric.update_state(actual[part], bad_day[part])
    roots.append(float(rmse_metric.result()))
mean_of_roots = float(np.mean(roots))
print(f"{roots[0]:.3f} and {roots[1]:.3f}, mean {mean_of_roots:.3f}")

# %% root-of-mean keep="root_of_mean"
rmse_metric.reset_state()
for part in (slice(0, 4), slice(4, 6)):
    rmse_metric.update_state(actual[part], bad_day[part])
root_of_mean = float(rmse_metric.result())
print(f"RMSE {root_of_mean:.3f}")

# %% column
column = predicted[:, np.newaxis]  # what a model with one output returns
print(actual.shape, column.shape)
for metric in (mse_metric, mae_metric, rmse_metric):
    metric.reset_state()
    metric.update_state(actual, column)
    print(f"{metric.name} {float(metric.result()):.3f}")

# %% by-hand-column keep="broadcast_mse"
broadcast_mse = float(np.mean((column - actual) ** 2))
print((column - actual).shape, f"{broadcast_mse:.3f}")

# %% r2-flat raises="ValueError"
r2_metric = keras.metrics.R2Score()
r2_metric.update_state(actual, predicted)


# %% r2 keep="r2"
def r2_score(y_true, y_pred):
    metric = keras.metrics.R2Score()
    metric.update_state(y_true[:, np.newaxis], y_pred[:, np.newaxis])
    return float(metric.result())


r2 = r2_score(actual, predicted)
print(f"R2 {r2:.3f}")

# %% r2-mean keep="r2_mean r2_bad"
always_mean = np.full_like(actual, actual.mean())
always_ten = np.full_like(actual, 10)
r2_mean, r2_bad = r2_score(actual, always_mean), r2_score(actual, always_ten)
print(f"always the mean {r2_mean:.3f}, always ten minutes {r2_bad:.3f}")

# %% r2-picture
guesses = np.linspace(0, 60, 61)
scores = [r2_score(actual, np.full_like(actual, guess)) for guess in guesses]

fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.plot(guesses, scores, color="C0", label="always the same guess")
ax.axhline(r2, color="C1", ls="--", label="the model")
ax.set_title("R2 of a constant guess")
ax.set_xlabel("guess, minutes")
ax.set_ylabel("R2")
_ = ax.legend()

# %% r2-constant keep="r2_constant"
same = np.full_like(actual, 30)
r2_constant = r2_score(same, same + 0.1)
print(f"nearly perfect {r2_constant:.3f}, perfect {r2_score(same, same):.3f}")

# %% mape keep="mape"
mape_metric = keras.metrics.MeanAbsolutePercentageError()
mape_metric.update_state(actual, predicted)
mape = float(mape_metric.result())
print(f"MAPE {mape:.2f} %")

# %% mape-near-zero keep="mape_door"
at_the_door = np.append(actual, np.float32(0))
mape_metric.reset_state()
mape_metric.update_state(at_the_door, np.append(predicted, np.float32(1)))
mape_door = float(mape_metric.result())
print(f"MAPE {mape_door:,.0f} %")

# %% msle keep="msle_short msle_long"
msle_metric = keras.metrics.MeanSquaredLogarithmicError()
msle_short = float(msle_metric([10.0], [20.0]))
msle_metric.reset_state()
msle_long = float(msle_metric([100.0], [200.0]))
print(f"10 predicted as 20: {msle_short:.3f}, 100 as 200: {msle_long:.3f}")

# %% msle-negative
for guess in (0.0, -5.0):
    msle_metric.reset_state()
    print(f"guess {guess}: {float(msle_metric([10.0], [guess])):.3f}")

# %% four-metrics keep="first_mse last_mse"
keras.utils.set_random_seed(0)
random = np.random.default_rng(0)
distance = random.uniform(0.2, 5, (200, 1)).astype("float32")  # kilometres
hours = (0.08 + 0.1 * distance + random.normal(0, 0.02, (200, 1))).astype("float32")

model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
model.compile(
    keras.optimizers.SGD(0.005), "mse", metrics=["mse", "mae", "mape", "msle"]
)
history = model.fit(distance, hours, epochs=40, verbose=0).history
first_mse, last_mse = history["mse"][0], history["mse"][-1]
for name in ("mse", "mae", "mape", "msle"):
    print(f"{name:<4} {history[name][0]:.4f} to {history[name][-1]:.4f}")

# %% one-axis
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
for name in ("mse", "mae", "mape", "msle"):
    ax.plot(history[name], label=name)
ax.set_title("Four metrics, one axis")
ax.set_xlabel("epoch")
ax.set_ylabel("value")
_ = ax.legend()

# %% two-panels
fig, axes = plt.subplots(2, 1, figsize=(4.8, 5), sharex=True, layout="constrained")
fig.suptitle("The same run, two panels")
axes[0].plot(history["mape"], color="C2", label="mape")
axes[0].set_ylabel("percent")
for name, color in (("mse", "C0"), ("mae", "C1"), ("msle", "C3")):
    axes[1].plot(history[name], color=color, label=name)
axes[1].set_yscale("log")
axes[1].set_ylim(2e-4, 2)
axes[1].set_ylabel("value (log scale)")
axes[1].set_xlabel("epoch")
for ax in axes:
    ax.legend(loc="upper right", ncols=3)
