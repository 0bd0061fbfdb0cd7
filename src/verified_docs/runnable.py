"""Programs that readers take from a page: a module up to one of its cells, made to run by itself."""

from __future__ import annotations

import ast
import io
import itertools
import json
import keyword
import tokenize
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from .parse import Module

SHOW = "plt.show()"
CAUGHT = """\
try:
{source}
except Exception as {name}:
    print(f"{{type({name}).__name__}}: {{{name}}}")"""


@dataclass(frozen=True, slots=True)
class Piece:
    """A cell in such a program: as it is at the end, and as it is with other cells below."""

    name: str
    source: str
    caught: str | None = None
    """Of a cell that raises on purpose: the cell, caught, so that the program goes on."""
    draws: bool = False


@dataclass(frozen=True, slots=True)
class Runnable:
    """What the programs of a module are put together from. overrides/assets/blocks.js does it in the same way."""

    start: str
    pieces: tuple[Piece, ...]
    show: str = SHOW

    def program(self, name: str) -> str:
        """The module up to and including the cell of this name."""
        *above, target = self.until({name}).pieces
        parts = [self.start, *(piece.caught or piece.source for piece in above), target.source]
        # Nothing below a cell that raises is reached.
        if target.caught is None and any(piece.draws for piece in (*above, target)):
            parts.append(self.show)
        return "\n\n".join(parts) + "\n"

    def until(self, names: Collection[str]) -> Runnable:
        """The same without what comes after the last of the cells of these names."""
        last = max(index for index, piece in enumerate(self.pieces) if piece.name in names)
        return Runnable(self.start, self.pieces[: last + 1], self.show)


def runnable(module: Module, program: str, drawn: Collection[str]) -> Runnable:
    """The pieces of the module, whose text in a language is `program`. `drawn` names the cells that drew a figure."""
    lines = program.split("\n")
    name = _unused_name(program) if any(cell.raises for cell in module.cells) else ""
    pieces = []
    for cell in module.cells:
        source = "\n".join(lines[cell.start - 1 : cell.end])
        pieces.append(Piece(cell.name, source, _caught(source, name) if cell.raises else None, cell.name in drawn))
    first = next((cell.end for cell in module.cells if cell.name in drawn), len(lines))
    return Runnable(_start(module, program), tuple(pieces), _show("\n".join(lines[:first])))


def as_json(programs: Mapping[str, Runnable], evidence: str) -> str:
    """The programs by module, as a page carries them, with the address of `verification.json` from there."""
    modules = {path: _compact(program) for path, program in programs.items()}
    return inert_json({"evidence": evidence, "modules": modules})


def inert_json(content: object) -> str:
    """JSON for an element of a page: no text in it can end that element, or begin another one."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _compact(program: Runnable) -> dict[str, object]:
    cells = []
    for piece in program.pieces:
        cell: dict[str, object] = {"name": piece.name, "source": piece.source}
        if piece.caught is not None:
            cell["caught"] = piece.caught
        if piece.draws:
            cell["draws"] = True
        cells.append(cell)
    return {"start": program.start, "cells": cells, "show": program.show}


def _start(module: Module, program: str) -> str:
    """The docstring, and the variables that have to be set before a library reads them."""
    docstring = ast.parse(program).body[0]
    lines = program.split("\n")[docstring.lineno - 1 : docstring.end_lineno]
    if module.environment:
        lines += ["", *environment_lines(module.environment)]
    return "\n".join(lines)


def environment_lines(environment: Iterable[tuple[str, str]]) -> list[str]:
    """Statements that set the variables."""
    return ["import os", "", *(_set(name, value) for name, value in environment)]


def _set(name: str, value: str) -> str:
    """A statement that sets a variable of the environment; JSON's strings are Python's, in double quotes."""
    return f"os.environ[{json.dumps(name)}] = {json.dumps(value)}"


def _show(above: str) -> str:
    """The call that shows what was drawn, with the import of its library where none above is by this name."""
    imports = (node for node in ast.walk(ast.parse(above)) if isinstance(node, ast.Import | ast.ImportFrom))
    bound = any((alias.asname or alias.name) == "plt" for node in imports for alias in node.names)
    return SHOW if bound else f"import matplotlib.pyplot as plt\n\n{SHOW}"


def _unused_name(program: str) -> str:
    """A name for the exception: Python deletes it after the handler, so it must not be one of the program's."""
    tokens = tokenize.generate_tokens(io.StringIO(program).readline)
    used = {token.string for token in tokens if token.type == tokenize.NAME and not keyword.iskeyword(token.string)}
    names = itertools.chain(["error", "raised"], (f"error_{number}" for number in itertools.count(2)))
    return next(name for name in names if name not in used)


def _caught(source: str, name: str) -> str:
    """The source inside of a `try` whose handler prints the exception, as `name`."""
    strings = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant | ast.JoinedStr)]
    # More spaces would be part of the string.
    inside = {line for node in strings for line in range(node.lineno + 1, (node.end_lineno or 0) + 1)}
    lines = [
        line if number in inside or not line.strip() else f"    {line}"
        for number, line in enumerate(source.split("\n"), 1)
    ]
    return CAUGHT.format(source="\n".join(lines), name=name)
