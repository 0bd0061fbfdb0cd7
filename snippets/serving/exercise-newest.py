# %%
"""Exercise: which version a server should load, and which one to go back to."""

# %% task role="task"
"""
A server of your own is given a folder such as `models/digits` and has to find out what to load. At that moment somebody may be copying a new version into it.

Write `newest(folder, below=None)`. It returns the path of the version to load:

- A version is a folder whose name is a whole number and nothing else. The highest number is the newest: 10 comes after 9. Gaps are allowed.
- A version is complete if it holds the files `saved_model.pb` and `variables/variables.index`. One that is not is passed over: it is still being written.
- With `below=12` only versions under 12 count. So one goes back.
- All else in the folder is passed over. If no version is left, the result is `None`.
"""

# %% setup
import os
import tempfile
from pathlib import Path


# %% starter role="starter"
def newest(folder, below=None):
    return Path(folder, "1")  # your code


# %% solution role="solution"
def newest(folder, below=None):
    complete = []
    for path in Path(folder).iterdir():
        files = path / "saved_model.pb", path / "variables" / "variables.index"
        if path.name.isdigit() and all(file.is_file() for file in files):
            complete.append(path)
    if below is not None:
        complete = [path for path in complete if int(path.name) < below]
    return max(complete, key=lambda path: int(path.name), default=None)


# %% two-versions
import shutil

import keras

model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(10)])
for version in (9, 10):
    model.export(f"models/digits/{version}", verbose=False)
print(newest("models/digits").as_posix())

# %% half-written
Path("models/digits/11").mkdir()
shutil.copy("models/digits/10/saved_model.pb", "models/digits/11")
print(newest("models/digits").as_posix())

# %% moved-into-place
shutil.rmtree("models/digits/11")
model.export("models/incoming", verbose=False)
Path("models/incoming").rename("models/digits/11")
print(newest("models/digits").as_posix())
print(f"back to {newest('models/digits', below=11).as_posix()}")


# %% tests role="tests"
BOTH = ("saved_model.pb", "variables/variables.index")


def choose(versions, **options):
    # `versions` says which files each folder holds; what has none is a file itself
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home, "models", "digits")
        for age, (name, files) in enumerate(versions.items()):
            for file in files:
                path = folder / name / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(b"")
            if not files:
                (folder / name).write_bytes(b"")
            # the first in the list was changed last
            os.utime(folder / name, (10_000 - age, 10_000 - age))
        found = newest(folder, **options)
        return None if found is None else Path(found).relative_to(folder).as_posix()


def test_highest():
    """The highest number"""
    found = choose({"2": BOTH, "10": BOTH, "9": BOTH})
    assert found != "9", (
        "You choose 9, and there is a version 10: as text, '10' comes before '9'. Compare "
        "the names as numbers."
    )
    assert found != "2", (
        "You choose 2, the folder that was changed last. What was copied or restored last "
        "need not be the newest: the number decides."
    )
    assert found == "10", (
        f"Of the versions 2, 9 and 10 you choose {found} where it should be 10."
    )


def test_complete():
    """A version that is still being written"""
    found = choose({"1": BOTH, "2": BOTH[:1], "3": BOTH[1:], "4": ("variables/x",)})
    assert found != "2", (
        "You choose 2, which has its `saved_model.pb` and no weights yet. It cannot be "
        "loaded: look for `variables/variables.index` as well."
    )
    assert found == "1", (
        f"You choose {found} where it should be 1: versions 2, 3 and 4 lack "
        "`saved_model.pb` or `variables/variables.index`, so they are still being "
        "written."
    )
    found = choose({"1": BOTH, "2": ("saved_model.pb", "variables/variables.index/x")})
    assert found == "1", (
        f"You choose {found} where it should be 1: in version 2 `variables.index` is a "
        "folder. Ask for files."
    )


def test_names():
    """What is no version"""
    found = choose({"7": BOTH, "12.old": BOTH, "v13": BOTH, "incoming": BOTH, "14": ()})
    assert found == "7", (
        f"You choose {found} where it should be 7. A version's name is a whole number "
        "from its first to its last character; `12.old` and `v13` have been put aside, "
        "and 14 is no folder."
    )
    found = choose({"incoming": BOTH, "8": BOTH[:1]})
    assert found is None, (
        f"In a folder without a complete version you choose {found} where it should be "
        "`None`."
    )


def test_back():
    """The way back"""
    versions = {"3": BOTH, "8": BOTH, "9": BOTH[1:], "10": BOTH, "12": BOTH}
    found = choose(versions, below=12)
    assert found != "12", (
        "With `below=12` you choose 12, the version that one wants to leave. It is not "
        "below 12."
    )
    assert found == "10", (
        f"With `below=12` you choose {found} where it should be 10: the highest version "
        "under 12. There is no 11; that must not end the way back."
    )
    found = choose(versions, below=10)
    assert found == "8", (
        f"With `below=10` you choose {found} where it should be 8: 9 is not complete."
    )
    found = choose({"1": BOTH, "0": BOTH}, below=1)
    assert found == "0", (
        f"With `below=1` you choose {found} where it should be 0, which is a whole number "
        "as well."
    )
    found = choose({"5": BOTH}, below=5)
    assert found is None, (
        f"With `below=5` you choose {found} where it should be `None`: below 5 there is "
        "nothing."
    )


# %% as-text role="wrong" hint="test_highest"
def newest(folder, below=None):
    complete = []
    for path in Path(folder).iterdir():
        files = path / "saved_model.pb", path / "variables" / "variables.index"
        if path.name.isdigit() and all(file.is_file() for file in files):
            complete.append(path)
    if below is not None:
        complete = [path for path in complete if int(path.name) < below]
    return max(complete, default=None)


# %% half-of-it role="wrong" hint="test_complete"
def newest(folder, below=None):
    versions = {}
    for path in Path(folder).iterdir():
        if path.name.isdigit() and (path / "saved_model.pb").exists():
            versions[int(path.name)] = path
    numbers = [number for number in versions if below is None or number < below]
    return versions[max(numbers)] if numbers else None


# %% digits-somewhere role="wrong" hint="test_names"
def newest(folder, below=None):
    complete = {}
    for path in Path(folder).iterdir():
        number = "".join(character for character in path.name if character.isdigit())
        files = path / "saved_model.pb", path / "variables" / "variables.index"
        if number and all(file.is_file() for file in files):
            complete[int(number)] = path
    numbers = [number for number in complete if below is None or number < below]
    return complete[max(numbers)] if numbers else None


# %% one-less role="wrong" hint="test_back"
def newest(folder, below=None):
    complete = {}
    for path in Path(folder).iterdir():
        files = path / "saved_model.pb", path / "variables" / "variables.index"
        if path.name.isdigit() and all(file.is_file() for file in files):
            complete[int(path.name)] = path
    if below is not None:
        return complete.get(below - 1)
    return complete[max(complete)] if complete else None
