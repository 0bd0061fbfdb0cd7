"""What learners take with them: for each page with exercises a folder of files to complete, and a notebook."""

from __future__ import annotations

import ast
import functools
import importlib.metadata
import posixpath
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .exercises import Exercise, joined, learners_code, task_text
from .files import zipped
from .ipynb import code_cell, markdown_cell, written
from .parse import Cell

PYTEST_INI = "[pytest]\naddopts = -x -q --tb=short --no-header --assert=plain --show-capture=no --disable-warnings\n"
WORDS = {
    "en": {
        "readme": """# {title}

Each exercise is a file to complete, with its tests beside it. Set up once:

    python -m pip install {packages}

Then run the tests of an exercise. They stop at the first one that fails and say what is wrong:

    python -m pytest {test}
""",
        "notebook": "Complete the code of each exercise and run the cell below it: "
        "it says what is wrong, one hint at a time. Set up once: `python -m pip install {packages}`",
        "hint": "Hint:",
        "passed": "All tests pass.",
    },
    "zh": {
        "readme": """# {title}

每道练习是一个待补全的文件，旁边是它的测试。先安装一次：

    python -m pip install {packages}

再运行一道练习的测试。测试停在第一个不通过的地方，并说明哪里不对：

    python -m pytest {test}
""",
        "notebook": "补全每道练习的代码，再运行它下面的单元：它会说明哪里不对，每次只给一条提示。"
        "先安装一次：`python -m pip install {packages}`",
        "hint": "提示：",
        "passed": "测试全部通过。",
    },
}
CHECK = """\
for test in ({names}):
    try:
        test()
    except AssertionError as hint:
        print({hint!r}, hint)
        break
else:
    print({passed!r})
"""


@dataclass(frozen=True, slots=True)
class Offered:
    """An exercise as a page offers it: its heading on the page, and its cells in the page's language."""

    exercise: Exercise
    title: str
    source: Callable[[Cell], str]


def names(page: str) -> tuple[str, str]:
    """The paths of folder and notebook of a page at this path."""
    return page.removesuffix(".md") + ".zip", page.removesuffix(".md") + ".ipynb"


def folder(page: str, title: str, language: str, offered: Sequence[Offered]) -> bytes:
    """The folder of the page, zipped; the same bytes for the same exercises."""
    base = posixpath.dirname(page) or posixpath.basename(page).removesuffix(".md")
    test = f"test_{offered[0].exercise.name}.py"
    words = {"title": title, "packages": packages(offered), "test": test}
    files = {"README.md": WORDS[language]["readme"].format(**words), "pytest.ini": PYTEST_INI}
    for one in offered:
        files[f"{one.exercise.name}.py"] = starter_file(one)
        files[f"test_{one.exercise.name}.py"] = tests_file(one)
    return zipped((f"{base}/{name}", text.encode()) for name, text in files.items())


def starter_file(offered: Offered) -> str:
    """What a learner completes: the task as its docstring, the given code, the starter."""
    code = learners_code(offered.exercise, offered.source)
    return offered.source(offered.exercise.task).strip() + "\n\n" + code + "\n"


def tests_file(offered: Offered) -> str:
    """The tests, with what they need of the learner's file."""
    exercise = offered.exercise
    tests = offered.source(exercise.tests)
    return joined(["\n".join(_imports(exercise, tests)), tests]) + "\n"


def _imports(exercise: Exercise, tests: str) -> Iterator[str]:
    """Imports for the names that the tests use: again what the given code imports, then what the learner writes."""
    used = {node.id for node in ast.walk(ast.parse(tests)) if isinstance(node, ast.Name)}
    own: set[str] = set()
    for cell in (*exercise.given, exercise.starter):
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                node.names = [alias for alias in node.names if (alias.asname or alias.name.partition(".")[0]) in used]
                if node.names:
                    yield ast.unparse(node)
            else:
                own |= set(_bound(node)) & used
    if own:
        yield f"from {exercise.name} import {', '.join(sorted(own))}"


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement gives a meaning."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
        return
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            yield inner.id


def packages(offered: Iterable[Offered]) -> str:
    """What to install, in the versions that the exercises were tried with."""
    cells = [(*one.exercise.given, one.exercise.starter, one.exercise.tests) for one in offered]
    wanted = {"pytest": "pytest"} | versions(cell.source for part in cells for cell in part)
    return " ".join(wanted[name] for name in sorted(wanted))


def versions(sources: Iterable[str]) -> dict[str, str]:
    """The distributions that the sources import, and how to ask for each in the version of today."""
    wanted: dict[str, str] = {}
    known = _distributions()
    for name in {name for source in sources for name in _imported(source)}:
        # Keras computes with TensorFlow.
        for root in [name, "tensorflow"] if name == "keras" else [name]:
            if root not in sys.stdlib_module_names and root in known:
                found = known[root][0]
                wanted[found] = f"{found}=={importlib.metadata.version(found)}"
    return wanted


@functools.cache
def _distributions() -> Mapping[str, list[str]]:
    """The distributions that bring each package; to find them takes a while."""
    return importlib.metadata.packages_distributions()


@functools.cache
def _imported(source: str) -> frozenset[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return frozenset(found)


def notebook(title: str, language: str, offered: Sequence[Offered]) -> str:
    """The notebook of a page: for each exercise the task, the given code, the starter, and a cell that checks it."""
    words = WORDS[language]
    intro = f"# {title}\n\n" + words["notebook"].format(packages=packages(offered))
    cells = [markdown_cell("intro", intro)]
    for one in offered:
        exercise, name = one.exercise, one.exercise.name.replace("_", "-")
        cells.append(markdown_cell(f"{name}-task", f"## {one.title}\n\n{task_text(one.source(exercise.task))}"))
        if given := joined([one.source(cell) for cell in exercise.given]):
            cells.append(code_cell(f"{name}-given", given))
        cells.append(code_cell(f"{name}-starter", one.source(exercise.starter)))
        check = CHECK.format(names=", ".join((*exercise.test_names, "")), hint=words["hint"], passed=words["passed"])
        cells.append(code_cell(f"{name}-tests", joined([one.source(exercise.tests), check.strip()])))
    return written(cells)
