# %%
"""Tell two crescents apart, first with a straight line, then with a bent one."""

# %% setup
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from sklearn.datasets import make_moons
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

# %% crescents
inputs, labels = make_moons(600, noise=0.2, random_state=0)
train_inputs, rest_inputs, train_labels, rest_labels = train_test_split(
    inputs, labels, train_size=100, stratify=labels, random_state=0
)
val_inputs, test_inputs, val_labels, test_labels = train_test_split(
    rest_inputs, rest_labels, train_size=100, stratify=rest_labels, random_state=0
)
print(train_inputs.shape, val_inputs.shape, test_inputs.shape)
print(train_inputs[0], train_labels[0])


# %% scatter
def draw_points(ax):
    for label, marker in ((0, "o"), (1, "s")):
        points = train_inputs[train_labels == label]
        ax.plot(*points.T, marker, color=f"C{label}", ms=4, label=f"class {label}")
    ax.set_xlabel("first input")
    ax.set_ylabel("second input")


fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
draw_points(ax)
ax.set_title("Two crescents: the training set")
_ = ax.legend()

# %% sigmoid
z = np.linspace(-6, 6, 121)

fig, ax = plt.subplots(figsize=(4.8, 2.8), layout="constrained")
ax.plot(z, 1 / (1 + np.exp(-z)), color="C0")
ax.plot(0, 0.5, "o", color="C1")
ax.set_title("The sigmoid")
ax.set_xlabel("z")
ax.set_ylabel("probability of class 1")
ax.grid(alpha=0.3)


# %% model
def line():
    sigmoid_unit = layers.Dense(1, activation="sigmoid")
    return keras.Sequential([keras.Input((2,)), sigmoid_unit])


keras.utils.set_random_seed(0)
slow_model = line()
start_kernel, start_bias = slow_model.get_weights()
print(start_kernel.shape, start_bias.shape)

# %% compile
slow_model.compile("adam", "binary_crossentropy", metrics=["accuracy"])

# %% fit keep="slow_accuracy slow_val_accuracy"
slow = slow_model.fit(
    train_inputs,
    train_labels,
    batch_size=4,
    epochs=10,
    validation_data=(val_inputs, val_labels),
    verbose=0,
).history

print(list(slow))
slow_accuracy, slow_val_accuracy = slow["accuracy"][-1], slow["val_accuracy"][-1]
print(f"training {slow_accuracy:.2f}, validation {slow_val_accuracy:.2f}")


# %% other-seeds keep="second_accuracy"
def train(build, learning_rate, seed, epochs=10, **options):
    keras.utils.set_random_seed(seed)
    model = build()
    optimizer = keras.optimizers.Adam(learning_rate)
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
    data = (train_inputs, train_labels)
    history = model.fit(*data, batch_size=4, epochs=epochs, verbose=0, **options)
    return model, history.history


_, second = train(line, 0.001, seed=1)
_, third = train(line, 0.001, seed=2)
for seed, history in enumerate([slow, second, third]):
    loss, accuracy = history["loss"][-1], history["accuracy"][-1]
    print(f"seed {seed}: loss {loss:.3f}, accuracy {accuracy:.2f}")
second_accuracy = second["accuracy"][-1]

# %% distance keep="steps moved missing"
best = LogisticRegression(C=np.inf).fit(train_inputs, train_labels)
best_kernel = best.coef_.T

end_kernel, end_bias = slow_model.get_weights()
steps = int(slow_model.optimizer.iterations)
moved = float(np.abs(end_kernel - start_kernel).max())
missing = float(np.abs(best_kernel - start_kernel).max())
print(f"moved {moved:.2f} in {steps} steps, the best is {missing:.2f} away")

# %% better-rate keep="fast_low fast_high"
validation = (val_inputs, val_labels)
fast_model, fast = train(line, 0.05, seed=0, validation_data=validation)
_, second = train(line, 0.05, seed=1)
_, third = train(line, 0.05, seed=2)

accuracies = []
for seed, history in enumerate([fast, second, third]):
    loss, accuracy = history["loss"][-1], history["accuracy"][-1]
    accuracies.append(accuracy)
    print(f"seed {seed}: loss {loss:.3f}, accuracy {accuracy:.2f}")
fast_low, fast_high = min(accuracies), max(accuracies)

# %% best-loss keep="best_loss fast_loss slow_loss"
best_loss = log_loss(train_labels, best.predict_proba(train_inputs))
fast_loss, _ = fast_model.evaluate(train_inputs, train_labels, verbose=0)
slow_loss, _ = slow_model.evaluate(train_inputs, train_labels, verbose=0)
print(f"best {best_loss:.3f}, rate 0.05 {fast_loss:.3f}, default {slow_loss:.3f}")

# %% curves
epochs = range(1, 11)

fig, axes = plt.subplots(2, 1, figsize=(4.8, 5.2), layout="constrained")
for ax, name in zip(axes, ("loss", "accuracy"), strict=True):
    val_name = f"val_{name}"
    ax.plot(epochs, slow[name], "C0-", label="0.001, training")
    ax.plot(epochs, slow[val_name], "C0--", label="0.001, validation")
    ax.plot(epochs, fast[name], "C1-", label="0.05, training")
    ax.plot(epochs, fast[val_name], "C1--", label="0.05, validation")
axes[0].set_title("Two learning rates")
axes[0].set_ylabel("loss")
axes[1].set_ylabel("accuracy")
axes[1].set_xlabel("epoch")
_ = axes[0].legend(fontsize="small")


# %% small-batches keep="grid_points small_steps"
class CountSteps(keras.callbacks.Callback):
    steps = 0

    def on_predict_batch_end(self, batch, logs=None):
        self.steps += 1


x_grid, y_grid = np.meshgrid(np.linspace(-2, 3, 200), np.linspace(-1.5, 2, 200))
grid = np.column_stack([x_grid.ravel(), y_grid.ravel()])
grid_points = len(grid)

counter = CountSteps()
probabilities = fast_model.predict(grid, callbacks=[counter], verbose=0)
small_steps = counter.steps
print(f"{grid_points} points, {small_steps} steps")

# %% large-batches keep="large_steps"
counter = CountSteps()
again = fast_model.predict(grid, batch_size=8192, callbacks=[counter], verbose=0)
large_steps = counter.steps
print(f"{large_steps} steps, same result: {np.allclose(again, probabilities)}")

# %% bands
fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
surface = probabilities.reshape(x_grid.shape)
bands = ax.contourf(x_grid, y_grid, surface, cmap="RdYlBu_r", alpha=0.5)
fig.colorbar(bands, label="probability of class 1")
draw_points(ax)
ax.set_title("Default levels")
print(bands.levels)


# %% boundary
def draw_boundary(ax, probabilities):
    surface = probabilities.reshape(x_grid.shape)
    levels, colors = [0, 0.5, 1], ["C0", "C1"]
    ax.contourf(x_grid, y_grid, surface, levels, colors=colors, alpha=0.25)
    ax.contour(x_grid, y_grid, surface, [0.5], colors="C3", linewidths=2)
    draw_points(ax)


fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.set_title("Decision boundary at 0.5")
draw_boundary(ax, probabilities)


# %% hidden-layer keep="hidden_parameters"
def curve():
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(32, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


hidden_model, _ = train(curve, 0.05, seed=0, epochs=20)
hidden_parameters = hidden_model.count_params()
print(f"{fast_model.count_params()} and {hidden_parameters} parameters")

# %% hidden-boundary
hidden_probabilities = hidden_model.predict(grid, batch_size=8192, verbose=0)

fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ax.set_title("With a hidden layer")
draw_boundary(ax, hidden_probabilities)

# %% on-training-set keep="line_seen hidden_seen"
_, line_seen = fast_model.evaluate(train_inputs, train_labels, verbose=0)
_, hidden_seen = hidden_model.evaluate(train_inputs, train_labels, verbose=0)
print(f"line {line_seen:.3f}, hidden layer {hidden_seen:.3f}")

# %% on-test-set keep="line_unseen hidden_unseen"
_, line_unseen = fast_model.evaluate(test_inputs, test_labels, verbose=0)
_, hidden_unseen = hidden_model.evaluate(test_inputs, test_labels, verbose=0)
print(f"line {line_unseen:.3f}, hidden layer {hidden_unseen:.3f}")
