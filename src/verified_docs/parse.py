"""Module text in Jupyter's percent format -> cells with their options."""

from __future__ import annotations

import ast
import functools
import io
import math
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
CONTRACT = re.compile(
    r"(?P<value>[^\W\d]\w*)\s*(?P<sign><=|>=|<|>|==)\s*(?P<bound>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"
)
# A marker as Jupyter, VS Code or Spyder also take it; ours is the first of these forms only.
LIKE_A_MARKER = re.compile(r"#+\s*(?:%%|<codecell>|In\[[\d ]*\])")
MARKER = re.compile(r"# %%(?:\s(?P<options>.*))?")
MODULE_LINE = re.compile(r"#\s*module\s*:(?P<options>.*)", re.IGNORECASE)
VARIABLE = re.compile(r"[A-Za-z_]\w*=\S*")
FILE_NAME = re.compile(r"(?:[\w-]+/)*[\w-]+\.py")
SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}
ROLES = ("task", "starter", "solution", "tests", "wrong")
"""What a cell of an exercise is for, in their order; a cell without a role is given code, or uses the solution."""
TEST = "test_"
"""How the functions begin that tests of an exercise are."""
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
        """Whether a finite value planted just beyond the bound breaks the contract."""
        if not math.isfinite(self.bound):
            return False
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
    role: str | None = None
    hint: str | None = None

    @property
    def task(self) -> CellTask:
        """What a run needs to know of this cell."""
        # A task is prose: nothing of it runs, and what it says is not part of what a run depends on.
        end = self.start - 1 if self.role == "task" else self.end
        return CellTask(self.name, self.start, end, self.raises, self.keep)

    @property
    def stands_in(self) -> bool:
        """Whether it is an answer in the solution's place: a starter or a wrong answer, which the book never runs."""
        return self.role in {"starter", "wrong"}


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

    @property
    def run_cells(self) -> tuple[Cell, ...]:
        """The cells that run with the book."""
        return tuple(cell for cell in self.cells if not cell.stands_in)

    def cell_at(self, line: int) -> str | None:
        """The name of the cell that the line belongs to; None above the first marker."""
        return next((cell.name for cell in reversed(self.cells) if cell.line <= line), None)


def read_module(file: Path, snippets: Path) -> Module:
    """Parse the file; raises DocsError at the first thing that is not as it should be."""
    path = file.relative_to(snippets).as_posix()
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DocsError(f"snippets/{path}", 0, "not UTF-8", "save it in this encoding") from None
    return parse_module(text, path)


# Kept by content: while an author edits one file, all others are as they were.
@functools.lru_cache(maxsize=4096)
def parse_module(text: str, path: str) -> Module:
    """Parse the text of the module at `path` (relative to snippets/); raises DocsError."""
    shown = f"snippets/{path}"
    if not FILE_NAME.fullmatch(path):
        raise DocsError(shown, 0, "not a module's file name", "use letters, digits, '-' and '_' only")
    lines = _lines(text, shown)
    tree = _syntax(text, shown)
    comments = list(_comments(text))
    markers = list(_markers(comments, shown))
    if markers and not markers[0][1] and tree.body and markers[0][0] < tree.body[0].lineno:
        del markers[0]  # the marker of the docstring, which Jupyter writes; no cell of ours
    if not markers:
        raise DocsError(shown, 1, "no cell", "begin the first one with a line like '# %% setup'")
    _markers_are_between_statements(tree, markers, shown)
    title = _title(tree, markers[0][0], shown)
    ends = [line - 1 for line, _ in markers[1:]] + [len(lines)]
    code = {node.lineno for node in tree.body}
    cells = tuple(
        _cell(lines, line, end, options, code, shown) for (line, options), end in zip(markers, ends, strict=True)
    )
    _names_are_unique(cells, shown)
    return _with_module_options(Module(path, text, title, cells), comments, shown)


def _lines(text: str, shown: str) -> list[str]:
    """The lines as Python counts them; characters that only some readers take for a line's end are refused."""
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if line.splitlines() not in ([], [line]):
            raise DocsError(
                shown, number, "a line ends in an unusual character", "end lines with a newline; in a string, escape it"
            )
    return lines


def _syntax(text: str, shown: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise DocsError(shown, error.lineno or 1, f"not Python: {error.msg}", "mend the syntax") from None
    except ValueError as error:  # a null byte
        raise DocsError(shown, 1, f"not Python: {error}", "mend the syntax") from None


def _comments(text: str) -> Iterator[tuple[int, int, str]]:
    """Line, column and text of the comments that stand alone. Read from the tokens: a string never looks like one."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and token.line.lstrip().startswith("#"):
            yield *token.start, token.string


def _markers(comments: list[tuple[int, int, str]], shown: str) -> Iterator[tuple[int, str]]:
    """Line and options of each cell marker."""
    for line, column, comment in comments:
        if LIKE_A_MARKER.match(comment):
            match = MARKER.fullmatch(comment)
            if not match or column:
                fact = f"'{comment}' is not a cell marker" if not match else "a cell marker is indented"
                raise DocsError(shown, line, fact, "begin a cell with '# %% name' at the start of the line")
            yield line, (match["options"] or "").strip()


def _markers_are_between_statements(tree: ast.Module, markers: list[tuple[int, str]], shown: str) -> None:
    for node in tree.body:
        first = _first_line(node)
        last = node.end_lineno or first
        for line, _ in markers:
            if first < line <= last:
                raise DocsError(
                    shown, line, "a cell marker inside a statement", f"put it above line {first} or below line {last}"
                )


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _title(tree: ast.Module, first_marker: int, shown: str) -> str:
    """The docstring; anything else above the first cell would run unseen, so it is an error."""
    title = ast.get_docstring(tree)
    if not title or tree.body[0].lineno > first_marker:
        raise DocsError(
            shown, 1, "no docstring above the first cell", "begin the module with one sentence that says what it shows"
        )
    if len(tree.body) > 1 and (line := _first_line(tree.body[1])) < first_marker:
        raise DocsError(shown, line, "code before the first cell", "put it into a cell")
    return title


def _cell(lines: list[str], line: int, end: int, options: str, code: set[int], shown: str) -> Cell:
    name, given = _split_options(options, line, shown)
    start = line + 1
    while end >= start and not lines[end - 1].strip():
        end -= 1
    while start <= end and not lines[start - 1].strip():
        start += 1
    if not any(start <= first <= end for first in code):
        raise DocsError(shown, line, f"cell '{name}' has no code", "give it code, or remove its marker")
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
    words = _words(options, line, shown)
    if prose := next((word for word in words if word.startswith("[")), ""):
        raise DocsError(shown, line, f"a {prose} cell", "prose lives in pages: move it below docs/")
    if not words or not NAME.fullmatch(words[0]):
        said = f"'{words[0]}' is not a cell name" if words else "the cell has no name"
        raise DocsError(shown, line, said, "a name is lower-case letters, digits and hyphens, and begins with a letter")
    return words[0], _key_values(words[1:], line, shown)


def _words(options: str, line: int, shown: str) -> list[str]:
    try:
        return shlex.split(options)
    except ValueError as error:
        raise DocsError(shown, line, f"options cannot be read: {error}", "close the quotes") from None


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
        case "role" if value in ROLES:
            return replace(cell, role=value)
        case "hint" if value.isidentifier():
            return replace(cell, hint=value)
    raise _bad_option(key, value, CELL_OPTIONS, cell.line, shown)


CELL_OPTIONS = {
    "raises": "the name of one exception class, such as ValueError",
    "hide": "true or false",
    "keep": "names of variables that hold a number",
    "text": "names of variables that hold a text to be translated",
    "tolerance": "a relative tolerance below 1, such as 1e-3",
    "contract": "a kept value against a bound, such as 'accuracy >= 0.95'",
    "role": f"one of {', '.join(ROLES)}",
    "hint": "the test that a wrong answer fails first, such as test_shape",
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


def _with_module_options(module: Module, comments: list[tuple[int, int, str]], shown: str) -> Module:
    """Read the `# module:` line."""
    seen = 0
    for line, column, comment in comments:
        if match := MODULE_LINE.fullmatch(comment):
            if seen or column or line > module.cells[0].line or not comment.startswith("# module:"):
                raise DocsError(
                    shown,
                    line,
                    "a line of options for the module is out of place",
                    "write one line '# module: key=value' above the first cell",
                )
            seen = line
            for key, value in _key_values(_words(match["options"], line, shown), line, shown).items():
                module = _with_module_option(module, key, value, line, shown)
    return module


def _with_module_option(module: Module, key: str, value: str, line: int, shown: str) -> Module:
    match key:
        case "seconds" | "memory" | "output" if (number := _number(value)) is not None and 0 < number < math.inf:
            return replace(module, limits=replace(module.limits, **{key: number}))
        case "environment" if all(VARIABLE.fullmatch(pair) for pair in value.split()):
            pairs = (pair.partition("=") for pair in value.split())
            return replace(module, environment=tuple((name, text) for name, _, text in pairs))
        case "interpreter":
            return replace(module, interpreter=value)
    raise _bad_option(key, value, MODULE_OPTIONS, line, shown)
