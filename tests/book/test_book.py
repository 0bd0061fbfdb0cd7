"""The book itself: the same bytes from another cold build, the same records on other arithmetic, and code that readers
can take from the pages.

Needs the built site: `make snippets` comes first.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from chance import CHANCE, some
from verified_docs.build import Runs, programs_of, read_text, tasks_of
from verified_docs.cache import key_of
from verified_docs.embed import blocks, references
from verified_docs.exercises import exercise_of
from verified_docs.parse import Cell, Module, read_module
from verified_docs.project import LANGUAGES, Page, Project

ROOT = Path(__file__).parents[2]
PROJECT = Project(ROOT)
GENERATED = shutil.ignore_patterns(".git", ".venv", ".cache", ".*_cache", "site", "__pycache__", "tests")
# The home page shows single cells of chapters, which need the lines before them.
CHAPTERS = [page for page in PROJECT.pages()[0] if "/" in page.path and references(page.text, page.path).cells]
NOTEBOOKS = sorted((ROOT / "site").rglob("notebooks/*.ipynb"))
# Each chapter's in one language, the other one next time.
CHOSEN = [
    path
    for name in sorted({one.name for one in NOTEBOOKS})
    for path in some([one for one in NOTEBOOKS if one.name == name], 1 / len(LANGUAGES))
]
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?!\w)|\b(?:nan|inf)\b")
VARYING = re.compile(r"\x1b\[[0-9;]*m|0x[0-9a-f]+")
NOISE = re.compile(r"^(?:INFO|WARNING):|━|\x08")
MODULES = [file.relative_to(PROJECT.snippets).as_posix() for file in PROJECT.module_files]
# One module of each chapter.
FOLDERS = sorted({file.parent for file in PROJECT.module_files})
ONE_PER_CHAPTER = [
    CHANCE.choice([file for file in PROJECT.module_files if file.parent == chapter])
    .relative_to(PROJECT.snippets)
    .as_posix()
    for chapter in FOLDERS
]
# The programs of both languages are the same but for their texts, which each build checks.
LANGUAGE_OF = {path: CHANCE.choice(LANGUAGES) for path in MODULES}
AGAIN = set(some([(path, language) for path in MODULES for language in LANGUAGES], 1 / 6))
# What is not the usual arithmetic of new processors.
ARITHMETIC = [("TF_ENABLE_ONEDNN_OPTS", "0"), ("ONEDNN_MAX_CPU_ISA", "AVX2")]
SOME = {variable: some(MODULES, 1 / 6) for variable, _ in ARITHMETIC}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout without anything generated."""
    folder = tmp_path_factory.mktemp("copy") / "checkout"
    shutil.copytree(ROOT, folder, ignore=GENERATED)
    return folder


def tool(folder: Path, *arguments: str, **environment: str) -> None:
    """Run the command line in the folder; it has to succeed."""
    command = [sys.executable, "-m", "verified_docs", *arguments]
    done = subprocess.run(command, cwd=folder, env=os.environ | environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    """The runs that the site was built from."""
    with Runs(PROJECT) as kept:
        yield kept


def test_a_cold_build_gives_the_same_bytes(copy: Path, runs: Runs) -> None:
    kept = copy / runs.cache.folder.relative_to(ROOT)
    kept.mkdir(parents=True)
    for key in not_again():
        shutil.copy(runs.cache.folder / f"{key}.json", kept)
    # A process from nothing takes longer than a forked one: that it gives the same is tried with a few.
    for language in LANGUAGES:
        if few := [path for path in ONE_PER_CHAPTER if LANGUAGE_OF[path] == language]:
            tool(copy, "run", "--language", language, *few, VERIFIED_DOCS_START_METHOD="spawn")
    tool(copy, "build")

    ours, theirs = ({
        file.relative_to(root / "site").as_posix(): file.read_bytes()
        for file in (root / "site").rglob("*")
        if file.is_file() and file.name != "verification.json"
    } for root in (ROOT, copy))  # fmt: skip
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []


def not_again() -> list[str]:
    """The keys of runs that are not made a second time: most, but for what was chosen; and of exercises those that
    tried answers, of which the site shows only the hints.
    """
    text = read_text(PROJECT)
    return [
        key_of(task)
        for (path, language), program in programs_of(PROJECT, text).items()
        for task in tasks_of(PROJECT, text.modules[path], language, program)
        if task.answer or not ((path, language) in AGAIN or (path in ONE_PER_CHAPTER and language == LANGUAGE_OF[path]))
    ]


@pytest.mark.parametrize(("variable", "value"), ARITHMETIC)
def test_the_records_hold_on_other_arithmetic(copy: Path, variable: str, value: str) -> None:
    for language in LANGUAGES:
        if modules := [path for path in SOME[variable] if LANGUAGE_OF[path] == language]:
            tool(copy, "run", "--language", language, *modules, **{variable: value})


@dataclass(frozen=True)
class Run:
    """What the cells of code of a notebook gave: as it is published, and when a reader runs it from top to bottom."""

    published: list[NotebookNode]
    now: list[NotebookNode]


def run(notebook: NotebookNode, home: Path) -> Run:
    """Run the notebook in a reader's home, not this one's."""
    environment = os.environ | {"HOME": str(home), "KERAS_HOME": str(home / ".keras")}
    published = [cell for cell in deepcopy(notebook).cells if cell.cell_type == "code"]
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(home)}}).execute(env=environment)
    return Run(published, [cell for cell in notebook.cells if cell.cell_type == "code"])


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Path, Future[Run]]]:
    """The notebooks, each in a kernel of its own, one per core at a time."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {
            path: pool.submit(run, nbformat.read(path, as_version=4), tmp_path_factory.mktemp("home"))
            for path in CHOSEN
        }


def errors(cells: list[NotebookNode]) -> dict[str, list[str]]:
    """The errors that the cells raised, by the names of these cells."""
    return {cell.id: [one.ename for one in cell.outputs if one.output_type == "error"] for cell in cells}


def lines(cell: NotebookNode) -> set[str]:
    """What a cell printed and returned, without what differs: numbers, addresses, colours, progress, logs."""
    # A busy kernel may send one line in several parts.
    printed = [output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stdout"]
    texts = ["".join(printed)]
    shown = [output.data for output in cell.outputs if "data" in output]
    texts += [data["text/plain"] for data in shown if not any(kind.startswith("image/") for kind in data)]
    found = "\n".join(texts).splitlines()
    plain = (NUMBER.sub("#", VARYING.sub("", line)) for line in found if not NOISE.search(line))
    return {" ".join(line.split()) for line in plain if line.strip()}


def test_there_are_notebooks_of_both_languages() -> None:
    assert {path.relative_to(ROOT / "site").as_posix() for path in NOTEBOOKS} >= {
        f"{language}notebooks/{name}.ipynb"
        for language in ("", "zh/")
        for name in ("tour", "evaluation", "legacy", "legacy-keras-2")
    }


@pytest.mark.parametrize("path", CHOSEN, ids=lambda path: path.relative_to(ROOT / "site").as_posix())
def test_a_notebook_runs_from_top_to_bottom(path: Path, executed: dict[Path, Future[Run]]) -> None:
    done = executed[path].result()

    assert errors(done.now) == errors(done.published)
    # Pages of a chapter share a kernel. Where one gives another text for that, such as names of layers that go on
    # counting, `notebook: reset` in its front matter, in both languages, puts a cell above it that begins anew.
    given = {now.id: lines(now) - lines(was) for was, now in zip(done.published, done.now, strict=True)}
    assert {name: new for name, new in given.items() if new} == {}


def test_the_published_code_of_a_page_chosen_by_chance_runs_by_itself(tmp_path: Path) -> None:
    page = CHANCE.choice(CHAPTERS)
    published = (ROOT / "site" / page.url / "index.md").read_text(encoding="utf-8")
    code = [block for block in blocks(published) if block.info == "python"]
    raises = errors_of(page)
    assert len(code) == len(raises)
    notebook = nbformat.v4.new_notebook()
    for block, error in zip(code, raises, strict=True):
        source = "\n".join(line.removeprefix(block.prefix) for line in block.body)
        tags = ["raises-exception"] if error else []
        notebook.cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": tags}))

    found = errors(run(notebook, tmp_path).now)

    assert [names[0] if names else None for names in found.values()] == raises, page.url


def errors_of(page: Page) -> list[str | None]:
    """The error that each block of a page has to raise, if it has to."""
    shown = references(page.text, page.path).cells
    modules = {one.module: read_module(PROJECT.snippets / one.module, PROJECT.snippets) for one in shown}
    return [cell.raises for one in shown for cell in cells_of(modules[one.module], one.cell)]


def cells_of(module: Module, name: str) -> list[Cell]:
    """The cells behind a reference; for an exercise, the last of each of its blocks."""
    exercise = exercise_of(module)
    if exercise and not name:
        return [exercise.starter, exercise.solution, *exercise.uses]
    return [cell for cell in module.cells if cell.name == name]
