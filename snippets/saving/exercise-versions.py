# %%
"""Exercise: release versions of a model, and go back to the one before."""

# %% task role="task"
"""
A model is released every week. Sometimes the new one turns out to be worse, and the service should have the last one back at once. Each version lies in a folder of its own, `home/1/model.keras`, `home/2/model.keras`, and so on; the file `home/current` says which one is in use. `promote` and `serve`, below, write and read it.

Write two functions; `home` is a `Path`:

- `release(model, home)` saves the model as the next version, promotes it, and returns its number. The first is 1, the next always one more than the highest there is. No released file is written to again.
- `roll_back(home)` promotes the version that comes before the current one, and returns its number. Old versions get deleted to save space, so there are gaps. If there is none before it, the current one stays.
- If saving fails, the error gets through, and no version has come into being: not for `serve`, not for a later `release` or `roll_back`.
"""

# %% setup
import contextlib
import shutil
import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import layers


def promote(version, home):
    (home / "new-current").write_text(str(version))
    (home / "new-current").replace(home / "current")


def serve(home):
    version = (home / "current").read_text()
    return keras.saving.load_model(home / version / "model.keras")


# %% starter role="starter"
def release(model, home):
    return 1  # your code


def roll_back(home):
    return 1  # your code


# %% solution role="solution"
def released(home):
    return [int(file.parent.name) for file in home.glob("*/model.keras")]


def release(model, home):
    version = max(released(home), default=0) + 1
    folder = home / str(version)
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / "new-model.keras")
    (folder / "new-model.keras").replace(folder / "model.keras")
    promote(version, home)
    return version


def roll_back(home):
    current = int((home / "current").read_text())
    earlier = [version for version in released(home) if version < current]
    version = max(earlier, default=current)
    promote(version, home)
    return version


# %% two-weeks
home = Path("models/prices")
euros = np.array([[10.0]])

for factor in (1.19, 0.19):  # the second forgot the price itself
    model = keras.Sequential([keras.Input((1,)), layers.Rescaling(factor)])
    version = release(model, home)
    print(f"version {version}: {serve(home)(euros).numpy().item():.2f}")

version = roll_back(home)
print(f"version {version}: {serve(home)(euros).numpy().item():.2f}")


# %% tests role="tests"
def times(number):
    return keras.Sequential([keras.Input((1,)), layers.Rescaling(number)])


def predicts(model):
    return round(float(np.ravel(model(np.ones((1, 1))))[0]))


@contextlib.contextmanager
def home_with(versions):
    with tempfile.TemporaryDirectory() as place:
        home = Path(place, "models", "times")
        for number in range(1, versions + 1):
            release(times(number), home)
        yield home


class NoRoom(layers.Layer):
    def call(self, inputs):
        return inputs

    def save_own_variables(self, store):
        message = "no space left on the disk"
        raise OSError(message)


def test_release_and_back():
    """Two releases, and back"""
    with home_with(0) as home:
        numbers = [release(times(number), home) for number in (1, 2)]
        assert numbers == [1, 2], (
            f"The first two releases have the numbers {numbers[0]} and {numbers[1]}; "
            "they should have 1 and 2."
        )
        assert (home / "current").exists(), (
            "There is no file `current`: `release` promotes the new version."
        )
        value = predicts(serve(home))
        assert value == 2, (
            "Version 1 multiplies by 1, version 2 by 2. After the second release the "
            f"model in service multiplies by {value}."
        )
        number = roll_back(home)
        value = predicts(serve(home))
        assert (number, value) == (1, 1), (
            f"After version 2 `roll_back` returns {number}, and the model in service "
            f"multiplies by {value}: it should be version 1, and by 1."
        )


def test_after_nine():
    """More than nine versions"""
    with home_with(10) as home:
        number = release(times(11), home)
        assert number == 11, (
            f"After ten releases the next one gets the number {number}. Names are "
            'sorted as text, and as text "9" is larger than "10": make numbers of '
            "them with `int` first."
        )
        number = roll_back(home)
        assert number == 10, (
            f"Before version 11 comes 10, and `roll_back` returns {number}: compare "
            "numbers, not texts."
        )


def test_after_a_roll_back():
    """A release after a roll-back"""
    with home_with(3) as home:
        roll_back(home)
        number = release(times(4), home)
        value = predicts(keras.saving.load_model(home / "3" / "model.keras"))
        assert (number, value) == (4, 3), (
            "Version 3 was rolled back to 2. The next release got the number "
            f"{number}, and the file of version 3 multiplies by {value}. A number "
            "stands for one file for ever: count from the highest one, not from the "
            "one in use, so that this release is 4 and version 3 still there."
        )


def test_gaps():
    """Versions that were deleted"""
    with home_with(4) as home:
        for number in (2, 3):
            shutil.rmtree(home / str(number))
        number = roll_back(home)
        assert number == 1, (
            "Of the versions 1 to 4, 2 and 3 were deleted. From 4 `roll_back` goes to "
            f"{number}, and it should go to 1: look which files there are, and take "
            "the highest number below the current one."
        )
        number = roll_back(home)
        value = predicts(serve(home))
        assert (number, value) == (1, 1), (
            f"From version 1 `roll_back` goes to {number}. There is nothing before "
            "it, so version 1 stays in service."
        )


def test_failing_release():
    """When saving fails"""
    broken = keras.Sequential([keras.Input((1,)), NoRoom()])
    with home_with(1) as home:
        with contextlib.suppress(OSError):
            release(broken, home)
        current = (home / "current").read_text()
        assert current == "1", (
            f"Version 2 could not be saved, and `current` says {current}: promote only "
            "what has been saved."
        )
        release(times(3), home)
        number = roll_back(home)
        assert number == 1, (
            "Saving the second model failed half-way. After the next release "
            f"`roll_back` goes to version {number}, of which there is half a file. "
            "Save under another name, and give the file its own name with `replace` "
            "when it is complete."
        )


# %% compares-names role="wrong" hint="test_after_nine"
def released(home):
    return [file.parent.name for file in home.glob("*/model.keras")]


def release(model, home):
    version = int(max(released(home), default="0")) + 1
    folder = home / str(version)
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / "new-model.keras")
    (folder / "new-model.keras").replace(folder / "model.keras")
    promote(version, home)
    return version


def roll_back(home):
    current = (home / "current").read_text()
    earlier = [version for version in released(home) if version < current]
    version = int(max(earlier, default=current))
    promote(version, home)
    return version


# %% counts-from-current role="wrong" hint="test_after_a_roll_back"
def current(home):
    file = home / "current"
    return int(file.read_text()) if file.exists() else 0


def release(model, home):
    version = current(home) + 1
    folder = home / str(version)
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / "new-model.keras")
    (folder / "new-model.keras").replace(folder / "model.keras")
    promote(version, home)
    return version


def roll_back(home):
    files = home.glob("*/model.keras")
    numbers = [int(file.parent.name) for file in files]
    version = max((n for n in numbers if n < current(home)), default=current(home))
    promote(version, home)
    return version


# %% one-less role="wrong" hint="test_gaps"
def release(model, home):
    files = home.glob("*/model.keras")
    version = max((int(file.parent.name) for file in files), default=0) + 1
    folder = home / str(version)
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / "new-model.keras")
    (folder / "new-model.keras").replace(folder / "model.keras")
    promote(version, home)
    return version


def roll_back(home):
    version = max(1, int((home / "current").read_text()) - 1)
    promote(version, home)
    return version


# %% saves-in-place role="wrong" hint="test_failing_release"
def released(home):
    return [int(file.parent.name) for file in home.glob("*/model.keras")]


def release(model, home):
    version = max(released(home), default=0) + 1
    folder = home / str(version)
    folder.mkdir(parents=True)
    model.save(folder / "model.keras")
    promote(version, home)
    return version


def roll_back(home):
    current = int((home / "current").read_text())
    earlier = [version for version in released(home) if version < current]
    version = max(earlier, default=current)
    promote(version, home)
    return version
