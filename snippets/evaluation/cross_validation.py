# %%
"""Judge a model on data it has not seen, and on small data more than once."""

# %% setup
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_wine
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split

tf.get_logger().setLevel("ERROR")  # many models: no warnings about retracing

# %% wines keep="development_count test_count"
wine = load_wine()
inputs = wine.data[:, [0, 1, 2]].astype("float32")  # alcohol, malic acid, ash
labels = wine.target

dev_inputs, test_inputs, dev_labels, test_labels = train_test_split(
    inputs, labels, test_size=0.25, stratify=labels, random_state=0
)
development_count, test_count = len(dev_labels), len(test_labels)
print(development_count, test_count)


# %% new-model
def new_model(train_inputs):
    normalize = layers.Normalization()
    normalize.adapt(train_inputs)
    model = keras.Sequential(
        [
            keras.Input((3,)),
            normalize,
            layers.Dense(64, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.05),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


# %% fit
keras.utils.set_random_seed(0)
model = new_model(dev_inputs)
_ = model.fit(dev_inputs, dev_labels, epochs=25, batch_size=128, verbose=0)

# %% evaluate-training keep="training_accuracy"
result = model.evaluate(dev_inputs, dev_labels, verbose=0, return_dict=True)
training_accuracy = result["accuracy"]
print(f"loss {result['loss']:.3f}, accuracy {training_accuracy:.3f}")

# %% evaluate-test keep="test_accuracy"
result = model.evaluate(test_inputs, test_labels, verbose=0, return_dict=True)
test_accuracy = result["accuracy"]
print(f"loss {result['loss']:.3f}, accuracy {test_accuracy:.3f}")

# %% two-values raises="ValueError"
model.compile(
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy", "sparse_top_k_categorical_accuracy"],
)
loss, accuracy = model.evaluate(test_inputs, test_labels, verbose=0)

# %% no-metric raises="TypeError"
loss_only = keras.Sequential(model.layers)
loss_only.compile(loss="sparse_categorical_crossentropy")
loss, accuracy = loss_only.evaluate(test_inputs, test_labels, verbose=0)

# %% metrics-names
model.compile(
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(2, "top_2")],
)
values = model.evaluate(test_inputs, test_labels, verbose=0)
print(model.metrics_names, len(values))

# %% by-name
result = model.evaluate(test_inputs, test_labels, verbose=0, return_dict=True)
print({name: round(value, 3) for name, value in result.items()})

# %% predict
probabilities = model.predict(test_inputs, verbose=0)
predicted = probabilities.argmax(axis=1)
print(probabilities.shape, predicted[:8], test_labels[:8])

# %% one-output
is_first = keras.Sequential(
    [
        keras.Input((3,)),
        model.layers[0],  # the same normalization
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
is_first.compile(keras.optimizers.Adam(0.05), "binary_crossentropy")
is_first.fit(dev_inputs, dev_labels == 0, epochs=10, verbose=0)
scores = is_first.predict(test_inputs, verbose=0)
print(scores.shape)

# %% argmax-of-one keep="argmax_positives argmax_accuracy"
answers = scores.argmax(axis=1)
argmax_positives = int(answers.sum())
argmax_accuracy = float(np.mean(answers == (test_labels == 0)))
print(f"{argmax_positives} positive, accuracy {argmax_accuracy:.3f}")

# %% threshold-of-one keep="threshold_positives threshold_accuracy"
answers = scores[:, 0] > 0.5
threshold_positives = int(answers.sum())
threshold_accuracy = float(np.mean(answers == (test_labels == 0)))
print(f"{threshold_positives} positive, accuracy {threshold_accuracy:.3f}")

# %% fold-picture text="word"
fig, ax = plt.subplots(figsize=(4.8, 2.8), layout="constrained")
for turn in range(5):
    for part in range(5):
        color = "C1" if part == turn else "C0"
        ax.barh(turn, 0.94, left=part, height=0.8, color=color)
        word = "score" if part == turn else "train"
        ax.text(part + 0.47, turn, word, ha="center", va="center", color="white")
ax.set_title("Each part is held out once")
ax.set_xlabel("part of the data")
ax.set_ylabel("fold")
ax.set_xticks([part + 0.47 for part in range(5)], range(1, 6))
ax.set_yticks(range(5), range(1, 6))
ax.invert_yaxis()

# %% plain-folds
for _, fold in KFold(5).split(inputs):
    print(np.bincount(labels[fold], minlength=3))

# %% stratified-folds
splitter = StratifiedKFold(5, shuffle=True, random_state=0)
for _, fold in splitter.split(dev_inputs, dev_labels):
    print(np.bincount(dev_labels[fold], minlength=3))

# %% cross-validate
accuracies, f1_scores = [], []
for train, fold in splitter.split(dev_inputs, dev_labels):
    keras.utils.clear_session()
    keras.utils.set_random_seed(0)
    model = new_model(dev_inputs[train])
    train_fold = dev_inputs[train], dev_labels[train]
    model.fit(*train_fold, epochs=25, batch_size=128, verbose=0)

    predicted = model.predict(dev_inputs[fold], verbose=0).argmax(axis=1)
    accuracies.append(float(np.mean(predicted == dev_labels[fold])))
    f1_scores.append(f1_score(dev_labels[fold], predicted, average="macro"))
print([round(accuracy, 3) for accuracy in accuracies])

# %% mean-and-deviation keep="mean_accuracy accuracy_deviation mean_f1"
mean_accuracy = float(np.mean(accuracies))
accuracy_deviation = float(np.std(accuracies, ddof=1))
mean_f1, f1_deviation = float(np.mean(f1_scores)), float(np.std(f1_scores, ddof=1))
print(f"accuracy {mean_accuracy:.3f} ± {accuracy_deviation:.3f}")
print(f"macro F1 {mean_f1:.3f} ± {f1_deviation:.3f}")

# %% score-picture
fig, ax = plt.subplots(figsize=(4.8, 3), layout="constrained")
ax.plot(range(1, 6), accuracies, "o", color="C0", label="one fold")
ax.axhline(mean_accuracy, color="C1", label="mean")
low, high = mean_accuracy - accuracy_deviation, mean_accuracy + accuracy_deviation
ax.axhspan(low, high, color="C1", alpha=0.2, label="± standard deviation")
ax.set_title("Five scores of one recipe")
ax.set_xlabel("fold")
ax.set_ylabel("accuracy")
ax.set_ylim(0.2, 1)
ax.set_xticks(range(1, 6))
_ = ax.legend(loc="lower right")

# %% leftover keep="leftover_accuracy"
result = model.evaluate(dev_inputs, dev_labels, verbose=0, return_dict=True)
leftover_accuracy = result["accuracy"]
print(f"accuracy {leftover_accuracy:.3f}")

# %% last-fold keep="last_fold_accuracy last_fold_loss"
held_out = dev_inputs[fold], dev_labels[fold]
result = model.evaluate(*held_out, verbose=0, return_dict=True)
last_fold_loss, last_fold_accuracy = result["loss"], result["accuracy"]
print(f"loss {last_fold_loss:.3f}, accuracy {last_fold_accuracy:.3f}")

# %% same-fold-again keep="again_loss"
model = new_model(dev_inputs[train])  # no new seed
model.fit(*train_fold, epochs=25, batch_size=128, verbose=0)
result = model.evaluate(*held_out, verbose=0, return_dict=True)
again_loss = result["loss"]
print(f"loss {again_loss:.3f}, accuracy {result['accuracy']:.3f}")
