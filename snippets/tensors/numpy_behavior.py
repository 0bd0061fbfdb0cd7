# %%
"""Switch on NumPy behaviour, and see what changes besides the missing methods."""

# %% before
import tensorflow as tf

table = tf.constant([[1, 2], [3, 4]])
print(table[[1, 0]])

# %% switch
import tensorflow.experimental.numpy as tnp

tnp.experimental_enable_numpy_behavior()
print(table.T)

# %% after
print(table[[1, 0]])
print((tf.constant(2.0) + tf.constant(40)).dtype.name)
