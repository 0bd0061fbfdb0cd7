# %%
"""Exercise: mean delays from padded rows of times."""

# %% task role="task"
"""
A help desk notes when each request came in and when it was answered, in whole seconds since 1970. Each row of the two tables is an agent. Some agents had fewer requests than others, so their rows are filled up, with times left over from other days.

Write `mean_delays(sent, answered, lengths)`:

- `sent` and `answered` are int64 tensors of shape `(agents, width)`; `lengths` is an int32 tensor of shape `(agents,)`.
- Only the first `lengths[i]` requests of row `i` are real.
- The result is the mean delay of each agent in seconds, float32, of shape `(agents,)`. The delay of a request is the time from `sent` to `answered`.
- For an agent without requests it is 0.
"""

# %% setup
import numpy as np
import tensorflow as tf


# %% starter role="starter"
def mean_delays(sent, answered, lengths):
    # your code: one delay per request, only the real ones, their mean per row
    return tf.zeros(len(lengths))


# %% solution role="solution"
def mean_delays(sent, answered, lengths):
    delays = tf.cast(answered - sent, tf.float32)
    real = tf.sequence_mask(lengths, sent.shape[1], dtype=tf.float32)
    totals = tf.reduce_sum(delays * real, axis=1)
    counts = tf.cast(lengths, tf.float32)
    return totals / tf.maximum(counts, 1.0)


# %% three-agents
morning = 1_700_000_000
sent = tf.constant([[10, 95, 400], [20, 60, 0], [0, 0, 0]], tf.int64) + morning
waits = tf.constant([[30, 45, 61], [12, 500, 86400], [7, 7, 7]], tf.int64)
print(mean_delays(sent, sent + waits, tf.constant([3, 2, 0])).numpy())

# %% as-ragged
real = tf.RaggedTensor.from_tensor(waits, lengths=[3, 2, 0])
print(real)
print(tf.reduce_mean(tf.cast(real, tf.float32), axis=1).numpy())


# %% tests role="tests"
def measured(delays, lengths, start=1000):
    sent = start + np.arange(np.size(delays)).reshape(np.shape(delays))
    answered = sent + np.array(delays)
    return mean_delays(tf.constant(sent), tf.constant(answered), tf.constant(lengths))


def test_real_requests():
    """Which requests count"""
    values = measured([[10, 20, 90], [6, 6, 9]], [2, 3]).numpy()
    assert np.shape(values) == (2,), (
        f"Your result has the shape {np.shape(values)}. Two agents should give `(2,)`: "
        "reduce along the requests, which are axis 1."
    )
    assert abs(values[0] - 40) > 0.01, (
        f"Your first mean is {values[0]:.2f} = (10 + 20 + 90) / 3. The third request is "
        "left over and must not count. `tf.sequence_mask(lengths, width)` is true where "
        "a request is real."
    )
    assert abs(values[0] - 10) > 0.01, (
        f"Your first mean is {values[0]:.2f} = (10 + 20) / 3: the sum leaves out what is "
        "not real, the division does not. Divide by `lengths`, not by the width."
    )
    assert np.allclose(values, [15, 7]), (
        f"The delays are 10, 20 and 6, 6, 9 seconds. The means should be 15.00 and 7.00; "
        f"yours are {values[0]:.2f} and {values[1]:.2f}."
    )


def test_fractions():
    """Fractions of a second"""
    result = measured([[1, 2, 0, 0], [4, 0, 0, 0]], [2, 1])
    values = result.numpy()
    assert abs(values[0] - 1) > 0.01, (
        "The mean of 1 and 2 seconds is 1.50, and yours is 1.00: whole numbers stay "
        "whole. Cast the delays to `tf.float32` before you average them."
    )
    assert np.allclose(values, [1.5, 4]), (
        "The delays are 1, 2 and 4 seconds. The means should be 1.50 and 4.00; "
        f"yours are {values[0]:.2f} and {values[1]:.2f}."
    )
    assert result.dtype == tf.float32, (
        f"Your result is {result.dtype.name}, and the next float32 tensor will refuse "
        "it. Whole numbers divided by whole numbers give float64: cast both to "
        "`tf.float32` first."
    )


def test_large_times():
    """Times of today"""
    value = float(measured([[30, 60]], [2], start=1_700_000_000)[0])
    assert abs(value - 45) < 0.01, (
        "Two requests of November 2023, with delays of 30 and 60 seconds: the mean "
        f"should be 45.00, and yours is {value:.2f}. In float32 such times lie 128 "
        "seconds apart. Subtract while the times are whole; cast the difference."
    )


def test_no_requests():
    """An agent without requests"""
    values = measured([[10, 20], [30, 40]], [0, 2]).numpy()
    assert np.isfinite(values[0]), (
        f"The mean of an agent without requests is {values[0]:.2f}: you divide 0 by 0. "
        "Divide by 1 where the length is 0."
    )
    assert np.allclose(values, [0, 35]), (
        "An agent without requests and one with delays of 30 and 40 seconds should have "
        f"means of 0.00 and 35.00; yours are {values[0]:.2f} and {values[1]:.2f}."
    )


# %% whole-rows role="wrong" hint="test_real_requests"
def mean_delays(sent, answered, lengths):
    delays = tf.cast(answered - sent, tf.float32)
    return tf.reduce_mean(delays, axis=1)


# %% whole-numbers role="wrong" hint="test_fractions"
def mean_delays(sent, answered, lengths):
    delays = answered - sent
    means = [
        tf.reduce_mean(row[:length])
        for row, length in zip(delays, lengths.numpy(), strict=True)
    ]
    return tf.cast(tf.stack(means), tf.float32)


# %% casts-times role="wrong" hint="test_large_times"
def mean_delays(sent, answered, lengths):
    delays = tf.cast(answered, tf.float32) - tf.cast(sent, tf.float32)
    real = tf.sequence_mask(lengths, sent.shape[1], dtype=tf.float32)
    totals = tf.reduce_sum(delays * real, axis=1)
    return totals / tf.maximum(tf.cast(lengths, tf.float32), 1.0)


# %% divides-by-zero role="wrong" hint="test_no_requests"
def mean_delays(sent, answered, lengths):
    delays = tf.cast(answered - sent, tf.float32)
    real = tf.sequence_mask(lengths, sent.shape[1], dtype=tf.float32)
    totals = tf.reduce_sum(delays * real, axis=1)
    return totals / tf.cast(lengths, tf.float32)
