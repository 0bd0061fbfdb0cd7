# %% [markdown]
# # Layers and their names

# %% [markdown]
# Names are counted from the first layer.

# %% model
import keras

keras.utils.set_random_seed(2)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(2)])
print("model:", model.name)

# %% [markdown]
# So are the names of layers.

# %% names
print("layers:", " ".join(layer.name for layer in model.layers))

# %% [markdown]
# Weights have the default type.

# %% types
print("type:", model.layers[0].kernel.dtype)

# %% [markdown]
# They can be counted.

# %% parameters
print("parameters:", model.count_params())

# %% [markdown]
# The shape of the output is known.

# %% shape
{"output": model.output_shape}
