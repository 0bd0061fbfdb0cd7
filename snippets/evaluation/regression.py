# %%
"""Judge a model that predicts a number, and look at what it leaves over."""

# %% setup
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from sklearn.datasets import load_diabetes
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(0)

# %% patients
diabetes = load_diabetes(scaled=False)
inputs = diabetes.data.astype("float32")
targets = diabetes.target.astype("float32")

train_inputs, test_inputs, train_targets, test_targets = train_test_split(
    inputs, targets, test_size=0.3, random_state=0
)
print(train_inputs.shape, test_inputs.shape)

# %% distribution
for name in ("age", "bmi", "bp"):
    column = diabetes.feature_names.index(name)
    train, test = train_inputs[:, column], test_inputs[:, column]
    print(f"{name:4} training {train.mean():.1f} ± {train.std():.1f}", end=", ")
    print(f"test {test.mean():.1f} ± {test.std():.1f}")

# %% model
normalize = layers.Normalization()
normalize.adapt(train_inputs)
scale_back = layers.Rescaling(float(train_targets.std()), float(train_targets.mean()))

model = keras.Sequential(
    [
        keras.Input((10,)),
        normalize,
        layers.Dense(16, activation="relu"),
        layers.Dense(1),
        scale_back,
    ]
)
model.compile(keras.optimizers.Adam(0.005), "mse")
model.fit(train_inputs, train_targets, epochs=30, verbose=0)

predictions = model.predict(test_inputs, verbose=0)
print(predictions.shape, test_targets.shape)

# %% silent-square keep="square_mae"
errors = test_targets - predictions
square_mae = float(np.mean(np.abs(errors)))
print(errors.shape, f"MAE {square_mae:.1f}")

# %% mae keep="mae"
predicted = predictions[:, 0]
residuals = test_targets - predicted
mae = float(np.mean(np.abs(residuals)))
print(residuals.shape, f"MAE {mae:.1f}")

# %% rmse keep="rmse"
rmse = float(np.sqrt(np.mean(residuals**2)))
print(f"RMSE {rmse:.1f}")

# %% baseline keep="baseline_mae baseline_rmse"
always_mean = np.full_like(test_targets, train_targets.mean())
baseline_mae = float(mean_absolute_error(test_targets, always_mean))
baseline_rmse = float(root_mean_squared_error(test_targets, always_mean))
print(f"MAE {baseline_mae:.1f}, RMSE {baseline_rmse:.1f}")

# %% r2 keep="r2 baseline_r2"
r2 = r2_score(test_targets, predicted)
baseline_r2 = r2_score(test_targets, always_mean)
print(f"model {r2:.3f}, always the mean {baseline_r2:.3f}")

# %% swapped keep="swapped_r2"
swapped_r2 = r2_score(predicted, test_targets)
print(f"R2 {swapped_r2:.3f}")

# %% keras-metrics
model.compile(
    loss="mse",
    metrics=["mae", keras.metrics.RootMeanSquaredError("rmse"), "r2_score"],
)
result = model.evaluate(
    test_inputs, test_targets[:, np.newaxis], verbose=0, return_dict=True
)
print({name: round(value, 3) for name, value in result.items()})

# %% predicted-and-true
fig, ax = plt.subplots(figsize=(4.8, 3.6), layout="constrained")
ax.plot(predicted, test_targets, "o", color="C0", alpha=0.6, label="one patient")
ax.plot([50, 300], [50, 300], "--", color="C1", label="perfect")
ax.set_title("Predicted and true progression")
ax.set_xlabel("predicted")
ax.set_ylabel("true")
_ = ax.legend(loc="upper left")

# %% residual-plot
thirds = np.array_split(np.argsort(predicted), 3)
centres = [predicted[third].mean() for third in thirds]
means = [residuals[third].mean() for third in thirds]
spreads = [residuals[third].std() for third in thirds]

fig, ax = plt.subplots(figsize=(4.8, 3.6), layout="constrained")
ax.plot(predicted, residuals, "o", color="C0", alpha=0.5, label="one patient")
ax.axhline(0, linestyle="--", color="C2")
ax.errorbar(centres, means, spreads, fmt="s", color="C1", label="mean of a third")
ax.set_title("Residuals")
ax.set_xlabel("predicted")
ax.set_ylabel("true − predicted")
_ = ax.legend(loc="lower left")

# %% thirds keep="low_mean high_mean low_spread high_spread"
for centre, mean, spread in zip(centres, means, spreads, strict=True):
    print(f"predicted {centre:.0f}: mean {mean:+.1f}, spread {spread:.1f}")
low_mean, _, high_mean = [float(mean) for mean in means]
low_spread, _, high_spread = [float(spread) for spread in spreads]

# %% patterns text="titles"
random = np.random.default_rng(0)
x = np.linspace(0, 1, 80)
noise = random.normal(size=80)
titles = ["cloud: nothing left to learn", "curve: a bend was missed", "fan: uneven"]
shapes = [0.5 * noise, 8 * (x - 0.5) ** 2 - 0.7 + 0.3 * noise, 1.2 * x * noise]

fig, axes = plt.subplots(3, 1, figsize=(4.2, 5), sharex=True, layout="constrained")
for ax, title, values in zip(axes, titles, shapes, strict=True):
    ax.plot(x, values, "o", markersize=4, color="C0")
    ax.axhline(0, linestyle="--", color="C2")
    ax.set_title(title)
    ax.set_ylabel("residual")
    ax.set_ylim(-2.8, 2.8)
    ax.set_xticks([])
_ = axes[-1].set_xlabel("predicted")

# %% subgroups text="names" keep="first_mae second_mae heavy_count heavy_mean"
age, sex, bmi = (
    test_inputs[:, diabetes.feature_names.index(name)] for name in ("age", "sex", "bmi")
)
names = ["age below 50", "age from 50", "sex 1", "sex 2", "BMI below 30", "BMI from 30"]
members = [age < 50, age >= 50, sex == 1, sex == 2, bmi < 30, bmi >= 30]
maes, means = [], []
for name, member in zip(names, members, strict=True):
    group = residuals[member]
    maes.append(float(np.abs(group).mean()))
    means.append(float(group.mean()))
    error = group.std(ddof=1) / np.sqrt(len(group))  # standard error of the mean
    print(f"{name}: {len(group)} patients, MAE {maes[-1]:.1f}", end=", ")
    print(f"mean residual {means[-1]:+.1f} ± {error:.1f}")
first_mae, second_mae = maes[2], maes[3]
heavy_count, heavy_mean = int(members[-1].sum()), means[-1]
