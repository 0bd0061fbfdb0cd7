# %% [markdown]
# # Tensors

# %% [markdown]
# A tensor has a shape and a type.

# %% create
import tensorflow as tf

table = tf.reshape(tf.range(6), (2, 3))
print("shape:", tuple(table.shape))

# %% [markdown]
# Rows are added up along an axis.

# %% sums
print("sums:", tf.reduce_sum(table, axis=1).numpy())

# %% [markdown]
# A column and a row make a table.

# %% broadcast
both = tf.constant([[1], [2]]) + tf.constant([10, 20])
print("both:", both.numpy().tolist())

# %% [markdown]
# Matrices are multiplied.

# %% product
print("product:", tf.matmul(table, table, transpose_b=True).numpy().tolist())

# %% [markdown]
# The largest of each column.

# %% largest
tf.reduce_max(table, axis=0).numpy().tolist(), "largest"
