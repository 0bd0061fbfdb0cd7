"""Module × version, for readers: the tables of the page that says with which versions the examples run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from .embed import FAILURES, VERSIONS, fenced
from .parse import Module
from .record import Outputs
from .versions import Environment, Tried

WORDS = {
    "en": {
        "module": "Module",
        "place": "{module}, cell `{cell}`",
        "title": "{module}, cell {cell}: {columns}",
        "between": ", ",
        "none": "None.",
    },
    "zh": {
        "module": "模块",
        "place": "{module}，单元 `{cell}`",
        "title": "{module}，单元 {cell}：{columns}",
        "between": "、",
        "none": "没有。",
    },
}
RUNS, OTHER, FAILS, UNTRIED = "✓", "≈", "✗", "–"
Entries = Mapping[Module, Mapping[Environment, Tried]]
"""For each module that was tried as it is now, what became of it."""


class Folding(Protocol):
    """What unfolds when a reader asks for it."""

    def fold(self, title: str, lines: list[str]) -> list[str]:
        """The lines below a title."""


def lines(name: str, language: str, entries: Entries, link: Callable[[str], str], folding: Folding) -> list[str]:
    """The lines that take the place of one of the page's names. `link` leads to the page that shows a module."""
    words = WORDS[language]
    if name == VERSIONS:
        return _matrix(words, entries, link)
    found = _failures(words, entries, link) if name == FAILURES else _others(words, entries, folding)
    return list(found) or [words["none"]]


def _column(environment: Environment) -> str:
    """How an environment is called: the versions of TensorFlow and Keras, as far as they tell it from others."""
    return " / ".join(".".join(one.split(".")[:2]) for one in (environment.tensorflow, environment.keras))


def _matrix(words: Mapping[str, str], entries: Entries, link: Callable[[str], str]) -> list[str]:
    environments = sorted({one for tried in entries.values() for one in tried}, key=lambda one: one.order)
    # On two lines: there are many columns.
    heads = [_column(one).replace(" / ", "<br>") for one in environments]
    rows = [[words["module"], *heads], ["---"] * (len(environments) + 1)]
    for module, tried in entries.items():
        rows.append([link(module.path), *(_mark(tried.get(one)) for one in environments)])
    return [f"| {' | '.join(row)} |" for row in rows]


def _mark(tried: Tried | None) -> str:
    if tried is None:
        return UNTRIED
    return FAILS if tried.failed else OTHER if tried.differs else RUNS


def _failures(words: Mapping[str, str], entries: Entries, link: Callable[[str], str]) -> Iterator[str]:
    for module, tried in entries.items():
        alike: dict[tuple[str, str], list[str]] = {}
        for environment, one in tried.items():
            if one.failed:
                alike.setdefault((one.failed, one.error), []).append(_column(environment))
        for (cell, error), columns in alike.items():
            place = words["place"].format(module=link(module.path), cell=cell)
            # A list right below another block would be part of it.
            yield from ("", f"- {place} ({words['between'].join(columns)})", "")
            yield from (f"    {line}" for line in fenced(error, "text"))


def _others(words: Mapping[str, str], entries: Entries, folding: Folding) -> Iterator[str]:
    for module, tried in entries.items():
        alike: dict[tuple[str, Outputs], list[str]] = {}
        for environment, one in tried.items():
            for cell, outputs in one.differs.items():
                alike.setdefault((cell, outputs), []).append(_column(environment))
        for (cell, outputs), columns in alike.items():
            text = "\n".join(text for _, text in outputs)
            title = words["title"].format(module=module.path, cell=cell, columns=words["between"].join(columns))
            yield from ("", *folding.fold(title, fenced(text, "text")), "")
