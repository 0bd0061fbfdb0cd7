# %%
"""What loading a stranger's model can do, and what safe mode refuses."""

# %% setup
import base64
import json
import pickle
import zipfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

# %% pickle text="message"
message = "printed by loading a pickle"


class Parcel:
    def __reduce__(self):
        return print, (message,)


parcel = pickle.dumps(Parcel())
pickle.loads(parcel)

# %% stranger
stranger = keras.Sequential(
    [
        keras.Input((2,)),
        layers.Lambda(lambda x: (__import__("pathlib").Path("visited").touch(), x)[1]),
    ]
)
stranger.save("stranger.keras")
Path("visited").unlink()  # building the model has left a file, too

# %% inside
with zipfile.ZipFile("stranger.keras") as archive:
    config = json.loads(archive.read("config.json"))
function = config["config"]["layers"][1]["config"]["function"]
code = base64.b64decode(function["config"]["code"])
print(function["class_name"], b"pathlib" in code, b"touch" in code)

# %% refused raises="ValueError"
keras.saving.load_model("stranger.keras")

# %% unsafe
print("visited:", Path("visited").exists())
keras.saving.load_model("stranger.keras", safe_mode=False)
print("visited:", Path("visited").exists())

# %% operations keep="operations_difference"
inputs = keras.Input((2,))
model = keras.Model(inputs, ops.log(1 + inputs))
model.save("operations.keras")

loaded = keras.saving.load_model("operations.keras")
numbers = np.array([[0.0, 1.0]], "float32")
operations_difference = float(np.abs(loaded(numbers) - model(numbers)).max())
print(f"largest difference {operations_difference:.3f}")


# %% graph
class Service(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None])])
    def double(self, values):
        tf.io.write_file("written", "by a graph")
        return values * 2


tf.saved_model.save(Service(), "service")
service = tf.saved_model.load("service")
print("written:", Path("written").exists())
service.double(tf.constant([1.0]))
print("written:", Path("written").exists())
