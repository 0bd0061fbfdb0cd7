# %%
"""Find malignant tumours and choose how readily to raise the alarm."""

# %% setup
import warnings

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(0)

# %% tumours
cancer = load_breast_cancer()
inputs = cancer.data[:, :2].astype("float32")  # mean radius, mean texture
labels = (cancer.target == 0).astype("int32")  # 1 = malignant

train_inputs, test_inputs, train_labels, test_labels = train_test_split(
    inputs, labels, test_size=0.3, stratify=labels, random_state=0
)
test_count = len(test_labels)
malignant_count = int(test_labels.sum())
print(f"{test_count} test cases, {malignant_count} of them malignant")

# %% tumour-model
normalize = layers.Normalization()
normalize.adapt(train_inputs)

model = keras.Sequential(
    [
        keras.Input((2,)),
        normalize,
        layers.Dense(16, activation="relu"),
        layers.Dense(1),
        layers.Activation("sigmoid"),
    ]
)
model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
model.fit(train_inputs, train_labels, epochs=30, verbose=0)

probabilities = model.predict(test_inputs, verbose=0)
scores = probabilities[:, 0]
alarms = scores > 0.5

print(probabilities.shape)
for label, score, alarm in zip(test_labels[:4], scores, alarms):
    print(f"label {label}, score {score:.3f}, alarm {alarm}")

# %% accuracy keep="accuracy" contract="accuracy >= 0.88"
metric = keras.metrics.BinaryAccuracy(threshold=0.5)
metric.update_state(test_labels, scores)
accuracy = float(metric.result())
print(f"accuracy {accuracy:.3f}")

# %% accuracy-on-scores keep="accuracy_on_scores"
exact_match = keras.metrics.Accuracy()
exact_match.update_state(test_labels, scores)
accuracy_on_scores = float(exact_match.result())
print(f"accuracy {accuracy_on_scores:.3f}")

# %% accuracy-on-alarms keep="accuracy_on_alarms"
exact_match = keras.metrics.Accuracy()
exact_match.update_state(test_labels, alarms)
accuracy_on_alarms = float(exact_match.result())
print(f"accuracy {accuracy_on_alarms:.3f}")

# %% accumulated-baseline keep="accumulated"
never = np.zeros_like(scores)
metric.update_state(test_labels, never)
accumulated = float(metric.result())
print(f"accuracy {accumulated:.3f}")

# %% baseline keep="baseline"
metric.reset_state()
metric.update_state(test_labels, never)
baseline = float(metric.result())
print(f"accuracy {baseline:.3f}")

# %% categorical-accuracy keep="flat_result column_result"
label_column = test_labels[:, np.newaxis]
results = []
for some_labels in (test_labels, label_column):
    model.compile(loss="binary_crossentropy", metrics=["categorical_accuracy"])
    _, result = model.evaluate(test_inputs, some_labels, verbose=0)
    results.append(result)
    print(f"labels {some_labels.shape}: {result:.3f}")
flat_result, column_result = results

# %% accuracy-by-shape keep="accuracy_by_shape"
model.compile(loss="binary_crossentropy", metrics=["accuracy"])
_, accuracy_by_shape = model.evaluate(test_inputs, test_labels, verbose=0)
print(f"accuracy {accuracy_by_shape:.3f}")

# %% truncated-matrix
print(tf.math.confusion_matrix(test_labels, scores).numpy())

# %% two-by-two keep="true_negatives false_positives false_negatives true_positives"
matrix = tf.math.confusion_matrix(test_labels, alarms).numpy()
counts = matrix.ravel().tolist()
true_negatives, false_positives, false_negatives, true_positives = counts
print(matrix)

# %% precision-recall keep="precision recall"
precision_metric = keras.metrics.Precision()
precision_metric.update_state(test_labels, scores)
precision = float(precision_metric.result())

recall_metric = keras.metrics.Recall()
recall_metric.update_state(test_labels, scores)
recall = float(recall_metric.result())
print(f"precision {precision:.3f}, recall {recall:.3f}")

# %% three-thresholds keep="low_precision low_recall"
thresholds = [0.1, 0.5, 0.9]
precision_metric = keras.metrics.Precision(thresholds=thresholds)
precision_metric.update_state(test_labels, scores)
recall_metric = keras.metrics.Recall(thresholds=thresholds)
recall_metric.update_state(test_labels, scores)

rows = np.column_stack([precision_metric.result(), recall_metric.result()])
low_precision, low_recall = rows[0].tolist()
for threshold, (p, r) in zip(thresholds, rows):
    print(f"threshold {threshold}: precision {p:.3f}, recall {r:.3f}")

# %% logits-at-half keep="logits_recall"
without_sigmoid = keras.Model(model.inputs, model.layers[-2].output)
logits = without_sigmoid.predict(test_inputs, verbose=0)[:, 0]

precision_metric = keras.metrics.Precision()
precision_metric.update_state(test_labels, logits)
recall_metric = keras.metrics.Recall()
recall_metric.update_state(test_labels, logits)
logits_precision = float(precision_metric.result())
logits_recall = float(recall_metric.result())
print(f"precision {logits_precision:.3f}, recall {logits_recall:.3f}")

# %% logits-at-zero keep="zero_recall"
precision_metric = keras.metrics.Precision(thresholds=0.0)
precision_metric.update_state(test_labels, logits)
recall_metric = keras.metrics.Recall(thresholds=0.0)
recall_metric.update_state(test_labels, logits)
zero_precision = float(precision_metric.result())
zero_recall = float(recall_metric.result())
print(f"precision {zero_precision:.3f}, recall {zero_recall:.3f}")

# %% f1-by-hand
f1_by_hand = 2 * precision * recall / (precision + recall)
print(f"F1 {f1_by_hand:.3f}")

# %% f1-of-never
precision_metric = keras.metrics.Precision()
precision_metric.update_state(test_labels, never)
recall_metric = keras.metrics.Recall()
recall_metric.update_state(test_labels, never)
p, r = precision_metric.result().numpy(), recall_metric.result().numpy()

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    f1 = 2 * p * r / (p + r)
print(f"precision {p:.1f}, recall {r:.1f}, F1 {f1:.1f}")
print(caught[0].category.__name__, caught[0].message)

# %% f1-flat raises="ValueError"
f1_metric = keras.metrics.F1Score(threshold=0.5)
f1_metric.update_state(test_labels, scores)

# %% f1-without-threshold keep="f1_without_threshold"
f1_metric = keras.metrics.F1Score()
f1_metric.update_state(label_column, probabilities)
f1_without_threshold = float(f1_metric.result()[0])
print(f"F1 {f1_without_threshold:.3f}")

# %% f1-score keep="f1_score f1_of_never"
f1_metric = keras.metrics.F1Score(threshold=0.5)
f1_metric.update_state(label_column, probabilities)
f1_score = float(f1_metric.result()[0])

f1_metric.reset_state()
f1_metric.update_state(label_column, never[:, np.newaxis])
f1_of_never = float(f1_metric.result()[0])
print(f"model {f1_score:.3f}, never an alarm {f1_of_never:.3f}")

# %% roc-points
alarm_rates, recalls, thresholds = roc_curve(test_labels, scores)
for threshold, rate, r in list(zip(thresholds, alarm_rates, recalls))[:5]:
    print(f"threshold {threshold:.3f}: false alarms {rate:.3f}, recall {r:.3f}")

# %% strictest-threshold
no_false_alarm = np.flatnonzero(alarm_rates == 0)
first = no_false_alarm[0]
print(f"threshold {thresholds[first]:.3f}, recall {recalls[first]:.3f}")

# %% useful-threshold keep="useful_threshold useful_recall"
last = no_false_alarm[-1]
useful_threshold = float(thresholds[last])
useful_recall = float(recalls[last])
print(f"threshold {useful_threshold:.3f}, recall {useful_recall:.3f}")

# %% roc-curve
half_alarm_rate = false_positives / (false_positives + true_negatives)

fig, ax = plt.subplots(figsize=(5, 5), layout="constrained")
ax.plot(alarm_rates, recalls, color="C0", label="model")
ax.plot(half_alarm_rate, recall, "o", color="C1", label="threshold 0.5")
ax.plot([0, 1], [0, 1], "--", color="C2", label="chance")
ax.set_title("ROC curve")
ax.set_xlabel("false positive rate")
ax.set_ylabel("true positive rate (recall)")
ax.legend(loc="lower right")
ax.set_aspect("equal")

# %% auc keep="auc"
auc = roc_auc_score(test_labels, scores)
print(f"AUC {auc:.3f}")

# %% auc-of-alarms keep="auc_of_alarms"
auc_of_alarms = roc_auc_score(test_labels, alarms)
print(f"AUC {auc_of_alarms:.3f}")

# %% second-column raises="IndexError"
roc_auc_score(test_labels, probabilities[:, 1])

# %% last-column
auc_of_column = roc_auc_score(test_labels, probabilities[:, -1])
print(f"AUC {auc_of_column:.3f}")

# %% keras-auc keep="keras_auc keras_auc_tiny"
auc_metric = keras.metrics.AUC()
auc_metric.update_state(test_labels, scores)
keras_auc = float(auc_metric.result())

tiny_scores = scores / 1000
auc_metric.reset_state()
auc_metric.update_state(test_labels, tiny_scores)
keras_auc_tiny = float(auc_metric.result())
print(f"scores {keras_auc:.4f}, tiny scores {keras_auc_tiny:.4f}")

# %% exact-auc keep="exact_auc_tiny"
exact_auc_tiny = roc_auc_score(test_labels, tiny_scores)
print(f"scores {auc:.4f}, tiny scores {exact_auc_tiny:.4f}")
