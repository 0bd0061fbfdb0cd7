# %%
"""Serve a digit classifier over REST, ask it, and see what happens to bad requests."""

# %% setup
import atexit
import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import requests
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

# %% train
digits = load_digits()
train_pixels, test_pixels, train_labels, test_labels = train_test_split(
    digits.data, digits.target, test_size=0.3, stratify=digits.target, random_state=0
)
keras.utils.set_random_seed(0)
network = keras.Sequential(
    [
        keras.Input((64,), name="pixels"),
        layers.Dense(32, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
network.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
_ = network.fit(train_pixels / 16, train_labels, epochs=8, verbose=0)

# %% export
pixels = keras.Input((64,), name="pixels")
model = keras.Model(pixels, network(layers.Rescaling(1 / 16)(pixels)))

model.export("models/digits/1", verbose=False)
network.export("models/bare/1", verbose=False)

# %% layout
for path in sorted(Path("models/digits").rglob("*")):
    print(path.as_posix())

# %% config
_ = Path("models/models.config").write_text("""\
model_config_list {
  config { name: "digits" base_path: "/models/digits" model_platform: "tensorflow" }
  config { name: "bare" base_path: "/models/bare" model_platform: "tensorflow" }
}
""")

# %% runs-anew hide=true
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # only the server imports it, yet an upgrade has to run this again
    import kserve  # noqa: F401

# %% server-file
_ = Path("server.py").write_text("""\
import sys
from pathlib import Path

import tensorflow as tf
from kserve import Model, ModelServer
from kserve.errors import InvalidInput
from kserve.protocol.rest.server import RESTServer


class Served(Model):
    def load(self):
        versions = Path("models", self.name).iterdir()
        newest = max(int(one.name) for one in versions if one.name.isdigit())
        self.loaded = tf.saved_model.load(f"models/{self.name}/{newest}")
        self.ready = True

    async def predict(self, payload, headers=None):
        rows = "instances" in payload
        values = payload["instances"] if rows else payload["inputs"]
        signature = self.loaded.signatures["serving_default"]
        ((name, wanted),) = signature.structured_input_signature[1].items()
        batch = tf.constant(values, wanted.dtype)
        if not batch.shape.is_compatible_with(wanted.shape):
            raise InvalidInput(f"shape {batch.shape} instead of {wanted.shape}")
        (output,) = signature(**{name: batch}).values()
        return {"predictions" if rows else "outputs": output.numpy().tolist()}


server = ModelServer(enable_grpc=False)
for folder in Path("models").iterdir():
    if folder.is_dir():
        model = Served(folder.name)
        model.load()
        server.register_model(model)

app, port = "kserve.model_server:app", int(sys.argv[1])
rest = RESTServer(app, server.dataplane, server.model_repository_extension, port)
rest.config.host = "127.0.0.1"
rest.run()
""")

# %% serve
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))  # 0 stands for any free port
    port = probe.getsockname()[1]
address = f"http://127.0.0.1:{port}"

with Path("server.log").open("w") as log:
    command = [sys.executable, "server.py", str(port)]
    server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
_ = atexit.register(server.kill)  # should a block below fail


# %% ready
def wait_until_ready(seconds=120):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if requests.get(f"{address}/v1/models/digits", timeout=5).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise TimeoutError(f"no answer within {seconds} s: read server.log")


wait_until_ready()

# %% request
url = f"{address}/v1/models/digits:predict"
reply = requests.post(url, json={"instances": test_pixels[:1].tolist()}, timeout=10)

sent = reply.request
print(sent.method, sent.path_url)
print("Content-Type:", sent.headers["Content-Type"])
print(sent.body.decode()[:60], "…")

# %% reply tolerance="1e-2"
print(reply.status_code, reply.reason)
print("Content-Type:", reply.headers["Content-Type"])
print(json.dumps(reply.json(), indent=1))

# %% compare keep="difference" contract="difference < 1e-6"
body = {"instances": test_pixels.tolist()}
served = requests.post(url, json=body, timeout=10).json()["predictions"]
local = model.predict(test_pixels, verbose=0)
difference = float(np.abs(served - local).max())
print(f"{len(served)} images, largest difference {difference:.6f}")

# %% naive raises="KeyError"
requests.post(f"{address}/v1/models/digit:predict", json=body).json()["predictions"]


# %% ask
def ask(path, body):
    reply = requests.post(address + path, json=body, timeout=10)
    if not reply.ok:
        raise RuntimeError(f"{reply.status_code}: {reply.text}")
    return reply.json()


# %% ask-wrong raises="RuntimeError"
ask("/v1/models/digit:predict", body)


# %% bad-requests keep="shape_status json_status key_status"
def send(data):
    reply = requests.post(url, data=data, timeout=10)
    print(reply.status_code, reply.text)
    return reply.status_code


shape_status = send(json.dumps({"instances": test_pixels[:1, :63].tolist()}))
json_status = send('{"instances": [[0, 0, 5,]]}')
key_status = send(json.dumps({"instance": test_pixels[:1].tolist()}))

# %% columns
reply = ask("/v1/models/digits:predict", {"inputs": test_pixels[:2].tolist()})
print(list(reply), np.shape(reply["outputs"]))

# %% signature
loaded = tf.saved_model.load("models/digits/1")
signature = loaded.signatures["serving_default"]
print(signature.structured_input_signature[1])
print(signature.structured_outputs)

# %% status
paths = ["/v1/models/digits", "/v1/models/digits/metadata"]
replies = [requests.get(address + path, timeout=10) for path in paths]
for reply in replies:
    print(reply.status_code, reply.text)


# %% judge
def judge(name, rows):
    reply = ask(f"/v1/models/{name}:predict", {"instances": rows.tolist()})
    probabilities = np.array(reply["predictions"])
    unsure = probabilities.max(axis=1) < 0.9
    wrong = probabilities.argmax(axis=1) != test_labels
    counts = wrong.sum(), unsure.sum(), (wrong & unsure).sum()
    print("wrong {}, checked by a person {}, wrong and checked {}".format(*counts))
    return counts


# %% divided keep="wrong checked caught" tolerance="0.05"
wrong, checked, caught = judge("bare", test_pixels / 16)

# %% forgot keep="raw_wrong raw_checked raw_caught" tolerance="0.05"
raw_wrong, raw_checked, raw_caught = judge("bare", test_pixels)

# %% inside keep="inside_wrong inside_checked inside_caught" tolerance="0.05"
inside_wrong, inside_checked, inside_caught = judge("digits", test_pixels)

# %% stop
server.terminate()
_ = server.wait(timeout=30)
