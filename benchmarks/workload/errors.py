# %% [markdown]
# # Shapes that do not fit

# %% [markdown]
# Four numbers.

# %% numbers
import tensorflow as tf

numbers = tf.constant([1, 2, 3, 4])
print("numbers:", numbers.shape[0])

# %% [markdown]
# They fill two rows of two.

# %% fits
print("rows:", tf.reshape(numbers, (2, 2)).numpy().tolist())

# %% [markdown]
# They do not fill three rows of two.

# %% fails raises="InvalidArgumentError"
tf.reshape(numbers, (3, 2))

# %% [markdown]
# The numbers are still there.

# %% after
print("still:", numbers.numpy().tolist())

# %% [markdown]
# One side can be left open.

# %% open
{"shape": tuple(tf.reshape(numbers, (-1, 1)).shape)}
