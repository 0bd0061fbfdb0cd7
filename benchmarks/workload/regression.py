# %% [markdown]
# # Fit a line

# %% [markdown]
# Points lie near a line.

# %% data
import keras
import matplotlib.pyplot as plt
import numpy as np

inputs = np.linspace(0, 1, 64, dtype="float32").reshape(-1, 1)
targets = 3 * inputs + 1
print("points:", inputs.shape)

# %% [markdown]
# One dense unit has a slope and an offset.

# %% model
keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile(keras.optimizers.SGD(0.3), "mse")
history = model.fit(inputs, targets, epochs=20, verbose=0)
print("epochs:", len(history.history["loss"]))

# %% [markdown]
# The loss falls.

# %% curve
plt.plot(history.history["loss"])
plt.xlabel("epoch")
_ = plt.ylabel("loss")

# %% [markdown]
# Draft 1. The prediction at one half is scaled.

# %% scaled
factor = 1
prediction = model.predict(np.array([[0.5]]), verbose=0)
print("factor:", factor)
print("near 2.5:", bool(abs(prediction[0, 0] - 2.5) < 0.2))

# %% [markdown]
# The weights have these shapes.

# %% shapes
{"shapes": [weight.shape for weight in model.get_weights()]}
