"""Books of many modules in both languages, written by rule: time and memory of this tool against their size."""

from __future__ import annotations

import math
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean

from . import render
from .measure import Measured, measure
from .render import Files
from .rounds import COLD, UNCHANGED, Failed
from .tools import BENCH, TOOLS, environment

SIZES = [25, 50, 100, 200]
EDIT = "edit"
STEPS = (COLD, UNCHANGED, EDIT)
CHAPTER = 25
TOOL = TOOLS["verified-docs (en+zh)"]
Grown = dict[str, dict[int, list[Measured]]]
"""What was measured, by step and size."""

MODULE = '''# %%
"""Numbers {number}."""

# %% numbers
numbers = [{numbers}]

# %% sum
print("sum:", sum(numbers))
'''
PAGE = """# Numbers {number}

```python cell="{module}:numbers"
```

Their sum:

```python cell="{module}:sum"
```
"""


def book(size: int, edited: bool = False) -> Files:
    """A book of so many modules, each with a page in each language. An edit changes a program, and not what it says."""
    files = render.for_verified_docs((), TOOL.languages)
    del files["snippets/_prelude.py"]
    for number in range(size):
        numbers = [number, 1, 2] if not (edited and number == 0) else [1, number, 2]
        name = f"chapter_{number // CHAPTER}/module_{number}"
        module = MODULE.format(number=number, numbers=", ".join(map(str, numbers)))
        files[f"snippets/{name}.py"] = module
        files |= _pages(name, PAGE.format(number=number, module=f"{name}.py"))
    return files


def _pages(name: str, text: str) -> Files:
    translated = render.translation(text)
    return {f"docs/{language}/{name}.md": text if language == "en" else translated for language in render.LANGUAGES}


def measured(sizes: Sequence[int], rounds: int) -> Grown:
    """Each size in turn, as many times; raises Failed."""
    folder = BENCH / "scale"
    shutil.rmtree(folder, ignore_errors=True)
    grown: Grown = {step: {size: [] for size in sizes} for step in STEPS}
    for size in sizes:
        render.write(folder / str(size), book(size))
        render.write_catalogs(folder / str(size), TOOL.languages)
        _run(folder / str(size), "accept")
    for _ in range(rounds):
        for size in sizes:
            for step, one in zip(STEPS, _steps(folder / str(size), size), strict=True):
                grown[step][size].append(one)
                print(f"{size:>4} modules {step:<10} {one.seconds:7.2f} s {one.peak:6.0f} MiB", file=sys.stderr)
    return grown


def _steps(folder: Path, size: int) -> Iterator[Measured]:
    render.write(folder, book(size))
    for name in TOOL.generated:
        shutil.rmtree(folder / name, ignore_errors=True)
    yield _run(folder)
    yield _run(folder)
    render.write(folder, book(size, edited=True))
    yield _run(folder)


def _run(folder: Path, *arguments: str) -> Measured:
    done = measure(TOOL.command(*arguments), folder, environment(TOOL.python))
    if done.code:
        raise Failed(f"{folder.name} modules: ended with {done.code}\n{done.said}")
    return done


def slope(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The exponent with which the values grow: the slope of the line through their logarithms. 1 is linear."""
    xs, ys = [math.log(size) for size in sizes], [math.log(value) for value in values]
    middle, height = fmean(xs), fmean(ys)
    across = sum((x - middle) ** 2 for x in xs)
    return sum((x - middle) * (y - height) for x, y in zip(xs, ys, strict=True)) / across
