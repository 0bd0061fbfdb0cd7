# %%
"""Save models with layers and classes of one's own, and get the same models back."""

# %% setup
import json
import zipfile

import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_diabetes

# %% patients
data = load_diabetes(scaled=False)
patients = data.data.astype("float32")
progress = (data.target[:, np.newaxis] / 100).astype("float32")
print(data.feature_names[:4])
print(patients[0, :4])


# %% naive-layer
class NaiveStandardize(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.mean, self.spread = 0.0, 1.0

    def learn(self, inputs):
        self.mean, self.spread = inputs.mean(axis=0), inputs.std(axis=0)

    def call(self, inputs):
        return (inputs - self.mean) / self.spread


# %% naive-model keep="naive_before" tolerance="1e-2"
def make_model(standardize):
    keras.utils.set_random_seed(0)
    standardize.learn(patients)
    hidden, output = layers.Dense(16, activation="relu"), layers.Dense(1)
    model = keras.Sequential([keras.Input((10,)), standardize, hidden, output])
    model.compile(keras.optimizers.Adam(0.02), "mse")
    model.fit(patients, progress, batch_size=64, epochs=10, verbose=0)
    return model


naive = make_model(NaiveStandardize())
naive.save("naive.keras")
naive_before = naive.evaluate(patients, progress, verbose=0)
print(f"loss {naive_before:.3f}")

# %% not-located
try:
    keras.saving.load_model("naive.keras")
except TypeError as error:
    print(str(error).rpartition("encountered: ")[2].partition(" If they")[0])

# %% located keep="naive_after" contract="naive_after > 10"
names = {"NaiveStandardize": NaiveStandardize}
loaded = keras.saving.load_model("naive.keras", custom_objects=names)
naive_after = loaded.evaluate(patients, progress, verbose=0)
print(f"loss {naive_after:.0f}")


# %% layer
@keras.saving.register_keras_serializable("clinic")
class Standardize(layers.Layer):
    def build(self, input_shape):
        def weight(name, start):
            return self.add_weight(input_shape[1:], start, name=name, trainable=False)

        self.mean = weight("mean", "zeros")
        self.spread = weight("spread", "ones")

    def learn(self, inputs):
        self.build(inputs.shape)
        self.mean.assign(inputs.mean(axis=0))
        self.spread.assign(inputs.std(axis=0))

    def call(self, inputs):
        return (inputs - self.mean) / self.spread


# %% layer-loaded keep="layer_difference layer_after" tolerance="1e-2"
def difference(model, other):
    outputs = model.predict(patients, verbose=0), other.predict(patients, verbose=0)
    return float(np.abs(outputs[0] - outputs[1]).max())


model = make_model(Standardize())
model.save("model.keras")

loaded = keras.saving.load_model("model.keras")
layer_difference = difference(loaded, model)
layer_after = loaded.evaluate(patients, progress, verbose=0)
print(f"loss {layer_after:.3f}, largest difference {layer_difference:.3f}")

# %% names-in-files
for file in ("naive.keras", "model.keras"):
    with zipfile.ZipFile(file) as archive:
        config = json.loads(archive.read("config.json"))
    print(config["config"]["layers"][1]["registered_name"])

# %% edited keep="edited_difference" tolerance="1e-2"
BeforeEdit = Standardize


@keras.saving.register_keras_serializable("clinic")
class Standardize(BeforeEdit):  # stands for the same class, edited
    def call(self, inputs):
        return ops.clip(super().call(inputs), -2, 2)


edited_difference = difference(keras.saving.load_model("model.keras"), model)
print(f"largest difference {edited_difference:.3f}")


# %% edited-right keep="default_difference"
@keras.saving.register_keras_serializable("clinic")
class Standardize(BeforeEdit):
    def __init__(self, limit=None, **kwargs):
        super().__init__(**kwargs)
        self.limit = limit

    def call(self, inputs):
        outputs = super().call(inputs)
        limit = self.limit
        return outputs if limit is None else ops.clip(outputs, -limit, limit)

    def get_config(self):
        return {**super().get_config(), "limit": self.limit}


default_difference = difference(keras.saving.load_model("model.keras"), model)
print(f"largest difference {default_difference:.3f}")


# %% naive-class
@keras.saving.register_keras_serializable("clinic")
class NaiveClinic(keras.Model):
    def __init__(self, body, **kwargs):
        super().__init__(**kwargs)
        self.body = body
        self.head = layers.Dense(1)

    def call(self, inputs):
        return self.head(self.body(inputs))

    def get_config(self):
        return {**super().get_config(), "body": self.body}


naive = NaiveClinic(layers.Dense(8, activation="relu"))
naive(patients[:1])
naive.save("naive_clinic.keras")

# %% naive-class-loaded raises="TypeError"
loaded = keras.saving.load_model("naive_clinic.keras")
loaded(patients)

# %% naive-build keep="naive_gap" contract="naive_gap > 1"
naive.save_weights("naive_clinic.weights.h5")

restored = NaiveClinic(layers.Dense(8, activation="relu"))
restored.build((None, 10))
restored.load_weights("naive_clinic.weights.h5")
print("weights:", len(restored.weights))

naive_gap = difference(restored, naive)
print(f"largest difference {naive_gap:.0f}")


# %% clinic-class
@keras.saving.register_keras_serializable("clinic")
class Clinic(NaiveClinic):
    def build(self, input_shape):
        if not self.body.built:
            self.body.build(input_shape)
        self.head.build(self.body.compute_output_shape(input_shape))

    @classmethod
    def from_config(cls, config):
        body = keras.saving.deserialize_keras_object(config.pop("body"))
        return cls(body, **config)


# %% clinic-loaded keep="clinic_difference clinic_weights_difference"
clinic = Clinic(layers.Dense(8, activation="relu"))
clinic.build((None, 10))
clinic.save("clinic.keras")
clinic.save_weights("clinic.weights.h5")

restored = Clinic(layers.Dense(8, activation="relu"))
restored.build((None, 10))
restored.load_weights("clinic.weights.h5")

clinic_difference = difference(keras.saving.load_model("clinic.keras"), clinic)
clinic_weights_difference = difference(restored, clinic)
print(f"file {clinic_difference:.3f}, weights {clinic_weights_difference:.3f}")
