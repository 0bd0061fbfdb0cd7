# %% [markdown]
# # Double precision

# %% [markdown]
# The default type of floats can be changed.

# %% switch
import keras

keras.backend.set_floatx("float64")
print("floats:", keras.backend.floatx())

# %% [markdown]
# New layers follow it.

# %% layer
keras.utils.set_random_seed(3)
layer = keras.layers.Dense(2)
layer.build((None, 3))
print("kernel:", layer.kernel.dtype)

# %% [markdown]
# So do their results.

# %% result
result = layer(keras.ops.ones((1, 3)))
print("result:", result.dtype.name)

# %% [markdown]
# Sums of small numbers are closer.

# %% sum
numbers = keras.ops.full((1000,), 0.1)
print("sum:", round(float(keras.ops.sum(numbers)), 6))

# %% [markdown]
# Each number takes eight bytes.

# %% bytes
{"bytes": layer.kernel.numpy().itemsize}
