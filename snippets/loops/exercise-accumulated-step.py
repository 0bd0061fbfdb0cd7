# %%
"""Exercise: one training step over several batches."""

# %% task role="task"
"""
A large batch does not fit into memory. Cut it into small ones, compute their gradients one after the other, and move the weights once, at the end. The weights must not notice: they get the step that the whole batch at once would have given them.

Write `accumulated_step(model, optimizer, loss_fn, batches)`:

- `batches` yields pairs of inputs and targets. The batches may have different sizes.
- `loss_fn(targets, outputs)` is the mean loss of a batch.
- The optimizer makes one step, with the gradients of the mean loss of all examples.
- The result is this mean loss, as computed before the step, as a Python number.
- It is training, and the model is told so.
"""

# %% setup
import keras
import numpy as np
import tensorflow as tf


# %% starter role="starter"
def accumulated_step(model, optimizer, loss_fn, batches):
    # your code: what has to be added up over the batches, before the step?
    return 0.0


# %% solution role="solution"
def accumulated_step(model, optimizer, loss_fn, batches):
    variables = model.trainable_variables
    sums = [0.0 for _ in variables]
    total, count = 0.0, 0
    for inputs, targets in batches:
        with tf.GradientTape() as tape:
            outputs = model(inputs, training=True)
            loss = loss_fn(targets, outputs) * len(targets)
        for i, gradient in enumerate(tape.gradient(loss, variables)):
            sums[i] += gradient
        total += float(loss)
        count += len(targets)
    optimizer.apply([gradient / count for gradient in sums], variables)
    return total / count


# %% data
rng = np.random.default_rng(0)
points = rng.normal(size=(100, 8)).astype("float32")
classes = (points[:, 0] > 0).astype("int32") + (points[:, 1] > 0)
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def stepped(batch_size):
    keras.utils.set_random_seed(0)
    hidden = keras.layers.Dense(16, activation="relu")
    model = keras.Sequential([keras.Input((8,)), hidden, keras.layers.Dense(3)])
    data = tf.data.Dataset.from_tensor_slices((points, classes)).batch(batch_size)
    optimizer = keras.optimizers.SGD(0.1)
    loss = accumulated_step(model, optimizer, loss_fn, data)
    print(f"batches of {batch_size}: loss {loss:.4f}")
    return np.concatenate([weights.ravel() for weights in model.get_weights()])


# %% compare keep="difference" contract="difference < 1e-4"
difference = float(np.abs(stepped(100) - stepped(32)).max())
print(f"largest difference of the weights: {difference:.4f}")


# %% tests role="tests"
def one_weight(*batches):
    # One weight that begins at 0, inputs of 1: the gradient is -2 times the mean target
    weight = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((1,)), weight])
    optimizer = keras.optimizers.SGD(0.1)
    pairs = [
        (tf.ones((len(targets), 1)), tf.constant(targets, tf.float32)[:, None])
        for targets in batches
    ]
    mse = keras.losses.MeanSquaredError()
    loss = accumulated_step(model, optimizer, mse, pairs)
    return float(weight.kernel[0, 0]), int(optimizer.iterations), loss


def test_one_step():
    """How often the weights move"""
    value, steps, _ = one_weight([2, 2], [4, 4])
    assert steps == 1, (
        f"The optimizer has made {steps} steps for two batches. It should make one, "
        "after the last batch: add the gradients up inside the loop, call "
        "`optimizer.apply` behind it."
    )
    assert abs(value - 0.6) < 1e-3, (
        "Targets 2, 2 and 4, 4, inputs 1, a weight of 0, a rate of 0.1: the gradient of "
        "the mean loss is -6, and the weight should become 0.60. Yours became "
        f"{value:.2f}. What is added up over the batches has to be divided again."
    )


def test_sizes():
    """Batches of different sizes"""
    value, _, _ = one_weight([2, 2, 2], [6])
    assert abs(value - 0.8) > 1e-3, (
        f"Your weight became {value:.2f}, with the targets 2, 2, 2 and 6; the whole "
        "batch at once gives 0.60. You give both batches the same say, and the 6 counts "
        "as much as three others. Multiply by the size of the batch, and divide by the "
        "number of all examples at the end."
    )
    assert abs(value - 0.6) < 1e-3, (
        "The targets 2, 2, 2 and 6 have a mean of 3, and the weight should become 0.60. "
        f"Yours became {value:.2f}."
    )


def test_loss():
    """The loss of all examples"""
    _, _, loss = one_weight([2, 2, 2], [6])
    assert abs(float(loss) - 20) > 1e-3, (
        "You return 20.00, the mean of 4 and 36, which are the losses of the two "
        "batches. Three examples have a loss of 4 and one has 36: the mean of all is "
        "(3 * 4 + 36) / 4 = 12.00."
    )
    assert abs(float(loss) - 12) < 1e-3, (
        f"You return {float(loss):.2f}. Before the step three examples have a loss of 4 "
        "and one has 36; their mean is 12.00."
    )
    assert isinstance(loss, float), (
        f"You return a {type(loss).__name__}. Make it a Python number with `float`."
    )


def test_training():
    """What the model is told"""
    told = []

    class Listener(keras.layers.Layer):
        def call(self, inputs, training=None):
            told.append(training)
            return inputs

    model = keras.Sequential(
        [keras.Input((1,)), Listener(), keras.layers.Dense(1, use_bias=False)]
    )
    told.clear()
    pairs = [(tf.ones((2, 1)), tf.ones((2, 1)))] * 2
    accumulated_step(
        model, keras.optimizers.SGD(0.1), keras.losses.MeanSquaredError(), pairs
    )
    assert told and all(told), (
        "The model is not told that this is training: dropout would drop nothing, and "
        "batch normalization would learn no averages. Call it with `training=True`."
    )


# %% step-per-batch role="wrong" hint="test_one_step"
def accumulated_step(model, optimizer, loss_fn, batches):
    total, count = 0.0, 0
    for inputs, targets in batches:
        with tf.GradientTape() as tape:
            loss = loss_fn(targets, model(inputs, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        total += float(loss) * len(targets)
        count += len(targets)
    return total / count


# %% mean-of-means role="wrong" hint="test_sizes"
def accumulated_step(model, optimizer, loss_fn, batches):
    collected, losses = [], []
    for inputs, targets in batches:
        with tf.GradientTape() as tape:
            loss = loss_fn(targets, model(inputs, training=True))
        collected.append(tape.gradient(loss, model.trainable_variables))
        losses.append(float(loss))
    means = [sum(parts) / len(parts) for parts in zip(*collected, strict=True)]
    optimizer.apply(means, model.trainable_variables)
    return sum(losses) / len(losses)


# %% plain-mean-loss role="wrong" hint="test_loss"
def accumulated_step(model, optimizer, loss_fn, batches):
    variables = model.trainable_variables
    sums, count, losses = [0.0 for _ in variables], 0, []
    for inputs, targets in batches:
        with tf.GradientTape() as tape:
            loss = loss_fn(targets, model(inputs, training=True))
        for i, gradient in enumerate(tape.gradient(loss, variables)):
            sums[i] += gradient * len(targets)
        losses.append(float(loss))
        count += len(targets)
    optimizer.apply([gradient / count for gradient in sums], variables)
    return sum(losses) / len(losses)


# %% not-in-training role="wrong" hint="test_training"
def accumulated_step(model, optimizer, loss_fn, batches):
    variables = model.trainable_variables
    sums, total, count = [0.0 for _ in variables], 0.0, 0
    for inputs, targets in batches:
        with tf.GradientTape() as tape:
            loss = loss_fn(targets, model(inputs)) * len(targets)
        for i, gradient in enumerate(tape.gradient(loss, variables)):
            sums[i] += gradient
        total += float(loss)
        count += len(targets)
    optimizer.apply([gradient / count for gradient in sums], variables)
    return total / count
