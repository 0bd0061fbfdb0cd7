"""The book itself: the same bytes from another cold build, the same records on other arithmetic, and code that readers
can take from the pages.

Needs the built site: `make snippets` comes first.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from verified_docs.embed import blocks, references
from verified_docs.parse import read_module
from verified_docs.project import Page, Project

ROOT = Path(__file__).parents[2]
PROJECT = Project(ROOT)
GENERATED = shutil.ignore_patterns(".git", ".venv", ".cache", ".*_cache", "site", "__pycache__", "benchmarks", "tests")
# The home page shows single cells of chapters, which need the lines before them.
CHAPTERS = [page for page in PROJECT.pages()[0] if "/" in page.path and references(page.text, page.path).cells]


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


def test_a_cold_build_without_forking_gives_the_same_bytes(copy: Path) -> None:
    tool(copy, "build", VERIFIED_DOCS_START_METHOD="spawn")

    ours, theirs = ({
        file.relative_to(root / "site").as_posix(): file.read_bytes()
        for file in (root / "site").rglob("*")
        if file.is_file() and file.name != "verification.json"
    } for root in (ROOT, copy))  # fmt: skip
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []


@pytest.mark.parametrize("variable", ["TF_ENABLE_ONEDNN_OPTS=0", "ONEDNN_MAX_CPU_ISA=AVX2"])
def test_the_records_hold_on_other_arithmetic(copy: Path, variable: str) -> None:
    name, _, value = variable.partition("=")
    tool(copy, "run", **{name: value})


@functools.cache
def staged(folder: Path) -> Path:
    """Every page as plain Markdown, as it is published."""
    tool(ROOT, "stage", str(folder))
    return folder


@pytest.mark.parametrize("page", CHAPTERS, ids=lambda page: page.url)
def test_the_published_code_of_a_page_runs_in_a_notebook(
    page: Page, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = staged(tmp_path_factory.getbasetemp() / "stage")
    published = [block for block in blocks((folder / page.language / page.path).read_text()) if block.info == "python"]
    shown = references(page.text, page.path).cells
    assert len(published) == len(shown)
    notebook = nbformat.v4.new_notebook()
    expected = []
    for block, reference in zip(published, shown, strict=True):
        cell = read_module(PROJECT.snippets / reference.module, PROJECT.snippets).cell(reference.cell)
        assert cell
        tags = ["raises-exception"] if cell.raises else []
        source = "\n".join(line.removeprefix(block.prefix) for line in block.body)
        notebook.cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": tags}))
        expected.append(cell.raises)

    # A reader's home, not this one's.
    kernel_environment = os.environ | {"HOME": str(tmp_path), "KERAS_HOME": str(tmp_path / ".keras")}
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}})
    client.execute(env=kernel_environment)

    errors = [[output.ename for output in cell.outputs if output.output_type == "error"] for cell in notebook.cells]
    assert errors == [[name] if name else [] for name in expected]
