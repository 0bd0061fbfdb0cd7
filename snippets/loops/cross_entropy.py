# %%
"""Measure with cross-entropy how wrong a predicted distribution is."""

# %% setup
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% by-hand
labels = np.array([2, 0, 1])  # 0 = paper, 1 = glass, 2 = metal
predicted = np.array([[0.1, 0.2, 0.7], [0.6, 0.3, 0.1], [0.5, 0.3, 0.2]])

right_class = predicted[np.arange(3), labels]
print(right_class)
print(-np.log(right_class).round(4))

# %% surprise-curve
p = np.linspace(0.01, 1, 200)

fig, ax = plt.subplots(figsize=(4.8, 3), layout="constrained")
ax.plot(p, -np.log(p))
ax.plot(right_class, -np.log(right_class), "o", color="C1", label="our three")
ax.set_title("The loss of one example")
ax.set_xlabel("probability given to the right class")
ax.set_ylabel("loss")
_ = ax.legend()

# %% sparse
sparse = keras.losses.sparse_categorical_crossentropy(labels, predicted)
print(sparse.numpy().round(4))

# %% one-hot
one_hot = keras.ops.one_hot(labels, 3, dtype="float64")
print(one_hot.numpy())
dense = keras.losses.categorical_crossentropy(one_hot, predicted)
print(dense.numpy().round(4))
print(f"equal: {np.allclose(sparse, dense)}")

# %% wrong-labels raises="ValueError"
keras.losses.sparse_categorical_crossentropy(one_hot, predicted)

# %% one-number keep="mean_loss"
mean_loss = float(keras.losses.SparseCategoricalCrossentropy()(labels, predicted))
print(f"{mean_loss:.4f}")

# %% soft-labels keep="own_entropy"
opinions = np.array([[0.6, 0.3, 0.1]])
for guess in ([0.98, 0.01, 0.01], [0.4, 0.4, 0.2], [0.6, 0.3, 0.1]):
    loss = keras.losses.categorical_crossentropy(opinions, np.array([guess]))
    print(guess, f"{loss.numpy().item():.4f}")

own_entropy = float(-(opinions * np.log(opinions)).sum())
print(f"entropy of the labels {own_entropy:.4f}")

# %% minimum-curve keep="even_entropy"
fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
q = np.linspace(0.02, 0.98, 97)
for share, color in ((1.0, "C0"), (0.8, "C1"), (0.5, "C2")):
    loss = -(share * np.log(q) + (1 - share) * np.log(1 - q))
    lowest = loss.argmin()
    ax.plot(q, loss, color=color, label=f"label ({share}, {1 - share:.1f})")
    ax.plot(q[lowest], loss[lowest], "o", color=color)
ax.set_ylim(-0.1, 3)
ax.set_title("Where the loss is lowest")
ax.set_xlabel("predicted probability of the first class")
ax.set_ylabel("cross-entropy")
ax.legend(fontsize="small")
even_entropy = float(np.log(2))

# %% divergence keep="divergence"
divergence = keras.losses.kl_divergence(opinions, np.array([[0.4, 0.4, 0.2]]))
divergence = float(divergence[0])
print(f"{divergence:.4f}")

# %% from-logits
logits = np.array([[4.0, 1.0, -2.0], [-1.0, 0.5, 2.0], [0.0, 2.0, 1.0]])
answers = np.array([0, 2, 1])
probabilities = keras.ops.softmax(logits)
print(probabilities.numpy().round(4))

from_probabilities = keras.losses.sparse_categorical_crossentropy(
    answers, probabilities
)
from_logits = keras.losses.sparse_categorical_crossentropy(
    answers, logits, from_logits=True
)
print(from_probabilities.numpy().round(4), from_logits.numpy().round(4))

# %% forgotten keep="right_loss sparse_forgotten dense_forgotten"
forgotten = keras.losses.sparse_categorical_crossentropy(answers, logits)
forgotten_dense = keras.losses.categorical_crossentropy(
    keras.ops.one_hot(answers, 3, dtype="float64"), logits
)
right_loss = float(from_logits[0])
sparse_forgotten = float(forgotten[0])
dense_forgotten = float(forgotten_dense[0])
print(forgotten.numpy().round(4), forgotten_dense.numpy().round(4))

# %% forgotten-wrong keep="slightly_wrong very_wrong"
wrong_logits = np.array([[8.0, 1.0, 5.0], [80.0, 1.0, 5.0]])
twos = np.array([2, 2])
right = keras.losses.sparse_categorical_crossentropy(
    twos, wrong_logits, from_logits=True
)
forgotten = keras.losses.sparse_categorical_crossentropy(twos, wrong_logits)
slightly_wrong, very_wrong = right.numpy().tolist()
print(right.numpy().round(4), forgotten.numpy().round(4))

# %% twice keep="perfect_twice"
perfect = np.array([[1.0, 0.0, 0.0]])
twice = keras.losses.sparse_categorical_crossentropy(
    np.array([0]), perfect, from_logits=True
)
perfect_twice = float(twice[0])
print(f"{perfect_twice:.4f}")


# %% confident-mistake keep="capped_loss capped_gradient"
def loss_and_gradient(logits, from_logits):
    logits = tf.constant([logits])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        prediction = logits if from_logits else tf.nn.softmax(logits)
        loss = keras.losses.sparse_categorical_crossentropy(
            tf.constant([1]), prediction, from_logits=from_logits
        )
    return float(loss[0]), tape.gradient(loss, logits)[0].numpy()


mistake = [20.0, 0.0, 0.0]  # sure of class 0; the label says 1
capped_loss, gradient = loss_and_gradient(mistake, from_logits=False)
capped_gradient = float(np.abs(gradient).max())
print(f"{capped_loss:.3f}", gradient)

# %% confident-mistake-logits keep="full_loss full_gradient"
full_loss, gradient = loss_and_gradient(mistake, from_logits=True)
full_gradient = float(gradient[0])
print(f"{full_loss:.3f}", gradient.round(4))

# %% cap-curve text="name"
confidence = np.arange(0.0, 31.0)

fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
for from_logits, style in ((True, "-"), (False, "--")):
    losses = [loss_and_gradient([c, 0.0, 0.0], from_logits)[0] for c in confidence]
    name = "from logits" if from_logits else "from probabilities"
    ax.plot(confidence, losses, style, label=name)
ax.set_title("The more wrong, the larger the loss?")
ax.set_xlabel("logit of the wrong class")
ax.set_ylabel("loss")
_ = ax.legend()


# %% softmax-inside
class Sorter(keras.Model):
    def __init__(self):
        super().__init__()
        self.scores = keras.layers.Dense(3)

    def call(self, inputs):
        return tf.nn.softmax(self.scores(inputs))


def sure_of_paper(model):
    model(tf.ones((1, 4)))  # builds the weights, which are then set
    model.set_weights([np.zeros((4, 3)), np.array([20.0, 0.0, 0.0])])
    return model


sorter = sure_of_paper(Sorter())
print(sorter(tf.ones((1, 4))).numpy())


# %% softmax-eager keep="eager_loss graph_loss"
def glass_loss(model):
    probabilities = model(tf.ones((1, 4)))
    return keras.losses.sparse_categorical_crossentropy(tf.constant([1]), probabilities)


eager_loss = float(glass_loss(sorter)[0])
graph_loss = float(tf.function(glass_loss)(sorter)[0])
print(f"eager {eager_loss:.3f}, in tf.function {graph_loss:.3f}")

# %% softmax-layer keep="layer_loss"
layers = [keras.layers.Dense(3), keras.layers.Softmax()]
rescued = sure_of_paper(keras.Sequential(layers))
layer_loss = float(glass_loss(rescued)[0])
print(f"eager {layer_loss:.3f}")


# %% averaged keep="averaged_loss"
def average_loss():
    average = (sorter(tf.ones((1, 4))) + rescued(tf.ones((1, 4)))) / 2
    return keras.losses.sparse_categorical_crossentropy(tf.constant([1]), average)


averaged_loss = float(tf.function(average_loss)()[0])
print(f"{averaged_loss:.3f}")

# %% family
print([name for name in dir(keras.losses) if name.endswith("Crossentropy")])

# %% binary
two_columns = keras.losses.categorical_crossentropy(
    np.array([[0.0, 1.0]]), np.array([[0.2, 0.8]])
)
one_column = keras.losses.binary_crossentropy(np.array([[1.0]]), np.array([[0.8]]))
print(two_columns.numpy().round(4), one_column.numpy().round(4))

# %% focal keep="easy_factor hard_factor" text="names"
ones, scores = np.ones((2, 1)), np.array([[0.95], [0.3]])  # an easy and a hard one
plain = keras.losses.binary_crossentropy(ones, scores).numpy()
focal = keras.losses.binary_focal_crossentropy(ones, scores).numpy()
names = ["plain", "focal"]
for name, (easy, hard) in zip(names, (plain, focal), strict=True):
    print(f"{name}: easy {easy:.4f}, hard {hard:.4f}")
easy_factor, hard_factor = (focal / plain).tolist()
