# %% [markdown]
# # A loop of one's own

# %% [markdown]
# Data and a model.

# %% model
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(6)
inputs = np.linspace(-1, 1, 128, dtype="float32").reshape(-1, 1)
data = tf.data.Dataset.from_tensor_slices((inputs, inputs**2)).batch(32)
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
print("batches:", len(data))

# %% [markdown]
# One step.

# %% step
optimizer = keras.optimizers.Adam(0.05)


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


print("variables:", len(model.trainable_variables))

# %% [markdown]
# Ten epochs.

# %% loop
losses = [float(step(x, y)) for epoch in range(10) for x, y in data]
print("steps:", len(losses))

# %% [markdown]
# The loss falls.

# %% falls
print("falls:", sum(losses[-4:]) < sum(losses[:4]))

# %% [markdown]
# What the optimizer counted.

# %% counted
{"iterations": int(optimizer.iterations)}
