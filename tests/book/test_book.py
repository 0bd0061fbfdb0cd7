"""The book itself: the same bytes from another cold build, the same records on other arithmetic, and code that readers
can take from the pages.

Needs the built site: `make snippets` comes first.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from chance import CHANCE, say_seed
from verified_docs.build import Runs, programs_of, read_text, tasks_of
from verified_docs.cache import key_of
from verified_docs.embed import blocks, references
from verified_docs.exercises import exercise_of
from verified_docs.parse import Cell, Module, read_module
from verified_docs.project import LANGUAGES, Page, Project

ROOT = Path(__file__).parents[2]
PROJECT = Project(ROOT)
GENERATED = shutil.ignore_patterns(".git", ".venv", ".cache", ".*_cache", "site", "__pycache__", "benchmarks", "tests")
# The home page shows single cells of chapters, which need the lines before them.
CHAPTERS = [page for page in PROJECT.pages()[0] if "/" in page.path and references(page.text, page.path).cells]
# One module of each chapter.
FOLDERS = sorted({file.parent for file in PROJECT.module_files})
ONE_PER_CHAPTER = [
    CHANCE.choice([file for file in PROJECT.module_files if file.parent == chapter])
    .relative_to(PROJECT.snippets)
    .as_posix()
    for chapter in FOLDERS
]


@pytest.fixture(scope="module", autouse=True)
def seed(request: pytest.FixtureRequest) -> None:
    say_seed(request)


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
    # Of answers to exercises the site shows only the hints.
    kept = copy / runs.cache.folder.relative_to(ROOT)
    kept.mkdir(parents=True)
    for key in answers(runs):
        shutil.copy(runs.cache.folder / f"{key}.json", kept)
    # A process from nothing takes longer than a forked one: that it gives the same is tried with a few.
    tool(copy, "run", "--language", CHANCE.choice(LANGUAGES), *ONE_PER_CHAPTER, VERIFIED_DOCS_START_METHOD="spawn")
    tool(copy, "build")

    ours, theirs = ({
        file.relative_to(root / "site").as_posix(): file.read_bytes()
        for file in (root / "site").rglob("*")
        if file.is_file() and file.name != "verification.json"
    } for root in (ROOT, copy))  # fmt: skip
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []


def answers(runs: Runs) -> list[str]:
    """The keys of the runs that tried answers to exercises."""
    text = read_text(PROJECT)
    return [
        key_of(task)
        for (path, language), program in programs_of(PROJECT, text).items()
        for task in tasks_of(PROJECT, text.modules[path], language, program)
        if task.answer
    ]


# The programs of both languages are the same but for their texts, so that each arithmetic needs only one of them.
@pytest.mark.parametrize(
    ("language", "variable", "value"), [("en", "TF_ENABLE_ONEDNN_OPTS", "0"), ("zh", "ONEDNN_MAX_CPU_ISA", "AVX2")]
)
def test_the_records_hold_on_other_arithmetic(copy: Path, language: str, variable: str, value: str) -> None:
    tool(copy, "run", "--language", language, **{variable: value})


def code_of(page: Page, staged: Path) -> tuple[list[str], list[str | None]]:
    """The code blocks of a page as they are published, and the error that each has to raise, if it has to."""
    published = [block for block in blocks(staged.read_text(encoding="utf-8")) if block.info == "python"]
    errors = errors_of(page)
    assert len(published) == len(errors)
    sources = ["\n".join(line.removeprefix(block.prefix) for line in block.body) for block in published]
    return sources, errors


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


def errors_in_a_notebook(sources: list[str], raises: list[str | None], home: Path) -> list[str | None]:
    """What each block raises when a reader runs them one after the other in a notebook."""
    notebook = nbformat.v4.new_notebook()
    for source, error in zip(sources, raises, strict=True):
        tags = ["raises-exception"] if error else []
        notebook.cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": tags}))
    # A reader's home, not this one's.
    environment = os.environ | {"HOME": str(home), "KERAS_HOME": str(home / ".keras")}
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(home)}}).execute(env=environment)
    found = [[output.ename for output in cell.outputs if output.output_type == "error"] for cell in notebook.cells]
    return [names[0] if names else None for names in found]


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Future[list[str | None]]]:
    """The chapters' pages, each run in a kernel of its own, one per core at a time."""
    folder = tmp_path_factory.mktemp("stage") / "book"
    tool(ROOT, "stage", str(folder))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return {
            page.url: pool.submit(
                errors_in_a_notebook,
                *code_of(page, folder / page.language / page.path),
                tmp_path_factory.mktemp("home"),
            )
            for page in CHAPTERS
        }


@pytest.mark.parametrize("page", CHAPTERS, ids=lambda page: page.url)
def test_the_published_code_of_a_page_runs_in_a_notebook(
    page: Page, notebooks: dict[str, Future[list[str | None]]]
) -> None:
    assert notebooks[page.url].result() == errors_of(page)


def test_a_page_says_where_to_report_an_error_where_that_is_set(copy: Path) -> None:
    config = copy / "mkdocs.yml"
    assert "/new?" not in (ROOT / "site/evaluation/classification/index.html").read_text(encoding="utf-8")
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('report_url: ""', 'report_url: "https://example.org/new?title={page}"'))

    tool(copy, "build")

    for prefix in ("", "zh/"):
        page = (copy / f"site/{prefix}evaluation/classification/index.html").read_text(encoding="utf-8")
        assert 'href="https://example.org/new?title=evaluation/classification.md"' in page
    config.write_text(text)
