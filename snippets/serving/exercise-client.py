# %%
"""Exercise: a client that sends rows in parts and reads what the server says."""

# %% task role="task"
"""
Ten thousand rows are to be predicted by a model behind a REST server. That is too much for one request, and now and then the server is busy.

Write `predict(post, url, rows, size=100, tries=3)`. `post` is `requests.post`, or something that is called in the same way:

- `rows` is an array of shape `(n, columns)`. It is sent in the row format, at most `size` rows per request.
- The result is an array with the predictions for all rows, in their order.
- Each request has a timeout of 10 seconds.
- A status from 500 on says *try again later*: the same request is sent again, up to `tries` times in all. (A real client would wait a moment first.)
- A status from 400 to 499 says *your mistake*: the request is never sent again.
- If no predictions are to be had, a `RuntimeError` is raised, with the status and the text of the reply.

`Server` answers as TensorFlow Serving does, but without a network. Its `requests` shows what has arrived.
"""

# %% setup
from json import dumps, loads

import numpy as np


class Reply:
    def __init__(self, status_code, text):
        self.status_code, self.text, self.ok = status_code, text, status_code < 400

    def json(self):
        return loads(self.text)


class Server:
    def __init__(self, model, columns, statuses=()):
        self.model, self.columns = model, columns
        self.statuses = list(statuses)  # how it answers at first, request by request
        self.requests = []

    def post(self, url, json, timeout=None):
        dumps(json)  # only lists, numbers and the like can be sent, no arrays
        self.requests.append({"url": url, "body": json, "timeout": timeout})
        status = self.statuses.pop(0) if self.statuses else 200
        if status != 200:
            return Reply(status, dumps({"error": "the model is being loaded"}))
        if not url.endswith("/v1/models/digits:predict"):
            return Reply(404, dumps({"error": "Servable not found"}))
        if "instances" not in json:
            return Reply(400, dumps({"error": "Missing 'instances' key"}))
        rows = np.array(json["instances"])
        if rows.shape[1:] != (self.columns,):
            return Reply(400, dumps({"error": f"{self.columns} columns wanted"}))
        return Reply(200, dumps({"predictions": self.model(rows).tolist()}))


# %% starter role="starter"
def predict(post, url, rows, size=100, tries=3):
    return np.zeros((len(rows), 1))  # your code


# %% solution role="solution"
def predict(post, url, rows, size=100, tries=3):
    predictions = []
    for start in range(0, len(rows), size):
        body = {"instances": rows[start : start + size].tolist()}
        for _ in range(tries):
            reply = post(url, json=body, timeout=10)
            if reply.status_code < 500:
                break
        if not reply.ok:
            raise RuntimeError(f"{reply.status_code}: {reply.text}")
        predictions += reply.json()["predictions"]
    return np.array(predictions)


# %% digits
import keras

pixels = np.random.default_rng(0).integers(0, 17, (250, 64))
model = keras.Sequential(
    [
        keras.Input((64,)),
        keras.layers.Rescaling(1 / 16),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
server = Server(model.predict_on_batch, 64, statuses=[503, 200, 503, 503])
url = "http://127.0.0.1:8501/v1/models/digits:predict"

served = predict(server.post, url, pixels)
difference = np.abs(served - model.predict(pixels, verbose=0)).max()
sizes = [len(request["body"]["instances"]) for request in server.requests]
print(f"rows per request: {sizes}")
print(f"{len(served)} predictions, largest difference {difference:.6f}")

# %% one-pixel-too-few raises="RuntimeError"
predict(server.post, url, pixels[:, :63])


# %% tests role="tests"
URL = "http://127.0.0.1:8501/v1/models/digits:predict"


def sums(rows):
    return rows.sum(axis=1, keepdims=True)


def sent(server):
    return [len(one["body"]["instances"]) for one in server.requests]


def error_of(server, rows, **options):
    try:
        predict(server.post, URL, rows, **options)
    except Exception as error:
        return error
    return None


def test_request():
    """One request"""
    server, rows = Server(sums, 3), np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    found = predict(server.post, URL, rows)
    assert server.requests, (
        "Your client sends nothing. Call `post(url, json=…, timeout=…)`, with the rows "
        "as a list under the key `instances`."
    )
    assert np.array_equal(np.array(found), [[6], [15]]), (
        f"For two rows your result is {np.array(found).tolist()} where it should be "
        "[[6.0], [15.0]]: what stands under `predictions` in the reply, as an array."
    )
    timeout = server.requests[0]["timeout"]
    assert timeout == 10, (
        f"The timeout of your request is {timeout}, not 10. Without one, a server that "
        "hangs makes its client hang forever."
    )


def test_parts():
    """More rows than one request may have"""
    server, rows = Server(sums, 2), np.arange(10.0).reshape(5, 2)
    found = np.array(predict(server.post, URL, rows, size=2))
    assert sent(server) == [2, 2, 1], (
        f"Five rows with `size=2` go out in requests of {sent(server)} rows where it "
        "should be [2, 2, 1]: every row once, in order, the rest in a request of its own."
    )
    assert np.array_equal(found, sums(rows)), (
        f"For five rows in three requests your result is {found.tolist()} where it "
        "should be [[1.0], [5.0], [9.0], [13.0], [17.0]]. Collect the predictions of all "
        "replies, not of the last alone."
    )
    server = Server(sums, 2)
    predict(server.post, URL, np.ones((150, 2)))
    assert sent(server) == [100, 50], (
        f"150 rows go out in requests of {sent(server)} rows where it should be "
        "[100, 50]: `size` is 100 unless told otherwise."
    )


def test_refused():
    """What the server says when it refuses"""
    error = error_of(Server(sums, 3), np.ones((2, 2)))
    assert isinstance(error, RuntimeError), (
        f"Rows with a column too few are answered with status 400, and your client ends "
        f"with {error!r}. Nobody learns from that what is wrong. Look at the status "
        "before you look for `predictions`, and raise a `RuntimeError`."
    )
    assert "400" in str(error) and "3 columns wanted" in str(error), (
        f"Your error says '{error}'. It should have the status, 400, and the words of the "
        "server, `reply.text`: they tell that 3 columns are wanted."
    )


def test_again():
    """What is sent again, and what is not"""
    server = Server(sums, 3)
    error_of(server, np.ones((2, 2)))
    assert len(server.requests) == 1, (
        f"After status 400 your client has sent the same request {len(server.requests)} "
        "times. It will never work: the mistake is in the request. Only a status from "
        "500 on is worth another try."
    )
    server = Server(sums, 2, statuses=[503, 500])
    error = error_of(server, np.ones((4, 2)))
    assert error is None and sent(server) == [4, 4, 4], (
        f"To two requests the server answers with 503 and 500, the third would work. "
        f"Your client has sent {len(server.requests)} and ended with {error!r}. Send the "
        "same rows again, up to three times in all."
    )
    server = Server(sums, 2, statuses=[503] * 9)
    error = error_of(server, np.ones((4, 2)))
    assert len(server.requests) == 3 and isinstance(error, RuntimeError), (
        f"To a server that is always busy your client has sent {len(server.requests)} "
        f"requests and ended with {error!r}. After `tries`, here 3, it should give up "
        "with a `RuntimeError`."
    )
    server = Server(sums, 2, statuses=[503, 200, 503, 200, 503, 200])
    error = error_of(server, np.ones((6, 2)), size=2, tries=2)
    assert error is None, (
        f"With `tries=2`, three requests that each work the second time make your client "
        f"end with {error!r}. Count the tries of each request on their own."
    )


# %% waits-forever role="wrong" hint="test_request"
def predict(post, url, rows, size=100, tries=3):
    reply = post(url, json={"instances": rows.tolist()})
    return np.array(reply.json()["predictions"])


# %% last-part-only role="wrong" hint="test_parts"
def predict(post, url, rows, size=100, tries=3):
    for start in range(0, len(rows), size):
        body = {"instances": rows[start : start + size].tolist()}
        for _ in range(tries):
            reply = post(url, json=body, timeout=10)
            if reply.status_code < 500:
                break
        if not reply.ok:
            raise RuntimeError(f"{reply.status_code}: {reply.text}")
        predictions = reply.json()["predictions"]
    return np.array(predictions)


# %% status-unread role="wrong" hint="test_refused"
def predict(post, url, rows, size=100, tries=3):
    predictions = []
    for start in range(0, len(rows), size):
        body = {"instances": rows[start : start + size].tolist()}
        reply = post(url, json=body, timeout=10)
        predictions += reply.json()["predictions"]
    return np.array(predictions)


# %% tries-everything-again role="wrong" hint="test_again"
def predict(post, url, rows, size=100, tries=3):
    predictions = []
    for start in range(0, len(rows), size):
        body = {"instances": rows[start : start + size].tolist()}
        for _ in range(tries):
            reply = post(url, json=body, timeout=10)
            if reply.ok:
                break
        else:
            raise RuntimeError(f"{reply.status_code}: {reply.text}")
        predictions += reply.json()["predictions"]
    return np.array(predictions)
