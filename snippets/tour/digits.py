# %%
"""Teach a small model to read handwritten digits."""

# %% setup
import keras
import matplotlib.pyplot as plt
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(0)

# %% data keep="train_count test_count"
digits = load_digits()
images = (digits.images / 16).astype("float32")  # ink from 0 to 1

train_images, test_images, train_labels, test_labels = train_test_split(
    images,
    digits.target,
    test_size=0.25,
    stratify=digits.target,
    random_state=0,
)
train_count, test_count = len(train_images), len(test_images)
print(train_images.shape, test_images.shape)

# %% model keep="parameter_count"
model = keras.Sequential(
    [
        keras.Input((8, 8)),
        layers.Flatten(),
        layers.Dense(32, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
parameter_count = model.count_params()
print(f"{parameter_count} parameters")

# %% train keep="first_loss last_loss" contract="last_loss < 0.2"
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(train_images, train_labels, epochs=30, verbose=0)
first_loss, last_loss = history.history["loss"][0], history.history["loss"][-1]
print(f"loss {first_loss:.3f} in the first epoch, {last_loss:.3f} in the last")

# %% test keep="accuracy" contract="accuracy >= 0.93"
_, accuracy = model.evaluate(test_images, test_labels, verbose=0)
print(f"accuracy {accuracy:.3f}")

# %% predict
probabilities = model.predict(test_images, verbose=0)
surest = probabilities.max(axis=1)
order = surest.argsort()
chosen = [*order[-5:], *order[:5]]  # the five surest, the five least sure

fig, axes = plt.subplots(2, 5, figsize=(4.8, 2.9), layout="constrained")
fig.suptitle("Prediction and its probability")
for ax, index in zip(axes.flat, chosen, strict=True):
    ax.imshow(test_images[index], cmap="Blues")
    ax.set_title(f"{probabilities[index].argmax()} ({surest[index]:.2f})")
    ax.axis("off")
