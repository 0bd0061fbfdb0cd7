# %%
"""Classify handwritten digits and look at the mistakes."""

# %% setup
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits
from sklearn.metrics import (
    classification_report,
    precision_recall_fscore_support,
    roc_auc_score,
    roc_curve,
)
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(0)

# %% digits
digits = load_digits()
inputs = (digits.data / 16).astype("float32")  # pixels from 0 to 1
train_inputs, test_inputs, train_labels, test_labels = train_test_split(
    inputs,
    digits.target,
    test_size=0.3,
    stratify=digits.target,
    random_state=0,
)
print(train_inputs.shape, test_inputs.shape)

# %% digit-model
model = keras.Sequential(
    [
        keras.Input((64,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(train_inputs, train_labels, epochs=20, verbose=0)

probabilities = model.predict(test_inputs, verbose=0)
predicted = probabilities.argmax(axis=1)
print(probabilities.shape, predicted.shape)

# %% wrong-shape raises="InvalidArgumentError"
metric = keras.metrics.Accuracy()
metric.update_state(test_labels, probabilities)

# %% accuracy keep="accuracy" contract="accuracy >= 0.93"
metric = keras.metrics.SparseCategoricalAccuracy()
metric.update_state(test_labels, probabilities)
accuracy = float(metric.result())
print(f"accuracy {accuracy:.3f}")

# %% top-default keep="top_default"
metric = keras.metrics.SparseTopKCategoricalAccuracy()
metric.update_state(test_labels, probabilities)
top_default = float(metric.result())
print(f"top-k accuracy {top_default:.3f}")

# %% top-two keep="top_two"
metric = keras.metrics.SparseTopKCategoricalAccuracy(k=2)
metric.update_state(test_labels, probabilities)
top_two = float(metric.result())
print(f"top-2 accuracy {top_two:.3f}")

# %% few-images
few_labels, few_predicted = test_labels[:4], predicted[:4]
print(few_labels, few_predicted)
print(tf.math.confusion_matrix(few_labels, few_predicted).shape)

# %% few-images-all-classes
print(tf.math.confusion_matrix(few_labels, few_predicted, num_classes=10).shape)

# %% confusion-matrix keep="eights eights_as_ones"
matrix = tf.math.confusion_matrix(test_labels, predicted, num_classes=10).numpy()
eights = int(matrix[8].sum())
eights_as_ones = int(matrix[8, 1])
print(matrix)

# %% confusion-heat-map
mistakes = matrix.copy()
np.fill_diagonal(mistakes, 0)
dark_from = 0.6 * mistakes.max()

fig, ax = plt.subplots(figsize=(5, 5), layout="constrained")
ax.imshow(np.ma.masked_equal(mistakes, 0), cmap="Oranges", vmin=0)
ax.set_title("True and predicted digits")
ax.set_xlabel("predicted digit")
ax.set_ylabel("true digit")
ax.set_xticks(range(10))
ax.set_yticks(range(10))

for row, column in np.argwhere(matrix):
    color = "white" if mistakes[row, column] > dark_from else "black"
    if row == column:
        color = None  # no patch here: keep the colour of the theme
    text = str(matrix[row, column])
    ax.text(column, row, text, ha="center", va="center", color=color)

# %% misread-eights
misread = np.flatnonzero((test_labels == 8) & (predicted == 1))

fig, axes = plt.subplots(1, len(misread), figsize=(5, 1.5), layout="constrained")
fig.suptitle("Eights read as 1, and the probability of 8")
for ax, index in zip(axes, misread):
    ax.imshow(test_inputs[index].reshape(8, 8), cmap="gray_r")
    ax.set_title(f"{probabilities[index, 8]:.2f}")
    ax.axis("off")

# %% class-ids keep="ids_precision ids_recall"
precision_metric = keras.metrics.Precision()
precision_metric.update_state(test_labels, predicted)
recall_metric = keras.metrics.Recall()
recall_metric.update_state(test_labels, predicted)
ids_precision = float(precision_metric.result())
ids_recall = float(recall_metric.result())
print(f"precision {ids_precision:.3f}, recall {ids_recall:.3f}")

# %% one-class keep="eight_precision eight_recall"
one_hot = keras.utils.to_categorical(test_labels, 10)
precision_metric = keras.metrics.Precision(class_id=8, top_k=1)
precision_metric.update_state(one_hot, probabilities)
recall_metric = keras.metrics.Recall(class_id=8, top_k=1)
recall_metric.update_state(one_hot, probabilities)
eight_precision = float(precision_metric.result())
eight_recall = float(recall_metric.result())
print(f"precision {eight_precision:.3f}, recall {eight_recall:.3f}")

# %% every-class
print(classification_report(test_labels, predicted, digits=3))

# %% averages keep="macro_precision macro_recall"
macro_precision, macro_recall, _, _ = precision_recall_fscore_support(
    test_labels, predicted, average="macro"
)
micro_precision, micro_recall, _, _ = precision_recall_fscore_support(
    test_labels, predicted, average="micro"
)
print(f"macro: precision {macro_precision:.4f}, recall {macro_recall:.4f}")
print(f"micro: precision {micro_precision:.4f}, recall {micro_recall:.4f}")

# %% macro-f1
f1_metric = keras.metrics.F1Score(average="macro")
f1_metric.update_state(one_hot, probabilities)
macro_f1 = float(f1_metric.result())
print(f"F1 {macro_f1:.4f}")

# %% many-class-roc raises="ValueError"
roc_curve(test_labels, probabilities)

# %% one-vs-rest keep="mean_auc"
eight_auc = roc_auc_score(test_labels == 8, probabilities[:, 8])
mean_auc = roc_auc_score(test_labels, probabilities, multi_class="ovr")
print(f"8 against the rest {eight_auc:.4f}, mean of all ten {mean_auc:.4f}")

# %% three-classes hide=true text="names" keep="rare_macro rare_micro missed_macro missed_micro"
# What readers play with on the page: ones, eights and all other digits.
import json
import textwrap

names = ["1", "8", "other"]
groups = np.full(10, 2)
groups[1], groups[8] = 0, 1
three = tf.math.confusion_matrix(groups[test_labels], groups[predicted]).numpy()
missed = three.copy()
missed[1] = [0, 0, three[1].sum()]  # every 8 is taken for another digit
even = np.round(three / three.sum(axis=1, keepdims=True) * 50).astype(int)


def measured(matrix):
    truth, answer = np.indices(matrix.shape).reshape(2, -1)
    row = {"matrix": matrix.tolist()}
    for average in (None, "macro", "weighted", "micro"):
        *shares, _ = precision_recall_fscore_support(
            truth,
            answer,
            average=average,
            sample_weight=matrix.ravel(),
            zero_division=0,
        )
        row[average or "each"] = np.array(shares).T.tolist()
    return row


rows = [measured(matrix) for matrix in (three, missed, even)]
rare_macro, rare_micro = rows[0]["macro"][1], rows[0]["micro"][1]
missed_macro, missed_micro = rows[1]["macro"][1], rows[1]["micro"][1]
print(
    textwrap.fill(json.dumps({"names": names, "rows": rows}, ensure_ascii=False), 100)
)
