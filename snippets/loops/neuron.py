# %%
"""Compute one neuron by hand, then a layer of them as a matrix product."""

# %% setup
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

# %% weighted-sum keep="weighted_sum"
garden = np.array([0.9, 0.6, 0.1])  # dry soil, heat, chance of rain
weights = np.array([2.0, 1.0, -3.0])
bias = -0.5

weighted_sum = float(garden @ weights + bias)
print(f"{weighted_sum:.2f}")


# %% activation keep="output"
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


output = float(sigmoid(weighted_sum))
print(f"water the garden: {output:.3f}")

# %% artificial-neuron text="names"
names = ["dry soil", "heat", "rain"]
round_box = {"boxstyle": "circle,pad=0.45", "alpha": 0.25}


def arrow(ax, start, end, color, width=2.0):
    style = {"arrowstyle": "-|>", "color": color, "lw": width, "shrinkB": 3}
    ax.annotate("", xy=end, xytext=start, arrowprops=style)


fig, ax = plt.subplots(figsize=(5, 3), layout="constrained")
for name, value, weight, y in zip(names, garden, weights, (2, 1, 0), strict=True):
    color = "C0" if weight > 0 else "C3"
    arrow(ax, (0.35, y), (1.9, 1 + 0.2 * (y - 1)), color, 1 + abs(weight))
    ax.text(0, y, f"{value}", ha="center", va="center", bbox=round_box)
    ax.text(0, y - 0.38, name, ha="center", va="center", fontsize=9)
    ax.text(0.95, 1.12 + 0.66 * (y - 1), f"× {weight:.0f}", color=color, ha="center")
arrow(ax, (2.2, 2), (2.2, 1.4), "C4")
ax.text(2.2, 2.12, f"bias {bias}", color="C4", ha="center")
ax.text(2.2, 1, "Σ", fontsize=20, ha="center", va="center", bbox=round_box)
arrow(ax, (2.55, 1), (3.4, 1), "C0")
ax.text(2.95, 1.12, f"{weighted_sum:.1f}", ha="center")

z = np.linspace(-1, 1, 41)
ax.add_patch(plt.Rectangle((3.45, 0.62), 0.8, 0.76, alpha=0.25))
ax.plot(3.85 + 0.35 * z, 0.72 + 0.56 * sigmoid(5 * z), color="C2")
ax.text(3.85, 0.35, "activation", ha="center", fontsize=9)
arrow(ax, (4.3, 1), (5, 1), "C0")
ax.text(4.65, 1.12, f"{output:.2f}", ha="center")
ax.set_title("An artificial neuron")
ax.set(xlim=(-0.45, 5.05), ylim=(-0.6, 2.45))
ax.set_axis_off()


# %% biological-neuron
def branch(ax, x, y, angle, length, depth):
    # A twig that splits in two, as often as the depth says.
    end_x, end_y = x + length * np.cos(angle), y + length * np.sin(angle)
    ax.plot([x, end_x], [y, end_y], color="C0", lw=0.8 + 0.8 * depth)
    if depth:
        for turn in (-0.45, 0.4):
            branch(ax, end_x, end_y, angle + turn, 0.75 * length, depth - 1)


fig, ax = plt.subplots(figsize=(5, 3), layout="constrained")
for angle in (1.9, 2.6, 3.3, 4.0, 4.6):
    branch(ax, 1.9, 0, angle, 0.62, 2)
ax.add_patch(plt.Circle((1.9, 0), 0.45, color="C0", zorder=3))
ax.add_patch(plt.Circle((1.9, 0), 0.17, color="C4", zorder=4))

x = np.linspace(2.3, 5.2, 60)
axon = 0.12 * np.sin(2 * (x - 2.3))
ax.plot(x, axon, color="C2", lw=4)
for y in (-0.7, -0.25, 0.25, 0.7):
    ax.plot([x[-1], 5.75], [axon[-1], y], color="C2")
    ax.plot(5.8, y, "o", color="C1", ms=8)

ax.text(0.75, 1.55, "dendrites\n= inputs", color="C0", ha="center")
ax.text(2.15, 0.75, "cell body\n= sum", ha="left")
ax.text(3.75, -0.6, "axon = output", color="C2", ha="center")
ax.text(5.3, 1, "synapses\n= weights of\nthe next cell", color="C1", ha="center")
arrow(ax, (3.2, -0.95), (4.4, -0.95), "C3")
ax.text(3.8, -1.3, "direction of the signal", color="C3", ha="center", fontsize=9)
ax.set_title("The nerve cell it was modelled on")
ax.set(xlim=(-0.2, 6.2), ylim=(-1.7, 2.1), aspect="equal")
ax.set_axis_off()

# %% activations keep="relu_output"
z = np.linspace(-4, 4, 161)

fig, ax = plt.subplots(figsize=(4.8, 3), layout="constrained")
for name in ("sigmoid", "tanh", "relu"):
    ax.plot(z, keras.activations.get(name)(z), label=name)
ax.set_ylim(-1.2, 3)
ax.set_title("Three activation functions")
ax.set_xlabel("weighted sum")
ax.set_ylabel("output")
ax.legend()
relu_output = float(keras.activations.relu(weighted_sum))

# %% dense-neuron
neuron = layers.Dense(1, activation="sigmoid")
neuron.build((None, 3))
neuron.set_weights([weights[:, np.newaxis], np.array([bias])])
print(f"{neuron(garden[np.newaxis]).numpy().item():.3f}")

# %% layer
days = np.array([[0.9, 0.6, 0.1], [0.2, 0.9, 0.0], [0.8, 0.3, 0.9], [0.1, 0.1, 0.5]])
kernel = np.array([[2.0, 0.0], [1.0, 3.0], [-3.0, -1.0]])  # a column for each neuron
biases = np.array([-0.5, -1.5])

print(days.shape, kernel.shape, biases.shape)
print(sigmoid(days @ kernel + biases).round(3))

# %% dense-layer
layer = layers.Dense(2, activation="sigmoid")
layer.build((None, 3))
layer.set_weights([kernel, biases])
print(layer(days).numpy().round(3))

# %% shapes-picture text="names"
names = ["inputs", "kernel", "bias", "sums"]
fig, ax = plt.subplots(figsize=(5, 2.7), layout="constrained")
blocks = [(0, 1.9, 1.2, "C0"), (2.4, 0.5, 1.9, "C1"), (3.4, 0.5, 0.2, "C4")]
blocks += [(4.5, 0.5, 1.2, "C2")]
for x, width, height, color in blocks:
    corner = (x, -height / 2)
    ax.add_patch(plt.Rectangle(corner, width, height, color=color, alpha=0.6))
for x, sign in ((2.12, "·"), (3.15, "+"), (4.2, "=")):
    ax.text(x, 0, sign, ha="center", va="center", fontsize=16)
ax.text(0.95, 0.72, "100", ha="center")
ax.text(-0.12, 0, "examples", ha="right", va="center", rotation=90)
ax.text(2.65, 1.07, "10", ha="center")
ax.text(2.42, 0.6, "100", ha="right", va="center", rotation=90)
ax.text(3.65, 0.22, "10", ha="center")
ax.text(4.75, 0.72, "10", ha="center")
for x, name in zip((0.95, 2.65, 3.65, 4.75), names, strict=True):
    ax.text(x, -1.3, name, ha="center")
ax.set_title("A layer: inputs · kernel + bias")
ax.set(xlim=(-0.5, 5.2), ylim=(-1.45, 1.35))
ax.set_axis_off()

# %% parameters keep="parameters"
layer = layers.Dense(10)
layer.build((None, 100))
parameters = layer.count_params()
print(100 * 10 + 10, parameters)

# %% two-linear keep="two_layer_parameters linear_difference"
keras.utils.set_random_seed(0)
inputs = np.random.default_rng(0).normal(size=(5, 100)).astype("float32")
first, second = layers.Dense(64), layers.Dense(10)
stacked = second(first(inputs)).numpy()

merged_kernel = first.kernel.numpy() @ second.kernel.numpy()
merged_bias = first.bias.numpy() @ second.kernel.numpy() + second.bias.numpy()
merged = inputs @ merged_kernel + merged_bias

two_layer_parameters = first.count_params() + second.count_params()
linear_difference = float(np.abs(stacked - merged).max())
print(f"{two_layer_parameters} parameters or {merged_kernel.size + merged_bias.size}")
print(f"same outputs: {np.allclose(stacked, merged, atol=1e-5)}")

# %% two-with-relu keep="relu_difference"
bent = second(keras.activations.relu(first(inputs))).numpy()
relu_difference = float(np.abs(bent - merged).max())
print(f"largest difference with relu between: {relu_difference:.3f}")
