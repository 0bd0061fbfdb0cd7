# %%
"""Fit a line to a kettle, from the data to the prediction."""

# %% setup
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.model_selection import train_test_split

# %% seven-steps text="steps"
steps = [
    ("1 data", "inputs and true answers", ""),
    ("2 model", "turns inputs into outputs", "layers, units, activation"),
    ("3 loss", "how wrong, as one number", ""),
    ("4 optimizer", "changes the weights", "kind, learning rate"),
    ("5 training", "repeats the change", "batch size, epochs"),
    ("6 evaluation", "how wrong on unseen data", ""),
    ("7 prediction", "new inputs, no answers yet", ""),
]

fig, ax = plt.subplots(figsize=(4.8, 4.6), layout="constrained")
ax.set_title("From data to prediction")
for row, (name, purpose, choices) in enumerate(steps):
    ax.add_patch(plt.Rectangle((0, row), 1.5, 0.65, color="C0"))
    ax.text(0.75, row + 0.33, name, color="white", ha="center", va="center")
    ax.text(1.7, row + (0.15 if choices else 0.33), purpose, va="center")
    ax.text(1.7, row + 0.52, choices, color="C1", va="center")
    if row > 0:
        arrow = {"arrowstyle": "->", "color": "C0"}
        ax.annotate("", (0.75, row), (0.75, row - 0.35), arrowprops=arrow)
ax.text(1.7, 7.1, "hyper-parameters: your choice", color="C1", va="center")
ax.set(xlim=(0, 4.6), ylim=(7.3, -0.2))
_ = ax.axis("off")

# %% measurements
rng = np.random.default_rng(0)
true_slope, true_intercept = 2.3, 0.8  # minutes per litre, minutes

litres = rng.uniform(0.2, 1.7, size=(100, 1))
noise = rng.normal(scale=0.25, size=100)
minutes = true_slope * litres[:, 0] + true_intercept + noise

train_litres, test_litres, train_minutes, test_minutes = train_test_split(
    litres, minutes, test_size=0.3, random_state=0
)
print(train_litres.shape, train_minutes.shape)
print(test_litres.shape, test_minutes.shape)

# %% scatter
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.plot(train_litres, train_minutes, "o", color="C0", ms=4, label="training set")
ax.plot(test_litres, test_minutes, "s", color="C1", ms=4, label="test set")
ax.set_title("A hundred times to the boil")
ax.set_xlabel("water (litres)")
ax.set_ylabel("time (minutes)")
_ = ax.legend()


# %% model
def new_model():
    return keras.Sequential([keras.Input((1,)), layers.Dense(1)])


model = new_model()
model.summary()

# %% two-seeds keep="first_try second_try"
tries = []
for _ in range(2):
    tf.random.set_seed(42)
    np.random.seed(42)
    kernel, bias = new_model().get_weights()
    tries.append(float(kernel[0, 0]))

first_try, second_try = tries
print(f"first {first_try:.4f}, second {second_try:.4f}")

# %% every-seed keep="first_same second_same"
tries = []
for _ in range(2):
    keras.utils.set_random_seed(42)
    kernel, bias = new_model().get_weights()
    tries.append(float(kernel[0, 0]))

first_same, second_same = tries
print(f"first {first_same:.4f}, second {second_same:.4f}")

# %% compile
keras.utils.set_random_seed(0)

model = new_model()
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1), loss="mse")

# %% fit keep="first_loss last_loss"
history = model.fit(
    train_litres,
    train_minutes,
    batch_size=10,
    epochs=40,
    verbose=0,
)

losses = history.history["loss"]
first_loss, last_loss = losses[0], losses[-1]
print(f"{len(losses)} losses, first {first_loss:.3f}, last {last_loss:.3f}")

# %% loss-curve
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.plot(range(1, len(losses) + 1), losses, color="C0")
ax.set_yscale("log")
ax.set_title("Loss during training")
ax.set_xlabel("epoch")
ax.set_ylabel("mean squared error")
ax.grid(alpha=0.3)

# %% parameters keep="slope intercept"
kernel, bias = model.layers[0].get_weights()
slope, intercept = float(kernel[0, 0]), float(bias[0])
print(kernel.shape, bias.shape)
print(f"slope {slope:.3f}, intercept {intercept:.3f}")

# %% against-the-truth keep="slope_off intercept_off"
slope_off, intercept_off = slope - true_slope, intercept - true_intercept
print(f"off by {slope_off:+.3f} and {intercept_off:+.3f}")

# %% least-squares keep="best_slope best_intercept slope_gap intercept_gap"
columns = np.column_stack([train_litres, np.ones(len(train_litres))])
solution, *_ = np.linalg.lstsq(columns, train_minutes, rcond=None)
best_slope, best_intercept = solution.tolist()
slope_gap, intercept_gap = slope - best_slope, intercept - best_intercept

print(f"slope {best_slope:.3f}, intercept {best_intercept:.3f}")
print(f"off by {slope_gap:+.3f} and {intercept_gap:+.3f}")


# %% three-losses keep="true_loss model_loss best_loss"
def loss_of(slope, intercept):
    predicted = slope * train_litres[:, 0] + intercept
    return float(np.mean((train_minutes - predicted) ** 2))


true_loss = loss_of(true_slope, true_intercept)
model_loss = loss_of(slope, intercept)
best_loss = loss_of(best_slope, best_intercept)
print(f"true {true_loss:.4f}, model {model_loss:.4f}, best {best_loss:.4f}")

# %% other-samples
other_noise = rng.normal(scale=0.25, size=(len(columns), 400))
other_minutes = true_slope * train_litres + true_intercept + other_noise
other_solutions, *_ = np.linalg.lstsq(columns, other_minutes, rcond=None)

fig, ax = plt.subplots(figsize=(4.8, 3.6), layout="constrained")
ax.plot(*other_solutions, ".", alpha=0.3, label="best, other samples")
ax.plot(true_slope, true_intercept, "*", color="C2", ms=14, label="true line")
ax.plot(*solution, "D", color="C3", ms=9, label="best, our sample")
ax.plot(slope, intercept, "o", color="C1", ms=5, label="model")
ax.set_title("Each sample has its own best line")
ax.set_xlabel("w (minutes per litre)")
ax.set_ylabel("b (minutes)")
_ = ax.legend()

# %% two-inputs keep="short_boil long_boil"
ends = np.array([[0.2], [1.7]])
end_minutes = model.predict(ends, verbose=0)
short_boil, long_boil = end_minutes[:, 0].tolist()
print(f"0.2 litres {short_boil:.2f} minutes, 1.7 litres {long_boil:.2f}")

# %% fitted-line
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.plot(train_litres, train_minutes, "o", color="C0", ms=4, label="training set")
ax.plot(ends, end_minutes, "o-", color="C3", lw=2, label="prediction")
ax.set_title("The model is a line")
ax.set_xlabel("water (litres)")
ax.set_ylabel("time (minutes)")
_ = ax.legend()

# %% test-loss keep="test_loss test_error"
test_loss = model.evaluate(test_litres, test_minutes, verbose=0)
test_error = test_loss**0.5
print(f"loss {test_loss:.4f}, typical error {test_error:.3f} minutes")

# %% baseline keep="baseline_error"
constant = train_minutes.mean()
baseline_error = float(np.mean((test_minutes - constant) ** 2)) ** 0.5
print(f"typical error {baseline_error:.3f} minutes")

# %% square-of-residuals keep="square_error"
predicted = model.predict(test_litres, verbose=0)
residuals = test_minutes - predicted
square_error = float(np.mean(residuals**2)) ** 0.5
print(residuals.shape, f"typical error {square_error:.3f} minutes")

# %% residuals keep="residual_error"
residuals = test_minutes - predicted[:, 0]
residual_error = float(np.mean(residuals**2)) ** 0.5
print(residuals.shape, f"typical error {residual_error:.3f} minutes")

# %% residual-picture
bent_minutes = train_minutes + 1.2 * (train_litres[:, 0] - 0.95) ** 2
bent_solution, *_ = np.linalg.lstsq(columns, bent_minutes, rcond=None)
bent_residuals = bent_minutes - columns @ bent_solution

fig, axes = plt.subplots(1, 2, figsize=(5, 2.8), layout="constrained", sharey=True)
axes[0].plot(test_litres, residuals, "s", color="C1", ms=4)
axes[0].set_title("our kettle: no pattern")
axes[0].set_ylabel("residual (minutes)")
axes[1].plot(train_litres, bent_residuals, "o", color="C3", ms=4)
axes[1].set_title("made up: a pattern")
for ax in axes:
    ax.axhline(0, color="C2")
    ax.set_xlabel("water (litres)")

# %% bare-number raises="ValueError"
model.predict(1.2)

# %% column keep="tea_minutes"
tea_minutes = float(model.predict(np.array([[1.2]]), verbose=0)[0, 0])
print(f"{tea_minutes:.2f} minutes")
