"""Page text + outputs -> page text: finds references to cells and values, and puts what they name in their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from .errors import DocsError, did_you_mean
from .runs import CellRun, Figure, Number, Output

FENCE = re.compile(r"(?P<prefix>[ \t>]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`]*)$")
ATTRIBUTE = re.compile(r"""(?P<key>[A-Za-z_][\w-]*)=(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>\S*))""")
REFERENCE_KEYS = ("cell", "alt")
# What pymdownx.superfences and highlight take: such a fence is an ordinary one.
FENCE_KEYS = ("title", "linenums", "hl_lines", "anchor_linenums", "linenums_start", "linenums_step", "linenums_special")
VALUE = re.compile(r"\{\{\s*(?P<module>[\w/-]+\.py):(?P<name>\w+)\s*(?:\|\s*(?P<format>[^}|]*?)\s*)?\}\}")
BRACES = re.compile(r"\{\{.*?(?:\}\}|$)")
INLINE_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")


@dataclass(frozen=True, slots=True)
class Reference:
    """A fence that names a cell. `line` is that of its opening, `last` that of its end; `prefix` is its indentation."""

    line: int
    last: int
    prefix: str
    module: str
    cell: str
    alt: str | None


@dataclass(frozen=True, slots=True)
class ValueReference:
    """A place in prose that names a kept value: columns `start` to `end` of the line."""

    line: int
    start: int
    end: int
    module: str
    name: str
    format: str


@dataclass(frozen=True, slots=True)
class References:
    """All that a page refers to, in order, and what looks like a reference and is none."""

    cells: tuple[Reference, ...]
    values: tuple[ValueReference, ...]
    errors: tuple[DocsError, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page: lines from 1, the last one that of its closing fence (or of the page)."""

    line: int
    last: int
    prefix: str
    info: str
    body: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows for a reference: the code in the page's language, and what became of it."""

    module: str
    source: str
    run: CellRun
    problem: str = ""
    """Live only: why the cell is not good, to be shown at its place."""


class Flavour(Protocol):
    """How the parts of a cell are written in Markdown."""

    def code(self, shown: Shown) -> list[str]:
        """The lines of the code block."""

    def output(self, output: Output) -> list[str]:
        """The lines of a text output."""

    def figure(self, figure: Figure, shown: Shown, alt: str) -> list[str]:
        """The lines of a figure."""

    def problem(self, text: str) -> list[str]:
        """The lines of a message to the author."""


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, found line by line: a fence inside a longer one is its text."""
    opened: tuple[int, str, str, str] | None = None
    body: list[str] = []
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        match = FENCE.fullmatch(line)
        if opened is None:
            if match:
                opened, body = (number, match["prefix"], match["info"].strip(), match["fence"]), []
        elif match and not match["info"] and match["fence"].startswith(opened[3]):
            yield Block(opened[0], number, opened[1], opened[2], tuple(body))
            opened = None
        else:
            body.append(line)
    if opened:
        yield Block(opened[0], len(lines), opened[1], opened[2], tuple(body))


def references(text: str, path: str) -> References:
    """What the page at `path` (as messages give it) refers to."""
    cells: list[Reference] = []
    errors: list[DocsError] = []
    fenced = list(blocks(text))
    for block in fenced:
        try:
            if reference := _reference(block, path):
                cells.append(reference)
        except DocsError as error:
            errors.append(error)
    inside = {number for block in fenced for number in range(block.line, block.last + 1)}
    values: list[ValueReference] = []
    for number, line in enumerate(text.splitlines(), 1):
        if number not in inside:
            for found in _values(number, line, path):
                (values if isinstance(found, ValueReference) else errors).append(found)  # type: ignore[arg-type]
    return References(tuple(cells), tuple(values), tuple(sorted(errors, key=lambda error: error.line)))


def _reference(block: Block, path: str) -> Reference | None:
    """The reference that the block is, if it is one; raises DocsError if it is almost one."""
    language, _, rest = block.info.partition(" ")
    given = {
        match["key"]: match["double"] or match["single"] or match["bare"] or "" for match in ATTRIBUTE.finditer(rest)
    }
    if block.info.startswith("{") or not given:
        return None
    for key in given:
        if key not in REFERENCE_KEYS and (key not in FENCE_KEYS or "cell" in given):
            known = REFERENCE_KEYS if "cell" in given else (*REFERENCE_KEYS, *FENCE_KEYS)
            raise DocsError(
                path,
                block.line,
                f"a block has an unknown option '{key}'",
                did_you_mean(key, known, f"the options of a reference are {', '.join(REFERENCE_KEYS)}"),
            )
    if "cell" not in given:
        if "alt" in given:
            raise DocsError(
                path, block.line, "a block has an 'alt' and no 'cell'", 'say which: cell="chapter/module.py:cell"'
            )
        return None
    if language != "python":
        raise DocsError(
            path, block.line, f"a reference to a cell is a block of '{language}'", "begin it with ```python"
        )
    if any(line.strip(" \t>") for line in block.body):
        raise DocsError(
            path, block.line, "a reference to a cell has a text of its own", "empty the block; the build fills it"
        )
    module, colon, cell = given["cell"].partition(":")
    if not (module and colon and cell):
        raise DocsError(path, block.line, f"'{given['cell']}' names no cell", 'write cell="chapter/module.py:cell"')
    return Reference(block.line, block.last, block.prefix, module, cell, given.get("alt"))


def _values(number: int, line: str, path: str) -> Iterator[ValueReference | DocsError]:
    """The values that a line of prose refers to; code in the line is left alone."""
    masked = INLINE_CODE.sub(lambda match: "`" * len(match[0]), line)
    for braces in BRACES.finditer(masked):
        match = VALUE.fullmatch(braces[0])
        if match:
            yield ValueReference(
                number, braces.start(), braces.end(), match["module"], match["name"], match["format"] or ""
            )
        else:
            yield DocsError(
                path,
                number,
                f"'{braces[0]}' is not a value",
                "write {{ chapter/module.py:name | .3f }}, or put it into backticks",
            )


def embed(
    text: str,
    found: References,
    cell: Callable[[str, str], Shown],
    value: Callable[[str, str], Number],
    flavour: Flavour,
) -> str:
    """The page with code, outputs and figures in the place of its references, and numbers in the place of its values.

    `found` is what `references` gave for this text, without errors. `cell` and `value` are asked for what is referred
    to by module and name; a format that does not fit the value raises ValueError.
    """
    lines = text.splitlines()
    for reference in reversed(found.values):
        shown = format(value(reference.module, reference.name), reference.format)
        line = lines[reference.line - 1]
        lines[reference.line - 1] = line[: reference.start] + shown + line[reference.end :]
    for place in reversed(found.cells):
        block = _cell(cell(place.module, place.cell), place.alt or "", flavour)
        lines[place.line - 1 : place.last] = [(place.prefix + line).rstrip() for line in block]
    return "\n".join(lines) + "\n"


def _cell(shown: Shown, alt: str, flavour: Flavour) -> list[str]:
    lines = flavour.code(shown)
    if shown.problem:
        lines += ["", *flavour.problem(shown.problem)]
    for output in shown.run.outputs:
        part = flavour.figure(output.figure, shown, alt) if output.figure else flavour.output(output)
        lines += ["", *part]
    return lines


def fence_for(text: str) -> str:
    """A fence longer than any run of backticks in the text."""
    return "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))


def fenced(text: str, info: str) -> list[str]:
    """The text as a fenced block."""
    fence = fence_for(text)
    return [fence + info, *text.split("\n"), fence]
