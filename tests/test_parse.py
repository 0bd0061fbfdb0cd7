"""Module text -> cells: what is a cell, which lines are its, what its options say, and what stops it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import jupytext
import pytest

from cases import cases, with_controls
from verified_docs.errors import DocsError
from verified_docs.parse import SIGNS, Cell, Contract, Module, parse_module, read_module
from verified_docs.runs import CellTask, Limits

SNIPPETS = Path(__file__).parents[1] / "snippets"
MODULE_FILES = [file for file in sorted(SNIPPETS.rglob("*.py")) if not file.name.startswith("_")]
SMALL = '"""Title."""\n# %% one\nx = 1\n'


def listing(module: Module) -> str:
    """A line for the module's options, if any differ from the usual, and one for each cell."""
    said = [f"{key}={value:g}" for key, value in _unusual(module.limits, Limits())]
    said += [f"{name}={value}" for name, value in module.environment]
    said += [f"interpreter={module.interpreter}"] if module.interpreter else []
    return "\n".join(
        [*([f"module: {' '.join(said)}"] if said else []), *(f"{one_line(cell)}" for cell in module.cells)]
    )


def one_line(cell: Cell) -> str:
    options = []
    for key, value in _unusual(cell, Cell(cell.name, cell.line, cell.start, cell.end, cell.source)):
        options.append(key if value is True else f"{key}={','.join(value) if isinstance(value, tuple) else value}")
    return " ".join([cell.name, str(cell.line), f"{cell.start}-{cell.end}", *options])


def _unusual(given: object, usual: object) -> list[tuple[str, object]]:
    names = [field.name for field in fields(given)]
    return [(name, getattr(given, name)) for name in names if getattr(given, name) != getattr(usual, name)]


@pytest.mark.parametrize(("given", "expected"), cases("parse.txt"))
def test_module_text_gives_these_cells(given: str, expected: str) -> None:
    module = parse_module(given + "\n", "a/b.py")
    assert listing(module) == expected
    for cell in module.cells:
        assert cell.source.split("\n") == given.split("\n")[cell.start - 1 : cell.end]


@pytest.mark.parametrize(("given", "expected"), cases("parse_errors.txt"))
def test_what_is_wrong_is_said_with_its_line_and_the_next_step(given: str, expected: str) -> None:
    with pytest.raises(DocsError) as caught:
        parse_module(with_controls(given) + "\n", "a/b.py")
    assert str(caught.value) == expected


def test_a_run_knows_of_a_cell_what_it_needs() -> None:
    module = parse_module('"""Title."""\n# %% one raises=KeyError keep="x" hide=true\n\nx = 1\n', "a/b.py")
    assert module.cells[0].task == CellTask("one", 4, 4, "KeyError", ("x",))


def test_cells_are_found_by_name_and_by_line() -> None:
    module = parse_module('"""Title."""\n# %% one\nx = 1\n\n# %% two\ny = 1\n', "a/b.py")
    assert (module.title, module.shown_path) == ("Title.", "snippets/a/b.py")
    assert module.cell("two") is module.cells[1]
    assert module.cell("three") is None
    assert [module.cell_at(line) for line in (1, 2, 4, 5, 99)] == [None, "one", "one", "two", "two"]


@pytest.mark.parametrize("path", ["a b.py", "a/b.c.py", "a/ü`.py", "a/b.txt"])
def test_a_file_name_that_a_page_could_not_write_is_refused(path: str) -> None:
    with pytest.raises(DocsError) as caught:
        parse_module(SMALL, path)
    assert str(caught.value) == (f"snippets/{path}: not a module's file name\n  use letters, digits, '-' and '_' only")


@pytest.mark.parametrize(
    "content",
    [SMALL.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + SMALL.encode(), SMALL.removesuffix("\n").encode()],
    ids=["CRLF", "byte order mark", "no newline at the end"],
)
def test_a_file_saved_another_way_has_the_same_cells(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(content)
    assert read_module(tmp_path / "a.py", tmp_path).cells == parse_module(SMALL, "a.py").cells


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(SMALL.replace("Title", "Größe").encode("latin-1"))
    with pytest.raises(DocsError) as caught:
        read_module(tmp_path / "a.py", tmp_path)
    assert str(caught.value) == "snippets/a.py: not UTF-8\n  save it in this encoding"


@pytest.mark.parametrize(
    ("contract", "kept", "broken"),
    [
        ("a < 1", [0, 0.999999], [1, 2]),
        ("a <= 1", [0, 1], [1.000001, 2]),
        ("a > 1", [1.000001, 2], [0, 1]),
        ("a >= 1", [1, 2], [0, 0.999999]),
        ("a == 1", [1, 1.0], [0.999999, 2]),
    ],
)
def test_a_contract_holds_on_one_side_of_its_bound(contract: str, kept: list[float], broken: list[float]) -> None:
    one = Contract(*contract.split()[:2], float(contract.split()[2]))
    assert all(one.holds(value) for value in kept)
    assert not any(one.holds(value) for value in [*broken, float("nan")])
    assert str(one) == contract


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("bound", [0.0, 1e-9, -3.5, 1e12])
def test_a_contract_with_a_finite_bound_can_fail(sign: str, bound: float) -> None:
    assert Contract("a", sign, bound).can_fail()
    assert not Contract("a", sign, float("inf")).can_fail()


@pytest.mark.parametrize("file", MODULE_FILES, ids=lambda file: file.relative_to(SNIPPETS).as_posix())
def test_jupytext_reads_and_writes_the_modules_without_a_change(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    notebook = jupytext.reads(text, "py:percent")
    notebook.metadata["jupytext"] = {"notebook_metadata_filter": "-all"}
    assert jupytext.writes(notebook, "py:percent") == text
    assert len(notebook.cells) == 1 + len(parse_module(text, "a/b.py").cells)


def test_there_are_modules() -> None:
    assert MODULE_FILES
