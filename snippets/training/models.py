# %%
"""Build the same small model in three ways, and see what each way gives."""

# %% setup
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

# %% shape-on-the-layer
fare_model = keras.Sequential([layers.Dense(1, input_shape=(1,))])

# %% one-unit
fare_layer = layers.Dense(1, name="fare")
fare_model = keras.Sequential([keras.Input((1,)), fare_layer], name="taxi")
fare_model.summary(line_length=46)

# %% one-unit-predicts
fare_model.set_weights([np.array([[2.5]]), np.array([4.0])])
kilometres = np.array([[0.0], [3.0], [10.0]], dtype="float32")
print(fare_model.predict(kilometres, verbose=0))

# %% no-shape
shapeless = keras.Sequential([layers.Dense(1)])
print(f"before the first call: {len(shapeless.weights)} weights")
shapeless(kilometres)
print(f"after it: {[tuple(weight.shape) for weight in shapeless.weights]}")

# %% logistic-unit keep="by_hand"
unit = keras.Sequential([keras.Input((2,)), layers.Dense(1, activation="sigmoid")])
unit.set_weights([np.array([[0.5], [-0.25]]), np.array([-1.0])])

ride = np.array([[6.0, 4.0]], dtype="float32")  # 6 km, 4 minutes late
z = 0.5 * 6.0 - 0.25 * 4.0 - 1.0
by_hand = 1 / (1 + np.exp(-z))
print(f"by hand {by_hand:.4f}, model {float(unit(ride)[0, 0]):.4f}")
print(f"{unit.count_params()} parameters")

# %% sequential
sequential = keras.Sequential(
    [
        keras.Input((2,)),
        layers.Dense(10, activation="relu", name="hidden"),
        layers.Dense(1, activation="sigmoid", name="tip"),
    ],
    name="tips",
)
for weight in sequential.weights:
    print(weight.path, weight.shape)


# %% count keep="hidden_count tip_count total"
def dense_count(inputs, units):
    return inputs * units + units  # one weight per connection, one bias per unit


hidden_count = dense_count(2, 10)
tip_count = dense_count(10, 1)
total = sequential.count_params()
print(f"{hidden_count} + {tip_count} by hand, {total} in the model")

# %% network-picture
heights = [np.array([6, 3]), np.arange(10), np.array([4.5])]

fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
for column in (1, 2):
    for left in heights[column - 1]:
        for right in heights[column]:
            ax.plot([column - 1, column], [left, right], color="C7", linewidth=1)
for column, ys in enumerate(heights):
    ax.plot([column] * len(ys), ys, "o", color=f"C{column}", markersize=11)
ax.set_title("30 weights (lines) and 11 biases (units)")
ax.set_xticks([0, 1, 2], ["2 inputs", "hidden: 10 units", "tip: 1 unit"])
ax.set_xlim(-0.3, 2.3)
ax.set_yticks([])
ax.spines[:].set_visible(False)
ax.tick_params(length=0)

# %% functional-line
distance = keras.Input((1,), name="distance")
fare = layers.Dense(1, name="fare")(distance)
fare_model = keras.Model(distance, fare)
print(type(fare).__name__, fare.shape)
print(f"{fare_model.count_params()} parameters")

# %% functional
ride = keras.Input((2,), name="ride")
hidden = layers.Dense(10, activation="relu", name="hidden")(ride)
tip = layers.Dense(1, activation="sigmoid", name="tip")(hidden)
functional = keras.Model(ride, tip)
print(f"{functional.count_params()} parameters")

# %% two-inputs
rating = keras.Input((1,), name="rating")
joined = layers.Concatenate(name="joined")([hidden, rating])
rated_tip = layers.Dense(1, activation="sigmoid", name="rated_tip")(joined)
rated = keras.Model([ride, rating], rated_tip)
for layer in rated.layers:
    print(layer.name, layer.count_params())

# %% graph-sources
maker = {id(layer.output): layer.name for layer in rated.layers}


def sources(layer):
    if isinstance(layer, layers.InputLayer):
        return []
    return [maker[id(tensor)] for tensor in keras.tree.flatten(layer.input)]


for layer in rated.layers:
    print(layer.name, sources(layer))

# %% graph-picture
fig, ax = plt.subplots(figsize=(5, 2.4), layout="constrained")
place = {}
for layer in rated.layers:
    x = 1 + max((place[name][0] for name in sources(layer)), default=-1)
    y = -sum(column == x for column, _ in place.values())  # below what is there
    place[layer.name] = (x, y)
    corner = (x - 0.4, y - 0.3)
    ax.add_patch(plt.Rectangle(corner, 0.8, 0.6, fill=False, edgecolor="C0"))
    text = f"{layer.name}\n{type(layer).__name__}\n{layer.output.shape}"
    ax.text(x, y, text, ha="center", va="center", fontsize=9)
    for name in sources(layer):
        left, height = place[name]
        end = (x - 0.4, y) if height == y else (x, y - 0.3)  # left or below
        arrow = {"arrowstyle": "->", "color": "C1"}
        ax.annotate("", end, (left + 0.4, height), arrowprops=arrow)
ax.set_title("Two inputs, one output")
ax.set_xlim(-0.5, 3.5)
ax.set_ylim(-1.4, 0.4)
_ = ax.axis("off")

# %% shared
print(functional.get_layer("hidden") is rated.get_layer("hidden"))


# %% subclass
class TipModel(keras.Model):
    def __init__(self, units=10):
        super().__init__()
        self.hidden = layers.Dense(units, activation="relu")
        self.tip = layers.Dense(1, activation="sigmoid")

    def call(self, rides):
        return self.tip(self.hidden(rides))


subclassed = TipModel()

# %% too-early raises="ValueError"
subclassed.set_weights(functional.get_weights())

# %% same-predictions keep="largest_difference"
rng = np.random.default_rng(0)
rides = rng.random((400, 2), dtype="float32")  # distance, delay: 0 to 1

subclassed(rides[:1])  # the first call makes the weights
predictions = []
for model in (sequential, functional, subclassed):
    model.set_weights(functional.get_weights())
    predictions.append(model.predict(rides, verbose=0))
largest_difference = float(np.ptp(predictions, axis=0).max())
print(f"largest difference {largest_difference:.6f}")

# %% train keep="trained_accuracy" contract="trained_accuracy > 0.9"
tipped = (rides[:, 1] < 0.25) | (rides[:, 0] > 0.75)  # on time, or far
optimizer = keras.optimizers.Adam(0.05)
subclassed.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
subclassed.fit(rides, tipped, epochs=20, verbose=0)
_, trained_accuracy = subclassed.evaluate(rides, tipped, verbose=0)
print(f"accuracy {trained_accuracy:.3f}")

# %% restores-nothing keep="lost"
subclassed.save_weights("tips.weights.h5")

restored = TipModel()
restored.build((None, 2))
restored.load_weights("tips.weights.h5")
lost = float(np.abs(restored(rides) - subclassed(rides)).max())
print(f"largest difference {lost:.3f}")

# %% restores-all keep="regained"
restored = TipModel()
restored(rides[:1])
restored.load_weights("tips.weights.h5")
regained = float(np.abs(restored(rides) - subclassed(rides)).max())
print(f"largest difference {regained:.3f}")

# %% not-reloaded
subclassed.save("tips.keras")
try:
    keras.saving.load_model("tips.keras", custom_objects={"TipModel": TipModel})
except TypeError as error:
    print(str(error).rpartition(": ")[2])


# %% complete-class
@keras.saving.register_keras_serializable("taxi")
class CompleteTipModel(keras.Model):
    def __init__(self, units=10, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.hidden = layers.Dense(units, activation="relu")
        self.tip = layers.Dense(1, activation="sigmoid")

    def build(self, input_shape):
        self.hidden.build(input_shape)
        self.tip.build((None, self.units))

    def call(self, rides):
        return self.tip(self.hidden(rides))

    def get_config(self):
        return {**super().get_config(), "units": self.units}


# %% reloaded keep="after_load"
complete = CompleteTipModel()
complete.build((None, 2))
complete.load_weights("tips.weights.h5")
complete.save("complete.keras")
reloaded = keras.saving.load_model("complete.keras")
after_load = float(np.abs(reloaded(rides) - subclassed(rides)).max())
print(f"largest difference {after_load:.3f}")
