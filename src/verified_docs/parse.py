"""Module text in Jupyter's percent format -> cells with their options."""

from __future__ import annotations

import ast
import io
import operator
import re
import shlex
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from .errors import DocsError, did_you_mean
from .runs import CellTask, Limits

NAME = re.compile(r"[a-z][a-z0-9-]*")
CONTRACT = re.compile(r"(?P<value>[A-Za-z_]\w*)\s*(?P<sign><=|>=|<|>|==)\s*(?P<bound>[-+]?[\d.]+(?:e[-+]?\d+)?)")
SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}
DEFAULT_TOLERANCE = 1e-4
DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Contract:
    """A kept value against a literal bound, instead of the recorded text."""

    value: str
    sign: str
    bound: float

    def holds(self, number: float) -> bool:
        """Whether `number` keeps the contract. NaN keeps none."""
        return SIGNS[self.sign](number, self.bound)

    def can_fail(self) -> bool:
        """Whether a value planted just beyond the bound breaks the contract."""
        step = max(abs(self.bound), 1.0) * 1e-6
        return not (self.holds(self.bound - step) and self.holds(self.bound + step))

    def __str__(self) -> str:
        return f"{self.value} {self.sign} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A named part of a module: the smallest thing a page shows.

    `line` is that of its marker, `start` and `end` those of its source (inclusive), all from 1.
    """

    name: str
    line: int
    start: int
    end: int
    source: str
    raises: str | None = None
    hide: bool = False
    keep: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    tolerance: float = DEFAULT_TOLERANCE
    contract: Contract | None = None

    @property
    def task(self) -> CellTask:
        """What a run needs to know of this cell."""
        return CellTask(self.name, self.start, self.end, self.raises, self.keep)


@dataclass(frozen=True, slots=True)
class Module:
    """One file of snippets: the smallest thing that runs alone. `path` is relative to snippets/, with slashes."""

    path: str
    text: str
    title: str
    cells: tuple[Cell, ...]
    limits: Limits = DEFAULT_LIMITS
    environment: tuple[tuple[str, str], ...] = ()
    interpreter: str | None = None

    @property
    def shown_path(self) -> str:
        """The path as messages give it."""
        return f"snippets/{self.path}"

    def cell(self, name: str) -> Cell | None:
        """The cell of this name, or None."""
        return next((cell for cell in self.cells if cell.name == name), None)

    def cell_at(self, line: int) -> str | None:
        """The name of the cell that the line belongs to; None above the first marker."""
        return next((cell.name for cell in reversed(self.cells) if cell.line <= line), None)


def read_module(file: Path, snippets: Path) -> Module:
    """Parse the file; raises DocsError at the first thing that is not as it should be."""
    return parse_module(file.read_text(encoding="utf-8"), file.relative_to(snippets).as_posix())


def parse_module(text: str, path: str) -> Module:
    """Parse the text of the module at `path` (relative to snippets/); raises DocsError."""
    shown = f"snippets/{path}"
    markers = list(_markers(text, shown))
    if not markers:
        raise DocsError(shown, 1, "no cell", "begin the first one with a line like '# %% setup'")
    title = _title(text, shown)
    lines = text.splitlines()
    ends = [line - 1 for line, _ in markers[1:]] + [len(lines)]
    cells = tuple(_cell(lines, line, end, options, shown) for (line, options), end in zip(markers, ends, strict=True))
    _names_are_unique(cells, shown)
    return _with_module_options(Module(path, text, title, cells), markers[0][0], shown)


def _markers(text: str, shown: str) -> Iterator[tuple[int, str]]:
    """Line and options of each cell marker. Read from the tokens, so that a string never looks like one."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and token.start[1] == 0 and token.string.startswith("# %%"):
                yield token.start[0], token.string[4:].strip()
    except (tokenize.TokenError, SyntaxError) as error:
        line = error.args[1][0] if isinstance(error, tokenize.TokenError) else error.lineno
        raise DocsError(shown, line or 1, f"not Python: {error.args[0]}", "mend the syntax") from None


def _title(text: str, shown: str) -> str:
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise DocsError(shown, error.lineno or 1, f"not Python: {error.msg}", "mend the syntax") from None
    title = ast.get_docstring(tree)
    if not title:
        raise DocsError(shown, 1, "no docstring", "begin the module with one sentence that says what it shows")
    return title


def _cell(lines: list[str], line: int, end: int, options: str, shown: str) -> Cell:
    name, given = _split_options(options, line, shown)
    start = line + 1
    while end >= start and not lines[end - 1].strip():
        end -= 1
    while start <= end and not lines[start - 1].strip():
        start += 1
    if start > end:
        raise DocsError(shown, line, f"cell '{name}' is empty", "give it code, or remove its marker")
    cell = Cell(name, line, start, end, "\n".join(lines[start - 1 : end]))
    for key, value in given.items():
        cell = _with_option(cell, key, value, shown)
    if cell.contract and cell.contract.value not in cell.keep:
        raise DocsError(
            shown,
            line,
            f"the contract is about '{cell.contract.value}', which the cell does not keep",
            f'add it: keep="{cell.contract.value}"',
        )
    return cell


def _split_options(options: str, line: int, shown: str) -> tuple[str, dict[str, str]]:
    try:
        words = shlex.split(options)
    except ValueError as error:
        raise DocsError(shown, line, f"options cannot be read: {error}", "close the quotes") from None
    if not words or not NAME.fullmatch(words[0]):
        said = f"'{words[0]}' is not a cell name" if words else "the cell has no name"
        raise DocsError(shown, line, said, "a name is lower-case letters, digits and hyphens, and begins with a letter")
    return words[0], _key_values(words[1:], line, shown)


def _key_values(words: list[str], line: int, shown: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not value:
            raise DocsError(shown, line, f"'{word}' is not an option", "options are written key=value")
        if key in given:
            raise DocsError(shown, line, f"option '{key}' is given twice", "keep one of them")
        given[key] = value
    return given


def _with_option(cell: Cell, key: str, value: str, shown: str) -> Cell:
    match key:
        case "raises" if value.isidentifier():
            return replace(cell, raises=value)
        case "hide" if value in {"true", "false"}:
            return replace(cell, hide=value == "true")
        case "keep" if all(name.isidentifier() for name in value.split()):
            return replace(cell, keep=tuple(value.split()))
        case "text" if all(name.isidentifier() for name in value.split()):
            return replace(cell, text=tuple(value.split()))
        case "tolerance" if (number := _number(value)) is not None and 0 <= number < 1:
            return replace(cell, tolerance=number)
        case "contract" if match := CONTRACT.fullmatch(value):
            return replace(cell, contract=Contract(match["value"], match["sign"], float(match["bound"])))
    raise _bad_option(key, value, CELL_OPTIONS, cell.line, shown)


CELL_OPTIONS = {
    "raises": "the name of one exception class, such as ValueError",
    "hide": "true or false",
    "keep": "names of variables that hold a number",
    "text": "names of variables that hold a text to be translated",
    "tolerance": "a relative tolerance below 1, such as 1e-3",
    "contract": "a kept value against a bound, such as 'accuracy >= 0.95'",
}
MODULE_OPTIONS = {
    "seconds": "a number of seconds",
    "memory": "a number of GiB",
    "output": "a number of MiB",
    "environment": "variables, such as 'TF_USE_LEGACY_KERAS=1'",
    "interpreter": "the path of a Python, relative to the project",
}


def _bad_option(key: str, value: str, known: dict[str, str], line: int, shown: str) -> DocsError:
    if key in known:
        return DocsError(shown, line, f"'{value}' does not fit the option '{key}'", f"it takes {known[key]}")
    return DocsError(
        shown, line, f"unknown option '{key}'", did_you_mean(key, known, f"the options are {', '.join(known)}")
    )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _names_are_unique(cells: tuple[Cell, ...], shown: str) -> None:
    seen: dict[str, int] = {}
    for cell in cells:
        if cell.name in seen:
            raise DocsError(
                shown,
                cell.line,
                f"the name '{cell.name}' is taken by the cell at line {seen[cell.name]}",
                "give one of them another name",
            )
        seen[cell.name] = cell.line


def _with_module_options(module: Module, first_marker: int, shown: str) -> Module:
    """Read the `# module:` line; anything else before the first cell would run unseen, so it is an error."""
    body = ast.parse(module.text).body
    if len(body) > 1 and body[1].lineno < first_marker:
        raise DocsError(shown, body[1].lineno, "code before the first cell", "put it into a cell")
    for number, line in enumerate(module.text.splitlines()[: first_marker - 1], 1):
        if line.startswith("# module:"):
            for key, value in _key_values(shlex.split(line.removeprefix("# module:")), number, shown).items():
                module = _with_module_option(module, key, value, number, shown)
    return module


def _with_module_option(module: Module, key: str, value: str, line: int, shown: str) -> Module:
    match key:
        case "seconds" | "memory" | "output" if (number := _number(value)) is not None and number > 0:
            return replace(module, limits=replace(module.limits, **{key: number}))
        case "environment" if all("=" in pair for pair in value.split()):
            pairs = (pair.partition("=") for pair in value.split())
            return replace(module, environment=tuple((name, text) for name, _, text in pairs))
        case "interpreter":
            return replace(module, interpreter=value)
    raise _bad_option(key, value, MODULE_OPTIONS, line, shown)
