"""What ran, for machines and for readers: `verification.json`, and the list on the evidence page."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import platform
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2

from .build import Book, Run
from .embed import ExplorerReference, Reference, References
from .flavours import row_name
from .project import LANGUAGES, Page
from .runs import Status

FILE = "verification.json"
SCHEMA = Path(__file__).with_name("verification.schema.json")
LANGUAGE_NAMES = {"en": "English", "zh": "中文"}
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "find": "Find",
        "language": "Language",
        "status": "Status",
        "all": "all",
        "passed": "passed",
        "raised-as-expected": "raised as expected",
        "failed": "failed",
        "skipped": "skipped",
        "found": "Cells: {shown} of {all}",
        "cells": "cells: ",
        "contracts": "contracts: ",
        "cell": "Cell",
        "contract": "Contract",
        "seconds": "Seconds",
        "unit": "s",
        "hidden": "(on no page)",
        "data": "The same as data:",
    },
    "zh": {
        "find": "查找",
        "language": "语言",
        "status": "状态",
        "all": "全部",
        "passed": "通过",
        "raised-as-expected": "如期引发异常",
        "failed": "失败",
        "skipped": "跳过",
        "found": "单元：{shown} / {all}",
        "cells": "单元：",
        "contracts": "契约：",
        "cell": "单元",
        "contract": "契约",
        "seconds": "秒",
        "unit": "秒",
        "hidden": "（不在页面上）",
        "data": "同样内容的数据：",
    },
}
TEMPLATE = Path(__file__).with_name("evidence.html")
Place = tuple[str, str, str]
"""A module, a cell and a language."""


@dataclass(frozen=True, slots=True)
class Row:
    """A cell of a program. `address` is that of its block, empty where no page shows it."""

    id: str
    name: str
    status: Status
    contract: str
    address: str


@dataclass(frozen=True, slots=True)
class Program:
    """A module in one language."""

    language: str
    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A module in all languages. Its numbers are those of its cells."""

    module: str
    title: str
    cells: int
    contracts: int
    programs: tuple[Program, ...]


def verification(book: Book) -> str:
    """`verification.json`: an entry for every cell and language of every module."""
    shown = _pages(book, lambda page: page.cells)
    cells = []
    for (module, language), outcome in sorted(book.outcomes.items()):
        for run in outcome.cells:
            cell = {
                "id": f"{module}:{run.name}",
                "language": language,
                "status": run.status,
                "seconds": run.seconds,
                "ran": outcome.ran,
                "digest": book.keys[module, language],
                "pages": shown.get((module, run.name, language)) or shown.get((module, "", language), []),
            }
            contract = _contract(book, module, run.name)
            cells.append(cell | ({"contract": contract} if contract else {}))
    return json.dumps({"environment": environment(), "cells": cells}, indent=1, ensure_ascii=False) + "\n"


def environment() -> dict[str, str]:
    """The versions that matter to a reader."""
    versions = {"python": platform.python_version()}
    for name in ("tensorflow", "keras", "numpy", "scikit-learn", "matplotlib"):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {**versions, "platform": platform.platform(terse=True)}


def listing(book: Book, page: Page) -> str:
    """The list of all that ran, as HTML for the evidence page.

    No time and no version is in it: a reader's browser adds them from `verification.json`, so that two builds of one
    commit are the same bytes.
    """
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined)
    modules = list(_groups(book, page))
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        words=WORDS[page.language],
        language=page.language,
        languages=[(language, LANGUAGE_NAMES[language]) for language in LANGUAGES],
        statuses=sorted({row.status for group in modules for program in group.programs for row in program.rows}),
        groups=modules,
        data=page.address_on_site(FILE),
        file=FILE,
    )


def _groups(book: Book, page: Page) -> Iterator[Group]:
    """The modules that ran, as the evidence page lists them."""
    shown, played = _pages(book, lambda page: page.cells), _pages(book, lambda page: page.explorers)
    for path, module in sorted(book.text.modules.items()):
        programs = tuple(
            Program(language, LANGUAGE_NAMES[language], tuple(_rows(book, page, (path, language), shown, played)))
            for language in LANGUAGES
            if (path, language) in book.outcomes
        )
        if programs:
            contracts = sum(cell.contract is not None for cell in module.cells)
            title = _title(book.programs[path, page.language])
            yield Group(path, title, len(module.cells), contracts, programs)


def _rows(
    book: Book, page: Page, ran: Run, shown: Mapping[Place, list[str]], played: Mapping[Place, list[str]]
) -> Iterator[Row]:
    module, language = ran
    # A cell may be a guest on a page, such as the home page: where most cells of the module are, it is at home.
    places = ((module, cell.name, language) for cell in book.text.modules[module].cells)
    shows = Counter(url for place in places for url in shown.get(place, []))
    for run in book.outcomes[module, language].cells:
        url = max(shown.get((module, run.name, language), []), key=shows.__getitem__, default=None)
        address = "" if url is None else f"{page.address_on_site(url)}#{module}:{run.name}"
        for whole in (*played.get((module, run.name, language), []), *shown.get((module, "", language), [])):
            address = address or page.address_on_site(whole)
        contract = _contract(book, module, run.name)
        yield Row(row_name(module, run.name, language), run.name, run.status, contract, address)


def _pages(
    book: Book, placed: Callable[[References], Iterable[Reference | ExplorerReference]]
) -> dict[Place, list[str]]:
    """The addresses of the pages on which a cell is placed in such a way; an exercise has no name of a cell."""
    found: dict[Place, list[str]] = {}
    for page in book.text.pages:
        for reference in placed(book.text.references[page]):
            found.setdefault((reference.module, reference.cell, page.language), []).append(page.url)
    return found


def _contract(book: Book, module: str, name: str) -> str:
    """The contract that a cell states, or nothing."""
    cell = book.text.modules[module].cell(name)
    return str(cell.contract) if cell and cell.contract else ""


def _title(program: str) -> str:
    """The first line of the program's docstring, in its language, as plain text."""
    return (ast.get_docstring(ast.parse(program)) or "").partition("\n")[0].replace("`", "")
