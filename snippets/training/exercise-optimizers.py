# %%
"""Exercise: compare optimizers so that only the optimizers differ."""

# module: seconds=240

# %% task role="task"
"""
A thousand noisy points lie along the line y = 5x - 3, with x between 0 and 2. A colleague fits it three times, with SGD, Adam and RMSprop, each at its default rate. Then he asks every model for x = 10, where 47 is right, and ranks the optimizers by their answers.

The ranking means nothing. A default rate may suit one optimizer and not the next. Chance gives every model other first weights. And x = 10 lies far outside the data: there an error in the slope counts ten times, so two nearly equal models look very different. Compare the losses instead, and give each optimizer its own best rate from the same list.

Write `compare(train, optimizers, rates, seed)`:

- `train(optimizer)` builds a new model, trains it, and returns its losses, one per epoch, and the model.
- `optimizers` is a list of classes, such as `keras.optimizers.SGD`. Each class runs once at every rate in `rates`.
- All runs start from the same weights and take the points in the same order. `seed` decides which.
- The best run of an optimizer is the one with the lowest loss in the last epoch. A run that ends at `nan` is never the best. At least one run of each optimizer ends at a number.
- The result is a dictionary. The name of each class, such as `"SGD"`, leads to the tuple `(rate, losses, model)` of its best run.
"""

# %% setup
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers

rng = np.random.default_rng(0)
x = rng.uniform(0, 2, size=(1000, 1))
y = 5 * x - 3 + rng.normal(scale=0.5, size=(1000, 1))


# %% train
def train(optimizer):
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    model.compile(optimizer, "mse")
    history = model.fit(x, y, batch_size=100, epochs=10, verbose=0)
    return history.history["loss"], model


# %% starter role="starter"
def compare(train, optimizers, rates, seed):
    best = {}
    for optimizer in optimizers:
        best[optimizer.__name__] = None  # your code
    return best


# %% solution role="solution"
def compare(train, optimizers, rates, seed):
    best = {}
    for optimizer in optimizers:
        finished = []
        for rate in rates:
            keras.utils.set_random_seed(seed)
            losses, model = train(optimizer(rate))
            if not np.isnan(losses[-1]):
                finished.append((rate, losses, model))
        best[optimizer.__name__] = min(finished, key=lambda run: run[1][-1])
    return best


# %% usual tolerance="1e-2"
optimizers = [keras.optimizers.SGD, keras.optimizers.Adam, keras.optimizers.RMSprop]


def show(name, rate, losses, model):
    near, far = model(np.array([[1.0], [10.0]]))[:, 0]
    print(
        f"{name} at {rate:.3f}: loss {losses[-1]:.3f}, "
        f"{near:.1f} for x = 1, {far:.1f} for x = 10"
    )


usual = {}
for optimizer in optimizers:
    losses, model = train(optimizer())
    rate = float(model.optimizer.learning_rate)
    usual[optimizer.__name__] = losses
    show(optimizer.__name__, rate, losses, model)
print("right: 2.0 for x = 1, 47.0 for x = 10")

# %% fair tolerance="1e-2"
best = compare(train, optimizers, rates=[1.0, 0.3, 0.1], seed=0)
for name, run in best.items():
    show(name, *run)

# %% curves
fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
for index, (name, (_, losses, _)) in enumerate(best.items()):
    ax.plot(range(1, 11), usual[name], "--", color=f"C{index}")
    ax.plot(range(1, 11), losses, color=f"C{index}", label=name)
ax.set_yscale("log")
ax.set_title("Default rates dashed, best rates solid")
ax.set_xlabel("epoch")
ax.set_ylabel("loss")
_ = fig.legend(loc="outside lower center", ncols=3)


# %% tests role="tests"
def noted(rates, seed=0, losses=None):  # `compare`, with a `train` that takes notes
    notes = []

    def take_notes(optimizer):
        unit = layers.Dense(1)
        unit.build((None, 1))
        weight = float(unit.kernel[0, 0])
        row = int(tf.random.uniform((), maxval=1000, dtype="int32"))
        name = type(optimizer).__name__
        rate = round(float(optimizer.learning_rate), 4)
        notes.append((f"{name} {rate}", weight, row))
        run = f"{name} {rate}"
        return (losses[run] if losses else [2.0, 1.0]), f"the model of {run}"

    pair = [keras.optimizers.SGD, keras.optimizers.Adam]
    return compare(take_notes, pair, rates, seed), notes


def test_every_rate():
    """Every optimizer at every rate"""
    best, notes = noted([0.5, 0.2])
    runs = ", ".join(run for run, _, _ in notes)
    assert runs, (
        "Your function never calls `train`. Make a new optimizer for each run, as in "
        "`keras.optimizers.SGD(0.5)`, and pass it to `train`."
    )
    assert sorted(run for run, _, _ in notes) == [
        "Adam 0.2",
        "Adam 0.5",
        "SGD 0.2",
        "SGD 0.5",
    ], (
        f"Your runs are: {runs}. With the rates 0.5 and 0.2, SGD and Adam should run "
        "at 0.5 and at 0.2 each: four runs. A comparison at default rates compares "
        "the defaults, not the optimizers."
    )
    assert sorted(best) == ["Adam", "SGD"], (
        f"The keys of your result are {list(best)}. They should be the names of the "
        "classes, `SGD` and `Adam`: a class has its name in `__name__`."
    )


def test_same_start():
    """The same start for all runs"""
    _, notes = noted([0.5, 0.2], seed=1)
    weights = [weight for _, weight, _ in notes]
    shown = ", ".join(f"{weight:.2f}" for weight in weights)
    assert max(weights) - min(weights) < 1e-6, (
        f"The first weights of your four runs are {shown}. A run that happens to start "
        "closer to the goal wins by luck. Building a model uses up random numbers, so "
        "call `keras.utils.set_random_seed(seed)` before each run."
    )
    assert len({row for _, _, row in notes}) == 1, (
        "Your runs start from the same weights, but take the points in another order. "
        "`fit` shuffles with TensorFlow's random numbers; `keras.utils.set_random_seed` "
        "sets these too."
    )
    _, others = noted([0.5, 0.2], seed=2)
    assert abs(others[0][1] - weights[0]) > 1e-3, (
        f"With seed 1 and with seed 2 your first weight is {weights[0]:.2f}. Use the "
        "`seed` that was given: a ranking counts only if it survives another seed."
    )


def test_best_run():
    """Which run is the best"""
    losses = {
        "SGD 0.1": [9.0, 1.0, 3.0],
        "SGD 0.01": [9.0, 5.0, 2.0],
        "Adam 0.1": [9.0, 2.0, 1.0],
        "Adam 0.01": [9.0, 8.0, 7.0],
    }
    best, _ = noted([0.1, 0.01], losses=losses)
    chosen = {name: run[0] for name, run in best.items()}
    assert chosen != {"SGD": 0.1, "Adam": 0.1}, (
        "SGD ends at 3 with the rate 0.1 and at 2 with 0.01, and you chose 0.1. The 1 "
        "that it passed on its way is no help: the weights have moved on. Look at the "
        "last loss, and give each optimizer a best rate of its own."
    )
    assert chosen == {"SGD": 0.01, "Adam": 0.1}, (
        f"Your best rates are {chosen}. The last losses are 3 and 2 for SGD at 0.1 and "
        "0.01, and 1 and 7 for Adam. So 0.01 is best for SGD, and 0.1 for Adam."
    )
    expected = (0.01, losses["SGD 0.01"], "the model of SGD 0.01")
    assert tuple(best["SGD"]) == expected, (
        f"For SGD your result is {best['SGD']}. It should be the rate, the losses and "
        f"the model of one and the same run: {expected}."
    )


def test_diverged_runs():
    """Runs that end at nan"""
    nan = float("nan")
    losses = {
        "SGD 1.0": [9.0, 8.0, nan],
        "SGD 0.1": [9.0, 5.0, 4.0],
        "SGD 0.01": [9.0, 7.0, 6.0],
        "Adam 1.0": [9.0, 3.0, 2.0],
        "Adam 0.1": [9.0, 7.0, 5.0],
        "Adam 0.01": [9.0, 8.0, nan],
    }
    best, _ = noted([1.0, 0.1, 0.01], losses=losses)
    chosen = {name: run[0] for name, run in best.items()}
    assert chosen == {"SGD": 0.1, "Adam": 1.0}, (
        f"Your best rates are {chosen}. SGD diverges at 1.0, Adam at 0.01; the best "
        "rates are 0.1 and 1.0. `nan` is neither smaller nor larger than any number, "
        "and `min` and `np.argmin` may pick it: leave such runs out first."
    )


# %% default-rates role="wrong" hint="test_every_rate"
def compare(train, optimizers, rates, seed):
    best = {}
    for optimizer in optimizers:
        keras.utils.set_random_seed(seed)
        losses, model = train(optimizer())
        best[optimizer.__name__] = (rates[0], losses, model)
    return best


# %% seeds-once role="wrong" hint="test_same_start"
def compare(train, optimizers, rates, seed):
    keras.utils.set_random_seed(seed)
    best = {}
    for optimizer in optimizers:
        runs = [(rate, *train(optimizer(rate))) for rate in rates]
        finished = [run for run in runs if not np.isnan(run[1][-1])]
        best[optimizer.__name__] = min(finished, key=lambda run: run[1][-1])
    return best


# %% lowest-on-the-way role="wrong" hint="test_best_run"
def compare(train, optimizers, rates, seed):
    best = {}
    for optimizer in optimizers:
        lowest = float("inf")
        for rate in rates:
            keras.utils.set_random_seed(seed)
            losses, model = train(optimizer(rate))
            if min(losses) < lowest:
                lowest = min(losses)
                best[optimizer.__name__] = (rate, losses, model)
    return best


# %% nan-wins role="wrong" hint="test_diverged_runs"
def compare(train, optimizers, rates, seed):
    best = {}
    for optimizer in optimizers:
        runs = []
        for rate in rates:
            keras.utils.set_random_seed(seed)
            runs.append((rate, *train(optimizer(rate))))
        winner = np.argmin([losses[-1] for _, losses, _ in runs])
        best[optimizer.__name__] = runs[winner]
    return best
