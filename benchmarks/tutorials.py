"""The tutorials as they are written once, and what their cells have to give."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import jupytext
import yaml
from nbformat import NotebookNode

FOLDER = Path(__file__).parent / "workload"
FIGURE = "figure"
# What the two edits change in the first tutorial, and what a page shows of them. `{}` is the number of the edit.
PROSE = "Draft {}."
CODE = "factor = {}"
CODE_SHOWN = "factor: {}"


@dataclass(frozen=True, slots=True)
class Edition:
    """How often prose and code of the first tutorial have been edited."""

    prose: int = 1
    code: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """A cell with the Markdown above it, and what a page has to show of it."""

    name: str
    prose: str
    code: str
    raises: str
    gives: tuple[str, ...]

    @property
    def draws(self) -> bool:
        """Whether it has a figure."""
        return FIGURE in self.gives

    @property
    def texts(self) -> tuple[str, ...]:
        """The lines of its output."""
        return tuple(text for text in self.gives if text not in {FIGURE, self.raises})


@dataclass(frozen=True, slots=True)
class Tutorial:
    """A small program with a title."""

    name: str
    title: str
    parts: tuple[Part, ...]

    @property
    def program(self) -> str:
        """Its code alone, from top to bottom."""
        return "\n\n\n".join(part.code for part in self.parts) + "\n"


def tutorials(count: int, edition: Edition = Edition()) -> tuple[Tutorial, ...]:
    """The first tutorials of the contract, the first of all in this edition."""
    contract: dict[str, dict[str, list[str]]] = yaml.safe_load((FOLDER / "contract.yml").read_text(encoding="utf-8"))
    names = list(contract)[:count]
    return tuple(_tutorial(name, contract[name], edition if name == names[0] else Edition()) for name in names)


def _tutorial(name: str, contract: dict[str, list[str]], edition: Edition) -> Tutorial:
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    text = text.replace(PROSE.format(1), PROSE.format(edition.prose)).replace(CODE.format(1), CODE.format(edition.code))
    title, *cells = jupytext.reads(text, "py:percent").cells
    pairs = zip(cells[::2], cells[1::2], strict=True)
    parts = tuple(_part(prose, code, contract, edition) for prose, code in pairs)
    return Tutorial(name, title.source.removeprefix("# "), parts)


def _part(prose: NotebookNode, code: NotebookNode, contract: dict[str, list[str]], edition: Edition) -> Part:
    name = code.metadata["title"]
    gives = tuple(text.replace("{code}", str(edition.code)) for text in contract[name])
    return Part(name, prose.source, code.source, code.metadata.get("raises", ""), gives)
