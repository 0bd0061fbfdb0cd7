# %% [markdown]
# # Metrics

# %% [markdown]
# Labels and scores.

# %% scores
import keras
import matplotlib.pyplot as plt

labels = [1, 1, 0, 0]
scores = [0.9, 0.4, 0.6, 0.1]
print("cases:", len(labels))

# %% [markdown]
# Precision and recall.

# %% both
precision, recall = keras.metrics.Precision(), keras.metrics.Recall()
precision.update_state(labels, scores)
recall.update_state(labels, scores)
print("precision:", float(precision.result()))
print("recall:", float(recall.result()))

# %% [markdown]
# The scores, drawn.

# %% bars
print("bars:", len(scores))
plt.bar(range(4), scores)
{"highest": max(scores)}

# %% [markdown]
# A metric begins anew.

# %% reset
recall.reset_state()
print("after reset:", float(recall.result()))

# %% [markdown]
# The area under the curve.

# %% auc
auc = keras.metrics.AUC()
auc.update_state(labels, scores)
{"auc": round(float(auc.result()), 2)}
