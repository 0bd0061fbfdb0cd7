# %%
"""Call what older tutorials call for metrics, files and other libraries, and what to call today."""

# %% setup
import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits

keras.utils.set_random_seed(0)
images, digits = load_digits(return_X_y=True)
images = (images[:600] / 16).astype("float32")
digits = digits[:600]

model = keras.Sequential([keras.Input((64,)), layers.Dense(10, activation="softmax")])
model.compile(
    keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"]
)
history = model.fit(images, digits, epochs=3, verbose=0)
before = model.predict(images, verbose=0)

# %% old-reset raises="AttributeError"
precision = keras.metrics.Precision()
precision.update_state([0, 1, 1], [0.2, 0.9, 0.4])
precision.reset_states()

# %% reset
print(f"before: {float(precision.result())}")
precision.reset_state()
print(f"after:  {float(precision.result())}")

# %% old-cosine raises="ValueError"
arrows = keras.Sequential([keras.Input((64,)), layers.Dense(2)])
arrows.compile("sgd", "mse", metrics=["cosine_proximity"])
arrows.fit(images, images[:, 2:4], verbose=0)

# %% cosine
wind, forecast = ops.array([[1.0, 2.0]]), ops.array([[2.0, 4.0]])
metric = keras.metrics.get("cosine_similarity")
loss = keras.losses.get("cosine_similarity")
print(f"metric {float(metric(wind, forecast)):.1f}")
print(f"loss  {float(loss(wind, forecast)[0]):.1f}")


# %% old-total raises="ValueError"
class OldCounter(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.total = self.add_weight("total", initializer="zeros")


OldCounter()


# %% total
class Counter(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign_add(ops.shape(y_true)[0])

    def result(self):
        return self.total


counter = Counter()
counter.update_state(digits, before)
print(float(counter.result()))

# %% old-metrics-names tolerance="1e-2"
values = model.evaluate(images, digits, verbose=0)
for name, value in zip(model.metrics_names, values):
    print(f"{name}: {value:.2f}")

# %% return-dict tolerance="1e-2"
results = model.evaluate(images, digits, verbose=0, return_dict=True)
for name, value in results.items():
    print(f"{name}: {value:.2f}")

# %% old-acc raises="KeyError"
history.history["acc"]

# %% accuracy
print(list(history.history))

# %% old-to-yaml raises="AttributeError"
model.to_yaml()

# %% old-from-yaml raises="AttributeError"
keras.models.model_from_yaml("class_name: Sequential")

# %% yaml-runs-code
import yaml

text = "!!python/object/apply:math.factorial [5]"
print(yaml.unsafe_load(text))


# %% json contract="difference < 1e-6" keep="difference"
def largest_difference(after):
    difference = float(np.abs(after - before).max())
    print(f"largest difference: {difference:.1e}")
    return difference


text = model.to_json()
same_layers = keras.models.model_from_json(text)
same_layers.set_weights(model.get_weights())
difference = largest_difference(same_layers.predict(images, verbose=0))

# %% yaml-by-hand
import json

as_yaml = yaml.safe_dump(json.loads(text))
as_json = json.dumps(yaml.safe_load(as_yaml))
print(keras.models.model_from_json(as_json).count_params(), model.count_params())

# %% old-save-folder raises="ValueError"
model.save("digits_model")

# %% old-save-format raises="ValueError"
model.save("digits_model", save_format="tf")

# %% keras-file contract="difference < 1e-6" keep="difference"
model.save("digits.keras")
loaded = keras.saving.load_model("digits.keras")
difference = largest_difference(loaded.predict(images, verbose=0))

# %% export
model.export("digits_model", verbose=False)

# %% old-load-folder raises="ValueError"
keras.models.load_model("digits_model")

# %% tfsm-layer contract="difference < 1e-5" keep="difference"
served = layers.TFSMLayer("digits_model", call_endpoint="serve")
difference = largest_difference(served(images).numpy())

# %% old-weights raises="ValueError"
model.save_weights("digits_weights.h5")

# %% weights contract="difference < 1e-6" keep="difference"
model.save_weights("digits.weights.h5")
same_layers.load_weights("digits.weights.h5")
difference = largest_difference(same_layers.predict(images, verbose=0))

# %% old-wrapper raises="ModuleNotFoundError"
from keras.wrappers.scikit_learn import KerasClassifier

classifier = KerasClassifier(build_fn=lambda: model, epochs=10)

# %% wrapper contract="score > 0.9" keep="score"
from keras.wrappers import SKLearnClassifier
from sklearn.model_selection import train_test_split


def build(X, y):
    network = keras.Sequential(
        [keras.Input((X.shape[1],)), layers.Dense(y.shape[1], activation="softmax")]
    )
    network.compile(keras.optimizers.Adam(0.02), "categorical_crossentropy")
    return network


X_train, X_test, y_train, y_test = train_test_split(images, digits, random_state=0)
classifier = SKLearnClassifier(build, fit_kwargs={"epochs": 10, "verbose": 0})
classifier.fit(X_train, y_train)
score = float(classifier.score(X_test, y_test))
print(f"{score:.2f}")

# %% old-np-utils raises="ModuleNotFoundError"
from keras.utils.np_utils import to_categorical

to_categorical([2, 0], num_classes=3)

# %% to-categorical
from keras.utils import to_categorical

print(to_categorical([2, 0], num_classes=3))

# %% old-boston
try:
    from sklearn.datasets import load_boston

    houses = load_boston()
except ImportError as error:
    print(type(error).__name__, str(error).strip().splitlines()[0])

# %% boston-docstring
import textwrap

text = keras.datasets.boston_housing.load_data.__doc__
start = text.index("**WARNING")
print(textwrap.fill(" ".join(text[start:].split("\n\n")[0].split()), width=60))

# %% diabetes
from sklearn.datasets import load_diabetes

patients, progress = load_diabetes(return_X_y=True, scaled=False)
print(patients.shape, progress.min(), progress.max())

# %% old-warnings raises="DeprecationWarning"
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("error", DeprecationWarning)
    model.save("digits.keras")

# %% damaged raises="ValueError"
keras.saving.load_model("digits.keras")

# %% warnings contract="difference < 1e-6" keep="difference"
with warnings.catch_warnings():
    warnings.simplefilter("error", DeprecationWarning)
    warnings.filterwarnings(
        "ignore", "__array__ implementation doesn't accept a copy", DeprecationWarning
    )
    model.save("digits.keras")
loaded = keras.saving.load_model("digits.keras")
difference = largest_difference(loaded.predict(images, verbose=0))
