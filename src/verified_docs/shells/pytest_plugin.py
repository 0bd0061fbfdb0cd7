"""The pytest plugin: a test for each cell and language of the modules in snippets/."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ..build import Broken, Runs, read_text
from ..errors import DocsError
from ..exercises import answer_problem, exercise_of
from ..parse import read_module
from ..project import LANGUAGES, Project, find_project
from ..record import compare
from ..runs import Outcome

_RUNS = pytest.StashKey["_Session"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let several machines share the work: a module runs as a whole, so it is never split."""
    parser.addoption("--shard", metavar="N/OF", help="the cells of every OF-th module only, from the N-th on")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the cells of the modules that other shards run; what is no cell stays."""
    given: str | None = config.getoption("--shard")
    if given is None:
        return
    paths = {item.module for item in items if isinstance(item, CellItem)}
    ours = shard(paths, given)
    others = [item for item in items if isinstance(item, CellItem) and item.module not in ours]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


def shard(paths: Iterable[str], given: str) -> set[str]:
    """The paths that belong to a shard such as "2/4": each path is in exactly one of the four.

    Every fourth one: modules of a chapter take alike long, so that the shards do too.
    """
    match, known = re.fullmatch(r"(\d{1,4})/(\d{1,4})", given), sorted(paths)
    number, count = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= number <= count <= len(known):
        raise pytest.UsageError(f"--shard {given}: write it as 1/{min(4, len(known))}; there are {len(known)} modules")
    return set(known[number - 1 :: count])


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ModuleFile | None:
    """Collect `snippets/**/*.py`, but for helpers, whose names begin with `_`."""
    project = _project(parent.config)
    if project is None or file_path not in project.module_files:
        return None
    file: ModuleFile = ModuleFile.from_parent(parent, path=file_path)
    return file


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Keep pytest from importing a module that is named on the command line: its tests are for learners."""
    project = _project(parent.config)
    if project is None or module_path not in project.module_files:
        return None
    nothing: _Nothing = _Nothing.from_parent(parent, path=module_path)
    return nothing


class _Nothing(pytest.Module):
    def collect(self) -> Iterator[pytest.Item]:
        return iter(())


class ModuleFile(pytest.File):
    """A module; its items are its cells, in each language."""

    def collect(self) -> Iterator[pytest.Item]:
        """An item `<cell>[<language>]` for each."""
        project = _project(self.config)
        if project is None:
            return
        module = read_module(self.path, project.snippets)
        for language in LANGUAGES:
            for cell in module.cells:
                item: CellItem = CellItem.from_parent(self, name=f"{cell.name}[{language}]")
                item.module, item.language, item.cell, item.line = module.path, language, cell.name, cell.line
                item.answer = cell.stands_in
                yield item

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """The error of the module's text as it is."""
        return str(excinfo.value) if isinstance(excinfo.value, DocsError) else super().repr_failure(excinfo)


class CellItem(pytest.Item):
    """One cell in one language: fails if it failed, or gave what its record does not say."""

    module: str
    language: str
    cell: str
    line: int
    answer: bool
    """Whether it is an answer to an exercise, in the solution's place."""

    def runtest(self) -> None:
        """Look up what became of the cell; the modules of the session run when the first one is asked for."""
        session = _session(self.session)
        if self.answer:
            session.try_answer(self.module, self.language, self.cell)
            return
        outcome = session.outcomes[self.module, self.language]
        if outcome.cell(self.cell).status == "skipped":
            pytest.skip(f"an earlier cell failed: {outcome.failure.cell if outcome.failure else ''}")
        for error in session.errors:
            if error.cell in {(self.module, self.language, self.cell), (self.module, self.language, "")}:
                raise error.error

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """The message as it is: place, fact, next step."""
        if isinstance(excinfo.value, (DocsError, Broken)):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the cell is."""
        return self.path, self.line - 1, f"{self.module}:{self.cell}[{self.language}]"


class _CellError:
    def __init__(self, module: str, language: str, cell: str, error: DocsError) -> None:
        self.cell = (module, language, cell)
        self.error = error


class _Session:
    """The runs of all collected modules, made once per session."""

    def __init__(self, session: pytest.Session) -> None:
        project = find_project(session.config.rootpath)
        wanted = {(item.module, item.language) for item in session.items if isinstance(item, CellItem)}
        with Runs(project) as runs:
            book = runs.book(read_text(project), lambda module, language: (module, language) in wanted)
        self.outcomes: dict[tuple[str, str], Outcome] = book.outcomes
        self.book = book
        self.errors: list[_CellError] = []
        for (path, language), outcome in book.outcomes.items():
            module = book.text.modules[path]
            if failure := outcome.failure:
                hint = f"{failure.hint}\n{failure.traceback}".rstrip()
                error = DocsError(module.shown_path, failure.line, failure.message, hint)
                self.errors.append(_CellError(path, language, failure.cell, error))
            for drift in compare(module, outcome, project.snippets):
                cell = next((cell.name for cell in module.cells if cell.line == drift.line), "")
                self.errors.append(_CellError(path, language, cell, drift))

    def try_answer(self, path: str, language: str, name: str) -> None:
        """Raise what is wrong with an answer to an exercise: it is not told apart from the solution as it should be."""
        exercise = exercise_of(self.book.text.modules[path])
        for answer in exercise.answers if exercise else ():
            if answer.name == name and exercise:
                problem = answer_problem(exercise, answer, self.book.answers[path, language, name])
                if problem:
                    raise problem


def _session(session: pytest.Session) -> _Session:
    if _RUNS not in session.stash:
        session.stash[_RUNS] = _Session(session)
    return session.stash[_RUNS]


def _project(config: pytest.Config) -> Project | None:
    try:
        return find_project(config.rootpath)
    except DocsError:
        return None
