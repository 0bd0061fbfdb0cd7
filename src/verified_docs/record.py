"""Outputs compared with what a person has accepted."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterator
from pathlib import Path

from .errors import DocsError
from .parse import DEFAULT_TOLERANCE, Cell, Module
from .runs import CellRun, Number, Outcome

# Not part of a name (dense_1), of a size (1.5GB) or of a version (1.2.3): those are words.
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?!\w|\.\d)")
WHOLE = re.compile(r"[-+]?\d+")
# Below this two numbers are both nothing: what is left of sums that cancel.
NOTHING = 1e-9
HEAD = "# Accepted outputs of {module} ({language}). Only `verified-docs accept` writes this file.\n"
Outputs = tuple[tuple[str, str], ...]
"""Kinds and texts of what a cell gave."""
Recorded = dict[str, Outputs]
"""For each cell what it gave."""


def record_path(snippets: Path, module: str, language: str) -> Path:
    """Where the record of a module in a language is kept: beside the module."""
    return (snippets / module).with_suffix(f".{language}.record")


def of_run(run: CellRun) -> Outputs:
    """What a record keeps of a run: kinds and texts of the outputs, kept values."""
    parts: list[tuple[str, str]] = [(output.kind, output.text) for output in run.outputs]
    if run.values:
        parts.append(("values", "\n".join(f"{name} = {_shown(value)}" for name, value in run.values.items())))
    return tuple(parts)


def _shown(value: Number) -> str:
    """The value with its kind in sight: 2 is a whole number, 2.0 is not."""
    if isinstance(value, int):
        return str(value)
    text = f"{value:.7g}"
    return f"{text}.0" if WHOLE.fullmatch(text) else text


def render(outcome: Outcome) -> str:
    """The text of the record: lines `== cell` and `-- kind`, then the text, indented so that none looks like one."""
    lines = [HEAD.format(module=outcome.module, language=outcome.language)]
    for run in outcome.cells:
        lines.append(f"== {run.name}\n")
        for kind, text in of_run(run):
            lines.append(f"-- {kind}\n")
            lines += [f"   {line}\n" if line else "\n" for line in text.split("\n") if text]
    return "".join(lines)


def read(text: str) -> Recorded:
    """The record from its text."""
    cells: dict[str, list[tuple[str, list[str]]]] = {}
    parts: list[tuple[str, list[str]]] = []
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("== "):
            parts = cells.setdefault(line[3:], [])
        elif line.startswith("-- "):
            parts.append((line[3:], []))
        elif not line.startswith("# ") and parts:
            parts[-1][1].append(line.removeprefix("   "))
    return {name: tuple((kind, "\n".join(text)) for kind, text in parts) for name, parts in cells.items()}


def read_record(snippets: Path, module: str, language: str) -> Recorded | None:
    """The record of a module in a language, or None where there is none."""
    path = record_path(snippets, module, language)
    return read(path.read_text(encoding="utf-8", errors="replace")) if path.exists() else None


def compare(module: Module, outcome: Outcome, snippets: Path) -> Iterator[DocsError]:
    """One error for each cell whose outputs are not the accepted ones; failed ones are left out."""
    command = f"if the new output is right, accept it with `verified-docs accept {module.path}`"
    recorded = read_record(snippets, module.path, outcome.language)
    if recorded is None:
        yield DocsError(module.shown_path, 1, f"no record of its outputs ({outcome.language})", command)
        return
    for cell in module.run_cells:
        run = outcome.cell(cell.name)
        if run.status in {"failed", "skipped"}:
            continue
        if cell.contract:
            yield from _contract_holds(module, cell, run)
        elif problem := drift(recorded.get(cell.name), of_run(run), cell.tolerance):
            yield DocsError(module.shown_path, cell.line, f"cell '{cell.name}' {problem}", command)
    for name in (name for name in recorded if not module.cell(name)):
        yield DocsError(
            module.shown_path, 1, f"the record ({outcome.language}) has a cell '{name}', the module has none", command
        )


def _contract_holds(module: Module, cell: Cell, run: CellRun) -> Iterator[DocsError]:
    contract = cell.contract
    if contract and not contract.holds(run.values[contract.value]):
        yield DocsError(
            module.shown_path,
            cell.line,
            f"cell '{cell.name}': {contract.value} is {run.values[contract.value]:.7g}, its contract says {contract}",
            "mend the cell, or change the contract if it claims too much",
        )


def drift(recorded: Outputs | None, given: Outputs, tolerance: float) -> str:
    """What differs, in words; empty if nothing does."""
    if recorded is None:
        return "is not in the record"
    kinds, known = [kind for kind, _ in given], [kind for kind, _ in recorded]
    if kinds != known:
        return f"gives {_listed(kinds)}, the record says {_listed(known)}"
    for (_, old), (_, new) in zip(recorded, given, strict=True):
        if not same_text(old, new, tolerance):
            was, now = _first_difference(old, new, tolerance)
            return f"gives '{now}', the record says '{was}'"
    return ""


def _listed(kinds: list[str]) -> str:
    return ", ".join(kinds) or "nothing"


def same_text(old: str, new: str, tolerance: float) -> bool:
    """Whether the texts agree: numbers within the relative tolerance, everything else exactly.

    Whole numbers are counts, shapes and labels: only a tolerance wider than the usual one lets them differ.
    """
    if NUMBER.split(old) != NUMBER.split(new):
        return False
    return all(_same_number(a, b, tolerance) for a, b in zip(NUMBER.findall(old), NUMBER.findall(new), strict=True))


def _same_number(old: str, new: str, tolerance: float) -> bool:
    if WHOLE.fullmatch(old) and WHOLE.fullmatch(new) and tolerance <= DEFAULT_TOLERANCE:
        return old == new
    return math.isclose(float(old), float(new), rel_tol=tolerance, abs_tol=NOTHING)


def _first_difference(old: str, new: str, tolerance: float) -> tuple[str, str]:
    olds, news = old.split("\n"), new.split("\n")
    for was, now in zip(olds, news, strict=False):
        if not same_text(was, now, tolerance):
            return was.strip(), now.strip()
    longer = max(olds, news, key=len)
    extra = longer[min(len(olds), len(news))].strip()
    return (extra, "(end)") if longer is olds else ("(end)", extra)


def difference(path: Path, new: str) -> str:
    """A unified diff between the record as it is and as it would be; empty where they are the same."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), "accepted", "now")
    return "".join(lines)
