"""What the next versions of the libraries change: a report, page by page."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from .check import Text
from .embed import fenced
from .errors import DocsError
from .project import ORIGINAL
from .record import Outputs, read_record
from .versions import Report, Tried

NOWHERE = "on no page"


def section(name: str, text: Text, report: Report, snippets: Path) -> list[str]:
    """The lines about one environment, which the report is of."""
    (environment,) = report.environments
    found = {path: one.tried[environment.id] for path, one in report.modules.items()}
    changed = {path: one for path, one in found.items() if one.failed or one.differs}
    good = f"{len(found) - len(changed)} of {len(found)} modules give what their records say."
    libraries = f"TensorFlow {environment.tensorflow}, Keras {environment.keras}, NumPy {environment.numpy}"
    lines = [f"## {name}", "", f"{libraries}, Python {environment.python}: {good}", ""]
    for page, parts in _by_page(text, changed, snippets).items():
        lines += [f"### {page}", "", *parts]
    return lines


def impossible(name: str, error: DocsError) -> list[str]:
    """The lines about an environment that could not be made or tried."""
    return [f"## {name}", "", "Nothing was tried:", "", *fenced(str(error), "text"), ""]


def markdown(sections: Iterable[Sequence[str]]) -> str:
    """The report."""
    lines = ["# What the next versions change", "", *(line for lines in sections for line in lines)]
    return "\n".join(lines).rstrip() + "\n"


def _by_page(text: Text, changed: dict[str, Tried], snippets: Path) -> dict[str, list[str]]:
    """For each page what changes on it; a cell of several pages is said at the first."""
    found: dict[str, list[str]] = {}
    for path, tried in changed.items():
        recorded = read_record(snippets, path, ORIGINAL) or {}
        for cell, outputs in tried.differs.items():
            diff = "\n".join(_diff(recorded.get(cell, ()), outputs))
            found.setdefault(_page(text, path, cell), []).extend([f"`{path}:{cell}`", "", *fenced(diff, "diff"), ""])
        if tried.failed:
            lines = [f"`{path}:{tried.failed}` fails", "", *fenced(tried.error, "text"), ""]
            found.setdefault(_page(text, path, tried.failed), []).extend(lines)
    return dict(sorted(found.items()))


def _page(text: Text, module: str, cell: str) -> str:
    """The page that shows the cell, or else its module."""
    pages = [page for page in text.pages if page.language == ORIGINAL]
    for names in ({cell}, {one.name for one in text.modules[module].cells} | {""}):
        for page in pages:
            if any(one.module == module and one.cell in names for one in text.references[page].cells):
                return page.shown_path
    return NOWHERE


def _diff(recorded: Outputs, given: Outputs) -> Iterator[str]:
    """The lines that differ, with those around them."""
    old, new = ([line for _, text in parts for line in text.split("\n")] for parts in (recorded, given))
    kinds = [[kind for kind, _ in parts] for parts in (recorded, given)]
    if kinds[0] != kinds[1]:
        yield from (f"-({', '.join(kinds[0]) or 'nothing'})", f"+({', '.join(kinds[1]) or 'nothing'})")
    yield from list(difflib.unified_diff(old, new, lineterm="", n=2))[2:]
