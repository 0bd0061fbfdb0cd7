# %%
"""Change one argument of `compile` at a time and look at its effect."""

# %% setup
import inspect

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits

# %% signature
for parameter in inspect.signature(keras.Model.compile).parameters.values():
    print(parameter)

# %% anatomy text="stages"
stages = [
    ("batch", ""),
    ("prediction", ""),
    ("loss", "loss, loss_weights"),
    ("gradients", "auto_scale_loss"),
    ("new weights", "optimizer"),
    ("metrics", "metrics,\nweighted_metrics"),
]
code = {"va": "center", "fontsize": 9.5}

fig, ax = plt.subplots(figsize=(5, 4.8), layout="constrained")
for i, (name, argument) in enumerate(stages):
    y, color = 5 - i, f"C{i}"
    ax.add_patch(plt.Rectangle((0.5, y - 0.28), 2, 0.56, color=color, alpha=0.35))
    ax.text(1.5, y, name, ha="center", va="center")
    ax.text(2.7, y, argument, color=color, **code)
    if i:
        arrow = {"arrowstyle": "-|>", "color": "C7", "lw": 2}
        ax.annotate("", (1.5, y + 0.28), (1.5, y + 0.75), arrowprops=arrow)
for inset, top, color, argument in (
    (0.25, 5.9, "C0", "run_eagerly, jit_compile"),
    (0.0, 6.5, "C3", "steps_per_execution"),
):
    corner, width, height = (inset, inset - 0.9), 5.4 - 2 * inset, top + 0.9 - inset
    ax.add_patch(plt.Rectangle(corner, width, height, fill=False, ec=color, lw=2))
    ax.text(inset + 0.15, top - 0.25, argument, color=color, **code)
ax.text(5, 5.65, "one step", ha="right", va="center", color="C0", fontsize=9)
ax.text(5.25, 6.25, "several steps", ha="right", va="center", color="C3", fontsize=9)
ax.set_title("Where each argument acts")
ax.set(xlim=(-0.1, 5.5), ylim=(-1, 6.6))
ax.set_axis_off()


# %% digits
digits = load_digits()
images = (digits.data / 16).astype("float32")[:640]
labels = digits.target[:640]
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def make_model():
    keras.utils.set_random_seed(0)  # the same initial weights at every call
    inputs = keras.Input((64,))
    hidden = layers.Dense(32, activation="relu")(inputs)
    return keras.Model(inputs, layers.Dense(10)(hidden))


# %% positional raises="ValueError"
model = make_model()
model.compile("adam", loss_fn, ["accuracy"])
model.fit(images, labels, verbose=0)


# %% keywords keep="default_loss default_accuracy"
def trained(epochs=2, callbacks=None, **arguments):
    model = make_model()
    # What is not named in the call is as here.
    defaults = {"optimizer": "adam", "loss": loss_fn, "metrics": ["accuracy"]}
    model.compile(**(defaults | arguments))
    model.fit(images, labels, epochs=epochs, callbacks=callbacks, verbose=0)
    return model


def report(model):
    loss, accuracy = model.evaluate(images, labels, verbose=0)
    print(f"loss {loss:.3f}, accuracy {accuracy:.3f}")
    return loss, accuracy


model = trained()
default_loss, default_accuracy = report(model)

# %% optimizer-string keep="default_rate"
default_rate = float(model.optimizer.learning_rate)
print(type(model.optimizer).__name__, f"{default_rate:.3f}")

# %% optimizer-object keep="faster_loss faster_accuracy"
optimizer = keras.optimizers.Adam(learning_rate=0.01)
faster = trained(optimizer=optimizer)
faster_loss, faster_accuracy = report(faster)

# %% optimizer-again raises="ValueError"
trained(optimizer=optimizer)

# %% optimizer-gone raises="AttributeError"
tf.keras.optimizer.Adam(learning_rate=0.01)

# %% loss-string keep="string_loss string_accuracy"
by_name = trained(
    optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy"
)
string_loss, string_accuracy = report(by_name)

# %% two-outputs
ink = images.mean(axis=1, keepdims=True)  # how much of the image is inked


def two_answers(loss_weights):
    keras.utils.set_random_seed(0)
    inputs = keras.Input((64,))
    hidden = layers.Dense(32, activation="relu")(inputs)
    outputs = {
        "digit": layers.Dense(10, name="digit")(hidden),
        "ink": layers.Dense(1, name="ink")(hidden),
    }
    model = keras.Model(inputs, outputs)
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss={"digit": loss_fn, "ink": "mse"},
        loss_weights=loss_weights,
    )
    targets = {"digit": labels, "ink": ink}
    model.fit(images, targets, epochs=2, verbose=0)
    result = model.evaluate(images, targets, return_dict=True, verbose=0)
    return result["digit_loss"], result["ink_loss"], result["loss"]


# %% unweighted keep="plain_digit plain_ink"
plain_digit, plain_ink, plain_total = two_answers(loss_weights=None)
print(f"digit {plain_digit:.4f}, ink {plain_ink:.6f}, sum {plain_total:.4f}")

# %% weighted keep="digit_loss ink_loss total"
digit_loss, ink_loss, total = two_answers(loss_weights={"digit": 1.0, "ink": 10.0})
print(f"digit {digit_loss:.4f}, ink {ink_loss:.6f}, sum {total:.4f}")
print(f"{digit_loss:.4f} + 10 * {ink_loss:.6f} = {digit_loss + 10 * ink_loss:.4f}")

# %% weighted-metrics keep="plain_accuracy eight_accuracy"
faster.compile(loss=loss_fn, metrics=["accuracy"], weighted_metrics=["accuracy"])
importance = np.where(labels == 8, 20.0, 1.0)  # an 8 counts as much as twenty others
result = faster.evaluate(
    images, labels, sample_weight=importance, return_dict=True, verbose=0
)
plain_accuracy, eight_accuracy = result["accuracy"], result["weighted_accuracy"]
print({name: round(value, 3) for name, value in result.items()})

# %% compiled-calls keep="graph_calls"
calls = 0


def counted_loss(labels, logits):
    global calls
    calls += 1
    return loss_fn(labels, logits)


_ = trained(loss=counted_loss, epochs=1)
graph_calls = calls
print(f"calls of the loss: {graph_calls}")


# %% peek-compiled raises="AttributeError"
def curious_loss(labels, logits):
    loss = loss_fn(labels, logits)
    seen.append(loss.numpy().item())
    return loss


seen = []
trained(loss=curious_loss)

# %% peek-eagerly keep="eager_calls"
seen = []
_ = trained(loss=curious_loss, run_eagerly=True, epochs=1)
eager_calls = len(seen)
print([round(loss, 3) for loss in seen[:4]])
print(f"calls of the loss: {eager_calls}")


# %% one-per-call keep="single_calls"
class CountBatches(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.batches = []

    def on_train_batch_end(self, batch, logs=None):
        self.batches.append(batch)


counter = CountBatches()
one_by_one = trained(epochs=1, callbacks=[counter])
single_calls = len(counter.batches)
print(f"{single_calls} calls: {counter.batches[:4]} ...")

# %% six-per-call keep="joined_calls difference"
in_groups = trained(epochs=1, callbacks=[counter], steps_per_execution=6)
joined_calls = len(counter.batches)
print(f"{joined_calls} calls: {counter.batches}")

pairs = zip(one_by_one.get_weights(), in_groups.get_weights(), strict=True)
difference = max(float(np.abs(a - b).max()) for a, b in pairs)
print(f"{int(in_groups.optimizer.iterations)} steps, difference {difference:.4f}")


# %% graph-operations keep="operations"
def gate(x):
    return tf.sigmoid(2.0 * x + 1.0) * x


x = tf.ones((4, 8))
graph = tf.function(gate).get_concrete_function(x).graph
kinds = [operation.type for operation in graph.get_operations() if operation.inputs]
operations = len(kinds) - 1  # the last one only hands over the result
print(kinds)

# %% xla-kernels keep="kernels"
compiled = tf.function(gate, jit_compile=True)
machine = compiled.experimental_get_compiler_ir(x)(stage="optimized_hlo")
main = machine.split("ENTRY")[1]
kernels = main.count(" fusion(")
print(f"kernels {kernels}, same result: {np.allclose(compiled(x), gate(x))}")

# %% jit-resolved
print(model.jit_compile)


# %% half-precision keep="tiny scaled"
tiny = float(np.float16(1e-8))
scaled = float(np.float16(1e-8 * 2**15))
print(f"{tiny:.7f} {scaled:.7f}")


# %% half-model
def tiny_steps(auto_scale_loss):
    keras.config.set_dtype_policy("mixed_float16")
    inputs = keras.Input((2,))
    model = keras.Model(inputs, layers.Dense(1, kernel_initializer="zeros")(inputs))
    keras.config.set_dtype_policy("float32")

    optimizer = keras.optimizers.Adam(1e-5)
    model.compile(optimizer=optimizer, loss="mse", auto_scale_loss=auto_scale_loss)
    points, targets = np.ones((8192, 2)), np.full((8192, 1), 1e-4)
    model.fit(points, targets, batch_size=8192, epochs=10, verbose=0)
    print(type(model.optimizer).__name__, f"{model.get_weights()[0][0, 0]:.6f}")
    return float(model.get_weights()[0][0, 0])


# %% not-scaled keep="unscaled_weight"
unscaled_weight = tiny_steps(auto_scale_loss=False)

# %% scaled keep="scaled_weight"
scaled_weight = tiny_steps(auto_scale_loss=True)


# %% frozen-late keep="late_move"
def move_of_first_layer(model):
    before = model.layers[1].kernel.numpy()
    model.fit(images, labels, verbose=0)
    return float(np.abs(model.layers[1].kernel.numpy() - before).max())


one_by_one.layers[1].trainable = False
late_move = move_of_first_layer(one_by_one)
print(f"the frozen layer moved by {late_move:.4f}")

# %% frozen-compiled keep="compiled_move"
one_by_one.compile(optimizer="adam", loss=loss_fn)
compiled_move = move_of_first_layer(one_by_one)
print(f"the frozen layer moved by {compiled_move:.4f}")
