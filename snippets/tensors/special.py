# %%
"""Keep what does not fit a full table: sparse, ragged, text, growing and waiting."""

# %% setup
import threading

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% sparse
orders = tf.sparse.SparseTensor(
    indices=[[0, 1], [1, 4], [3, 0]],  # (customer, product)
    values=[2.0, 1.0, 5.0],  # pieces
    dense_shape=[4, 6],
)
print(tf.sparse.to_dense(orders).numpy())

# %% sparse-product
prices = tf.constant([[3.0], [10.0], [2.0], [2.0], [7.0], [1.0]])
print(tf.sparse.sparse_dense_matmul(orders, prices).numpy())

# %% unsorted raises="InvalidArgumentError"
unsorted = tf.sparse.SparseTensor([[3, 0], [0, 1]], [5.0, 2.0], [4, 6])
tf.sparse.to_dense(unsorted)

# %% sorted
print(tf.sparse.reorder(unsorted).indices.numpy())

# %% ragged
visits = tf.ragged.constant([[3.0, 4.0], [8.0], [5.0, 6.0, 7.0]])
print(visits)
print(visits.shape, visits.row_lengths().numpy())

# %% padded-mean keep="padded_mean"
padded = visits.to_tensor()
means = tf.reduce_mean(padded, axis=1)
padded_mean = float(means[0])
print(padded.numpy())
print(means.numpy())

# %% ragged-mean keep="ragged_mean"
means = tf.reduce_mean(visits, axis=1)
ragged_mean = float(means[0])
print(means.numpy())

# %% three-layouts text="titles"
titles = ["dense", "sparse", "ragged"]
dense = tf.sparse.to_dense(orders).numpy()
ragged_filled = tf.sequence_mask(visits.row_lengths(), 6).numpy()
filled = [np.full(dense.shape, True), dense != 0, ragged_filled]

fig, axes = plt.subplots(1, 3, figsize=(5, 1.6), layout="constrained")
for ax, title, stored in zip(axes, titles, filled, strict=True):
    for row, column in np.argwhere(stored):
        ax.add_patch(plt.Rectangle((column, row), 0.88, 0.88, color="C0"))
    ax.set_title(title, fontsize=10)
    ax.set(xlim=(-0.2, 6.2), ylim=(4.2, -0.2), aspect="equal")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(True)

# %% string
city = tf.constant("Köln")
print(city)
print(city.shape)

# %% byte-length keep="byte_count"
byte_count = int(tf.strings.length(city))
print(byte_count, tf.strings.substr(city, 0, 2).numpy())

# %% character-length keep="character_count"
character_count = int(tf.strings.length(city, unit="UTF8_CHAR"))
start = tf.strings.substr(city, 0, 2, unit="UTF8_CHAR")
print(character_count, start.numpy().decode())

# %% code-points
points = tf.strings.unicode_decode(["Köln", "北京"], "UTF-8")
print(points)

# %% code-points-back
back = tf.strings.unicode_encode(points[:, ::-1], "UTF-8")
print([text.decode() for text in back.numpy()])


# %% tensor-array
@tf.function
def yearly_balances(years):
    balances = tf.TensorArray(tf.float32, size=years)
    balance = tf.constant(1000.0)
    for year in tf.range(years):
        balance *= 1.05
        balances = balances.write(year, balance)
    return balances.stack()


print(yearly_balances(tf.constant(3)).numpy())


# %% read-and-lose keep="lost_sum"
def read_and_stack():
    readings = tf.TensorArray(tf.float32, size=3)
    for index in range(3):
        readings = readings.write(index, index + 1.0)
    middle = readings.read(1)
    return middle, readings.stack()


middle, stacked = read_and_stack()
lost_sum = float(tf.reduce_sum(stacked))
print(middle.numpy(), stacked.numpy())

# %% read-in-graph
middle, stacked = tf.function(read_and_stack)()
print(middle.numpy(), stacked.numpy())

# %% read-and-keep keep="kept_sum"
readings = tf.TensorArray(tf.float32, size=3, clear_after_read=False)
for index in range(3):
    readings = readings.write(index, index + 1.0)
middle, stacked = readings.read(1), readings.stack()
kept_sum = float(tf.reduce_sum(stacked))
print(middle.numpy(), stacked.numpy())

# %% sets
needed = tf.constant([[0, 2, 5], [1, 3, 4]])  # skills per job, by number
present = tf.constant([[2, 5, 7], [3, 8, 9]])  # skills of the person beside it
missing = tf.sets.difference(needed, present)
print(missing.values)
print(tf.sets.size(tf.sets.intersection(needed, present)))

# %% filled-with-zeros
print(tf.sparse.to_dense(missing).numpy())

# %% filled-with-minus-one
print(tf.sparse.to_dense(missing, default_value=-1).numpy())

# %% fifo
jobs = tf.queue.FIFOQueue(capacity=2, dtypes=[tf.int32], shapes=[()])


def produce():
    for job in range(6):
        jobs.enqueue(job)  # waits while the queue is full
    jobs.close()


producer = threading.Thread(target=produce)
producer.start()
in_order = []
try:
    while True:
        in_order.append(int(jobs.dequeue()))  # waits while it is empty
except tf.errors.OutOfRangeError:
    print("closed and empty")
producer.join()
print(in_order)

# %% priority
urgency = [30, 10, 50, 20, 60, 40]
calls = tf.queue.PriorityQueue(capacity=10, types=[tf.int32], shapes=[()])
calls.enqueue_many([tf.constant(urgency, tf.int64), tf.range(6)])
by_urgency = [int(calls.dequeue()[1]) for _ in range(6)]
print(by_urgency)

# %% shuffle
cards = tf.queue.RandomShuffleQueue(
    capacity=10, min_after_dequeue=2, dtypes=[tf.int32], shapes=[()], seed=1
)
cards.enqueue_many([tf.range(6)])
shuffled = cards.dequeue_many(4).numpy().tolist()
cards.close()
shuffled += cards.dequeue_up_to(10).numpy().tolist()
print(shuffled)

# %% padding
sentences = tf.queue.PaddingFIFOQueue(10, [tf.int32], shapes=[(None,)])
for words in ([11, 12], [13], [14, 15, 16]):
    sentences.enqueue([words])
print(sentences.dequeue_many(3).numpy())

# %% queue-orders text="names"
names = ["enqueued", "FIFO", "priority", "shuffled"]
orders_out = [range(6), in_order, by_urgency, shuffled]

fig, ax = plt.subplots(figsize=(4.8, 2.8), layout="constrained")
for y, order in enumerate(orders_out):
    for x, item in enumerate(order):
        ax.add_patch(plt.Rectangle((x, y), 0.9, 0.8, color=f"C{item}"))
        middle = {"ha": "center", "va": "center", "color": "white"}
        ax.text(x + 0.45, y + 0.4, f"{item}", **middle)
ax.set_title("Six items through three queues")
ax.set_xlabel("first out on the left")
ax.set_xticks([])
ax.set_yticks(np.arange(4) + 0.4, names)
ax.set(xlim=(-0.1, 6), ylim=(4, -0.2))
ax.tick_params(length=0)
ax.spines[:].set_visible(False)
