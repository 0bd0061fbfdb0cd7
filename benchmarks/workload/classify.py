# %% [markdown]
# # Two clouds

# %% [markdown]
# Two clouds of points.

# %% data
import keras
import matplotlib.pyplot as plt
import numpy as np

generator = np.random.default_rng(0)
points = np.concatenate([generator.normal(-2, 0.5, (100, 2)), generator.normal(2, 0.5, (100, 2))])
labels = np.repeat([0, 1], 100)
print("clouds:", points.shape)

# %% [markdown]
# A small network.

# %% train
keras.utils.set_random_seed(4)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1, "sigmoid")])
model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
model.fit(points, labels, epochs=10, verbose=0)
print("trained:", model.optimizer.iterations.numpy() > 0)

# %% [markdown]
# It tells them apart.

# %% accuracy
loss, accuracy = model.evaluate(points, labels, verbose=0)
print(f"accuracy: {accuracy:.1f}")

# %% [markdown]
# This is how they lie.

# %% picture
_ = plt.scatter(points[:, 0], points[:, 1], c=labels)

# %% [markdown]
# A point between them is in doubt.

# %% doubt
{"cases": model.predict(np.zeros((3, 2)), verbose=0).shape}
