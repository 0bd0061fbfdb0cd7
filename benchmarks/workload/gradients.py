# %% [markdown]
# # Gradients

# %% [markdown]
# A variable.

# %% variable
import matplotlib.pyplot as plt
import tensorflow as tf

place = tf.Variable(3.0)
print("place:", float(place))

# %% [markdown]
# A tape records what is computed.

# %% tape
with tf.GradientTape() as tape:
    height = place**2
print("gradient:", float(tape.gradient(height, place)))

# %% [markdown]
# Downhill, step by step.

# %% descent
path = []
for step in range(30):
    with tf.GradientTape() as tape:
        height = place**2
    place.assign_sub(0.1 * tape.gradient(height, place))
    path.append(float(place))
print("steps:", len(path))

# %% [markdown]
# The way down.

# %% picture
_ = plt.plot(path)

# %% [markdown]
# It ends near zero.

# %% end
{"near zero": abs(path[-1]) < 0.01}
