# %%
"""Roll over to a new version while a client keeps asking, and count lost requests."""

# %% setup
import atexit
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import requests
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

# %% train
digits = load_digits()
train_pixels, test_pixels, train_labels, test_labels = train_test_split(
    digits.data, digits.target, test_size=0.3, stratify=digits.target, random_state=0
)


def train(epochs):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((64,), name="pixels"),
            layers.Rescaling(1 / 16),
            layers.Dense(32, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.01),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(train_pixels, train_labels, epochs=epochs, verbose=0)
    return model


# %% two-models keep="old_accuracy new_accuracy" tolerance="1e-2"
models = {1: train(epochs=1), 2: train(epochs=8)}
old_accuracy, new_accuracy = (
    model.evaluate(test_pixels, test_labels, verbose=0)[1] for model in models.values()
)
print(f"version 1: {old_accuracy:.2f}, version 2: {new_accuracy:.2f}")

models[1].export("models/digits/1", verbose=False)

# %% runs-anew hide=true
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # only the server imports it, yet an upgrade has to run this again
    import kserve  # noqa: F401

# %% server-file
_ = Path("server.py").write_text("""\
import asyncio
import sys
from pathlib import Path

import tensorflow as tf
from kserve import Model, ModelRepository, ModelServer
from kserve.protocol.rest.server import RESTServer


class Served(Model):
    async def load_newest(self):
        versions = Path("models", self.name).iterdir()
        newest = max(int(one.name) for one in versions if one.name.isdigit())
        folder = f"models/{self.name}/{newest}"
        self.loaded = await asyncio.to_thread(tf.saved_model.load, folder)
        self.ready = True

    async def predict(self, payload, headers=None):
        rows = tf.constant(payload["instances"], tf.float32)
        (output,) = self.loaded.signatures["serving_default"](rows).values()
        return {"predictions": output.numpy().tolist()}


class Repository(ModelRepository):
    async def load(self, name):
        await self.get_model(name).load_newest()


model = Served("digits")
asyncio.run(model.load_newest())
server = ModelServer(registered_models=Repository(), enable_grpc=False)
server.register_model(model)

app, port = "kserve.model_server:app", int(sys.argv[1])
rest = RESTServer(app, server.dataplane, server.model_repository_extension, port)
rest.config.host = "127.0.0.1"
rest.run()
""")

# %% start
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
address = f"http://127.0.0.1:{port}"


def start():
    with Path("server.log").open("a") as log:
        command = [sys.executable, "server.py", str(port)]
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    atexit.register(process.kill)
    return process


# %% stop-and-wait
def stop(process):
    process.terminate()
    process.wait(timeout=30)


def wait_until_ready(process, seconds=120):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("the server ended: read server.log")
        try:
            if requests.get(f"{address}/v1/models/digits", timeout=5).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise TimeoutError(f"no answer within {seconds} s")


# %% who-answers
image = test_pixels[:1]
expected = {number: model.predict(image, verbose=0) for number, model in models.items()}


def who_answers():
    try:
        reply = requests.post(
            f"{address}/v1/models/digits:predict",
            json={"instances": image.tolist()},
            timeout=10,
        )
        reply.raise_for_status()
    except requests.RequestException:
        return None
    answer = reply.json()["predictions"]
    gaps = {number: np.abs(answer - right).max() for number, right in expected.items()}
    return next(number for number, gap in gaps.items() if gap < 1e-4)


# %% first-start
server = start()
wait_until_ready(server)
print(f"version {who_answers()}")


# %% ask-during
def ask_during(change):
    answers = [who_answers() for _ in range(5)]
    with ThreadPoolExecutor() as pool:
        changing = pool.submit(change)
        while not changing.done() and len(answers) < 5000:
            answers.append(who_answers())
            time.sleep(0.05)
        changing.result()
    return answers + [who_answers() for _ in range(5)]


# %% naive
def stop_then_start():
    global server
    models[2].export("models/digits/2", verbose=False)
    stop(server)
    server = start()
    wait_until_ready(server)


naive = ask_during(stop_then_start)
lost = naive.count(None)
print("requests were lost:", lost > 0)
print(f"at the end: version {naive[-1]}")


# %% reload
def reload():
    url = f"{address}/v2/repository/models/digits/load"
    return requests.post(url, timeout=60)


# %% roll-back keep="lost_back"
def roll_back():
    Path("models/digits/2").rename("models/withdrawn")
    reload().raise_for_status()


back = ask_during(roll_back)
lost_back = back.count(None)
print(f"{lost_back} lost; at the end: version {back[-1]}")

# %% half-written
Path("models/digits/2").mkdir()
reply = reload()
print(reply.status_code, reply.json()["error"].partition("msg: ")[2])
print(f"version {who_answers()}")
Path("models/digits/2").rmdir()


# %% roll-over keep="lost_over"
def roll_over():
    models[2].export("models/incoming", verbose=False)
    Path("models/incoming").rename("models/digits/2")
    reload().raise_for_status()


over = ask_during(roll_over)
lost_over = over.count(None)
print(f"{lost_over} lost; at the end: version {over[-1]}")

# %% timeline
looks = {1: ("o", "C0"), 2: ("s", "C2"), None: ("x", "C3")}

fig, ax = plt.subplots(figsize=(4.8, 2.9), layout="constrained")
for row, answers in enumerate([naive, back, over]):
    runs = [(answer, len(list(run))) for answer, run in groupby(answers)]
    shown = [answer for answer, length in runs for _ in range(min(length, 5))]
    for place, answer in enumerate(shown):
        marker, color = looks[answer]
        ax.plot(place, row, marker, color=color, markersize=9)
ax.set_title("Which version answered")
ax.set_xlabel("requests in order (five of each run)")
ax.set_xticks([])
ax.set_yticks([0, 1, 2], ["stop, start", "load (back)", "load (forward)"])
ax.set_ylim(2.7, -0.6)
ax.text(2, -0.35, "version 1", color="C0", ha="center")
ax.text(7, -0.35, "no answer", color="C3", ha="center")
_ = ax.text(12, -0.35, "version 2", color="C2", ha="center")

# %% stop
stop(server)
