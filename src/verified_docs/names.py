"""Names in inline code that belong to a library: whether they exist there, and where they are documented."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .runs import CellTask, Outcome, Task

# What a name may begin with, and the module that it stands for.
ROOTS = {
    "tf": "tensorflow",
    "keras": "keras",
    "np": "numpy",
    "plt": "matplotlib.pyplot",
    "sklearn": "sklearn",
}
NAME = re.compile(rf"(?P<name>(?:{'|'.join(ROOTS)})(?:\.[A-Za-z_]\w*)+)(?P<call>\(.*\))?")
MODULE = "_names.py"

_PROGRAM = '''
import importlib
import inspect
import json
import warnings

# A name that is on its way out warns when it is looked at; the answer below is all that may be printed.
warnings.simplefilter("ignore")
ROOTS = {roots!r}
NAMES = {names!r}


def look_up(name):
    """The kind of what the name names, and how many of its parts name the object that documents it."""
    root, *parts = name.split(".")
    found, path, owner = importlib.import_module(ROOTS[root]), ROOTS[root], 1
    for index, part in enumerate(parts):
        inside_class = inspect.isclass(found)
        path = f"{{path}}.{{part}}"
        try:
            found = getattr(found, part) if hasattr(found, part) else importlib.import_module(path)
        except Exception:
            return {{"known": [one for one in dir(found) if not one.startswith("_")], "at": index + 1}}
        owner += not inside_class
    return {{"kind": "module" if inspect.ismodule(found) else "object", "owner": owner}}


print(json.dumps({{name: look_up(name) for name in NAMES}}))
'''


@dataclass(frozen=True, slots=True)
class Found:
    """A name that exists. The first `owner` of its parts name what has a page of its own, the rest a member of it."""

    kind: str
    owner: int


@dataclass(frozen=True, slots=True)
class Missing:
    """A name of which the part at index `at` does not exist, and what exists there."""

    at: int
    known: tuple[str, ...]


Names = Mapping[str, Found | Missing]


def task(names: Iterable[str], project: str) -> Task:
    """The task that looks the names up in the installed libraries: in a process of its own, like any program."""
    wanted = sorted(set(names))
    roots = {root: ROOTS[root] for root in sorted({name.partition(".")[0] for name in wanted})}
    # The imports say which libraries the answer depends on.
    imports = "".join(f"import {module}\n" for module in roots.values())
    program = imports + _PROGRAM.format(roots=roots, names=wanted)
    cells = (CellTask("names", 1, len(program.splitlines())),)
    return Task(MODULE, "en", program, cells, project=project)


def read(outcome: Outcome) -> Names:
    """What the task found."""
    (output,) = outcome.cells[0].outputs
    answers = json.loads(output.text)
    return {
        name: Found(answer["kind"], answer["owner"])
        if "kind" in answer
        else Missing(answer["at"], tuple(answer["known"]))
        for name, answer in answers.items()
    }


def address(name: str, found: Found) -> str | None:
    """Where the library documents the name, by its rule; None where it has no rule for such a thing."""
    parts = name.split(".")
    page, member = parts[: found.owner], parts[found.owner :]
    match parts[0]:
        case "tf" | "keras":
            # TensorFlow's reference documents Keras under tf.keras.
            path = "/".join(["tf", *page] if parts[0] == "keras" else page)
            return f"https://www.tensorflow.org/api_docs/python/{path}" + (f"#{member[0]}" if member else "")
        case "np" if found.kind == "object":
            return f"https://numpy.org/doc/stable/reference/generated/numpy.{'.'.join(parts[1:])}.html"
        case "plt" if found.kind == "object" and not member:
            return f"https://matplotlib.org/stable/api/_as_gen/matplotlib.pyplot.{'.'.join(parts[1:])}.html"
        case "sklearn" if found.kind == "object":
            anchor = f"#{name}" if member else ""
            return f"https://scikit-learn.org/stable/modules/generated/{'.'.join(page)}.html{anchor}"
        case "sklearn":
            return f"https://scikit-learn.org/stable/api/{name}.html"
    return None
