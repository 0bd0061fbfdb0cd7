"""Page text + outputs -> page text: finds references to cells and values, and puts what they name in their place."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from .errors import DocsError, did_you_mean
from .exercises import Hint
from .explorers import NAMES, Explorer
from .names import NAME
from .project import FRONT_MATTER
from .runs import CellRun, Figure, Number, Output

# Where a fence may stand: at the start of a line, or indented and quoted by the lists, notes and tabs it is in.
FENCE = re.compile(r"(?P<prefix>[ \t>]*)(?P<fence>`{3,}(?=[^`]*$)|~{3,})[ \t]*(?P<info>.*)$")
ATTRIBUTE = re.compile(r"""(?P<key>[A-Za-z_][\w-]*)=(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>\S*))""")
REFERENCE_KEYS = ("cell", "exercise", "alt")
EXPLORER = "explorer"
EXPLORER_KEYS = ("name", "from")
EXAMPLE = 'cell="chapter/module.py:cell"'
EXERCISE_EXAMPLE = 'exercise="chapter/exercise-name.py"'
EXPLORER_EXAMPLE = f'{EXPLORER} name="{NAMES[0]}" from="chapter/module.py:cell"'
# What pymdownx.superfences and highlight take: such a fence is an ordinary one.
FENCE_KEYS = ("title", "linenums", "hl_lines", "anchor_linenums", "linenums_start", "linenums_step", "linenums_special")
VALUE = re.compile(r"\{\{\s*(?P<module>[\w/-]+\.py):(?P<name>\w+)\s*(?:\|\s*(?P<format>[^}|]*?)\s*)?\}\}")
FENCE_IN_A_LINE = re.compile(r"(`{3,}|~{3,}).*\b(?:(?:cell|exercise)\s*[=:]|from\s*=)")
LANGUAGE = re.compile(r"[\w#.+-]*(?![\w=])")
CONTAINER = re.compile(r"\s*(?:[-*+]\s|\d+[.)]\s|!!!|\?\?\?|===|:\s|\[\^|///|<\w)")
# Each on a line of its own: what the tests of exercises catch; with which versions the modules run, where they fail,
# and where they give something else.
MUTATION, VERSIONS, FAILURES, OTHERS = (
    f"{{{{ {name} }}}}" for name in ("mutation", "versions", "versions-failures", "versions-outputs")
)
BRACES = re.compile(r"\{\{.*?(?:\}\}|$)")
INLINE_CODE = re.compile(r"(?<!`)(`+)(?!`)(?P<code>.*?)(?<!`)\1(?!`)")
GONE = re.compile(r"\{ ?\.gone ?\}")
LINK = re.compile(r"\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])")


@dataclass(frozen=True, slots=True)
class Reference:
    """A fence that names a cell, or an exercise: then `cell` is empty.

    `line` is that of its opening, `last` that of its end; `prefix` is its indentation.
    """

    line: int
    last: int
    prefix: str
    module: str
    cell: str
    alt: str | None

    @property
    def name(self) -> str:
        """How messages call what is named."""
        return self.cell or self.module


@dataclass(frozen=True, slots=True)
class ExplorerReference:
    """A fence that places an explorer, which plays with what a cell has printed. Lines as those of a Reference."""

    line: int
    last: int
    explorer: str
    module: str
    cell: str

    @property
    def name(self) -> str:
        """How messages call what is placed."""
        return f"{EXPLORER} {self.explorer} from {self.cell}"


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
class NameReference:
    """A name of a library in inline code: columns `start` to `end` of the line, backticks and marker included.

    `code` is the text between the backticks. A name that is `gone` on purpose carries the marker `{ .gone }`; one that
    is part of a link or a heading gets no link of its own.
    """

    line: int
    start: int
    end: int
    name: str
    code: str
    gone: bool
    linkable: bool


@dataclass(frozen=True, slots=True)
class References:
    """All that a page refers to, in order, and what looks like a reference and is none."""

    cells: tuple[Reference, ...]
    values: tuple[ValueReference, ...]
    names: tuple[NameReference, ...]
    errors: tuple[DocsError, ...]
    tables: tuple[int, ...] = ()
    """Lines where a table goes."""
    explorers: tuple[ExplorerReference, ...] = ()

    @property
    def blocks(self) -> list[Reference | ExplorerReference]:
        """Everything that stands in a block of its own, in order."""
        return sorted([*self.cells, *self.explorers], key=lambda one: one.line)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page: lines from 1, the last one that of its closing fence (or of the page)."""

    line: int
    last: int
    prefix: str
    fence: str
    info: str
    body: tuple[str, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows for a reference: the code in the page's language, and what became of it."""

    module: str
    source: str
    run: CellRun
    problem: str = ""
    """Live only: why the cell is not good, to be shown at its place."""
    first: bool = False
    """Whether the page shows no cell of the module before this one."""
    last: bool = False
    """Whether the page shows no cell of the module after this one."""
    final: bool = False
    """Whether the page shows no cell after this one."""
    part: bool = False
    """Whether it is part of an exercise, which is shown as a whole."""
    versions: str = ""
    """With which versions of the libraries it runs, as far as that is known."""


@dataclass(frozen=True, slots=True)
class ShownExercise:
    """What a page shows for an exercise, in the page's language."""

    task: str
    starter: Shown
    hints: tuple[Hint, ...]
    solution: tuple[Shown, ...]
    """The reference solution and the cells that use it, with what became of them."""


class Flavour(Protocol):
    """How the parts of a cell are written in Markdown."""

    def code(self, shown: Shown) -> list[str]:
        """The lines of the code block."""

    def output(self, output: Output) -> list[str]:
        """The lines of a text output."""

    def figure(self, figure: Figure, shown: Shown, alt: str) -> list[str]:
        """The lines of a figure."""

    def explorer(self, explorer: Explorer) -> list[str]:
        """The lines of an explorer."""

    def problem(self, text: str) -> list[str]:
        """The lines of a message to the author."""

    def hint(self, number: int, hint: Hint) -> list[str]:
        """The lines of a hint, folded."""

    def solution(self, lines: list[str]) -> list[str]:
        """The lines of a solution, folded."""

    def below(self, shown: Shown) -> list[str]:
        """The lines below all outputs."""


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, found line by line: a fence inside a longer one is its text."""
    opened: re.Match[str] | None = None
    first = 0
    lines = text.removesuffix("\n").split("\n")

    def block(match: re.Match[str], last: int, body: list[str], closed: bool) -> Block:
        return Block(first, last, match["prefix"], match["fence"], match["info"].strip(), tuple(body), closed)

    for number, line in enumerate(lines, 1):
        match = FENCE.fullmatch(line)
        if opened is None:
            opened, first = match, number
        elif match and _closes(opened, match):
            yield block(opened, number, lines[first : number - 1], True)
            opened = None
    if opened:
        yield block(opened, len(lines), lines[first:], False)


def _closes(opened: re.Match[str], match: re.Match[str]) -> bool:
    """Whether the second fence ends the block of the first: as long, without more text, not deeper."""
    deeper = len(match["prefix"].expandtabs(4)) > len(opened["prefix"].expandtabs(4))
    return match["fence"].startswith(opened["fence"]) and not match["info"] and not deeper


def front_matter(text: str) -> int:
    """The number of lines of the page's front matter, with the lines around it."""
    match = FRONT_MATTER.match(text)
    return match[0].count("\n") if match else 0


def prose(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a page that are neither front matter nor in a fenced block, with their numbers from 1."""
    inside = {number for block in blocks(text) for number in range(block.line, block.last + 1)}
    inside.update(range(1, front_matter(text) + 1))
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if number not in inside)


# Kept by content: while an author edits one file, all others are as they were.
@functools.lru_cache(maxsize=4096)
def references(text: str, path: str) -> References:
    """What the page at `path` (as messages give it) refers to."""
    cells: list[Reference] = []
    explorers: list[ExplorerReference] = []
    values: list[ValueReference] = []
    errors: list[DocsError] = []
    lines = text.split("\n")
    for block in blocks(text):
        try:
            if explorer := _explorer(block, path):
                explorers.append(explorer)
            elif reference := _reference(block, path):
                _is_in_something(block, lines, path)
                cells.append(reference)
        except DocsError as error:
            errors.append(error)
    for number, line in enumerate(lines[: front_matter(text)], 1):
        if BRACES.search(line):
            errors.append(DocsError(path, number, "a value in the front matter", "say it without a number there"))
    names: list[NameReference] = []
    tables = [number for number, line in prose(text) if line in {MUTATION, VERSIONS, FAILURES, OTHERS}]
    for number, line in prose(text):
        if number in tables:
            continue
        names += _names(number, line)
        for found in _in_prose(number, line, path):
            (values if isinstance(found, ValueReference) else errors).append(found)  # type: ignore[arg-type]
    errors.sort(key=lambda error: error.line)
    return References(tuple(cells), tuple(values), tuple(names), tuple(errors), tuple(tables), tuple(explorers))


def _reference(block: Block, path: str) -> Reference | None:
    """The reference that the block is, if it is one; raises DocsError if it is almost one."""
    language, given = _info(block, path)
    if "cell" not in given and "exercise" not in given:
        _swallows_no_reference(block, path)
        return None
    what = "a reference to a cell" if "cell" in given else "a reference to an exercise"
    if language != "python":
        fact = f"a block of '{language}'" if language else "a block without a language"
        raise DocsError(path, block.line, f"{what} is {fact}", "begin it with ```python")
    _is_filled_by_the_build(block, what, path)
    if "exercise" in given:
        return _exercise_reference(block, given, path)
    module, colon, cell = given["cell"].partition(":")
    if not (module and colon and cell):
        raise DocsError(path, block.line, f"'{given['cell']}' names no cell", f"write {EXAMPLE}")
    return Reference(block.line, block.last, block.prefix, module, cell, given.get("alt"))


def _is_filled_by_the_build(block: Block, what: str, path: str) -> None:
    if not block.closed:
        raise DocsError(path, block.line, f"{what} is not closed", "end it with a line ```")
    if any(line.strip(" \t>") for line in block.body):
        raise DocsError(path, block.line, f"{what} has a text of its own", "empty the block; the build fills it")


def _explorer(block: Block, path: str) -> ExplorerReference | None:
    """The explorer that the block places, if it does; raises DocsError if it almost does."""
    given = _explorer_options(block, path)
    if given is None:
        return None
    _is_filled_by_the_build(block, "an explorer", path)
    module, colon, cell = given["from"].partition(":")
    fact = hint = ""
    if block.prefix:
        fact, hint = "an explorer is in a list, a note or a quote", "begin it at the start of the line"
    elif given["name"] not in NAMES:
        fact = f"no explorer '{given['name']}'"
        hint = did_you_mean(given["name"], NAMES, f"the explorers are {', '.join(NAMES)}")
    elif not (module and colon and cell):
        fact, hint = f"'{given['from']}' names no cell", f"write ```{EXPLORER_EXAMPLE}"
    if fact:
        raise DocsError(path, block.line, fact, hint)
    return ExplorerReference(block.line, block.last, given["name"], module, cell)


def _explorer_options(block: Block, path: str) -> dict[str, str] | None:
    """The options of an explorer, both of them; None for a block that is none."""
    language, _, rest = block.info.partition(" ")
    found = list(ATTRIBUTE.finditer(rest))
    given = {match["key"]: match["double"] or match["single"] or match["bare"] or "" for match in found}
    fact, hint = "", f"write ```{EXPLORER_EXAMPLE}"
    if language != EXPLORER:
        if not given.keys() >= set(EXPLORER_KEYS):
            return None
        fact = f"an explorer is a block of '{language}'"
    elif unknown := next((key for key in given if key not in EXPLORER_KEYS), None):
        fact = f"an explorer has an unknown option '{unknown}'"
        hint = did_you_mean(unknown, EXPLORER_KEYS, hint)
    elif len(given) != len(EXPLORER_KEYS) or len(found) != len(given) or ATTRIBUTE.sub("", rest).strip():
        fact = "an explorer is not written as one"
    if fact:
        raise DocsError(path, block.line, fact, hint)
    return given


def _exercise_reference(block: Block, given: dict[str, str], path: str) -> Reference:
    if "cell" in given:
        raise DocsError(path, block.line, "a reference names a cell and an exercise", "keep one of them")
    if not given["exercise"].endswith(".py"):
        raise DocsError(path, block.line, f"'{given['exercise']}' names no exercise", f"write {EXERCISE_EXAMPLE}")
    return Reference(block.line, block.last, block.prefix, given["exercise"], "", given.get("alt"))


def _info(block: Block, path: str) -> tuple[str, dict[str, str]]:
    """Language and options of a block; raises DocsError where an option is none of those it may have."""

    def error(fact: str, hint: str) -> DocsError:
        return DocsError(path, block.line, fact, hint)

    language = LANGUAGE.match(block.info)
    name = language[0] if language else ""
    rest = block.info[len(name) :]
    found = list(ATTRIBUTE.finditer(rest))
    given = {match["key"]: match["double"] or match["single"] or match["bare"] or "" for match in found}
    if rest.lstrip().startswith("{"):
        if not given.keys().isdisjoint(REFERENCE_KEYS):
            raise error("a reference to a cell is written in braces", f"write ```python {EXAMPLE}")
        return name, {}
    named = not given.keys().isdisjoint(REFERENCE_KEYS[:2])
    known = REFERENCE_KEYS if named else (*REFERENCE_KEYS, *FENCE_KEYS)
    for key in given:
        if key not in known:
            hint = did_you_mean(key, known, f"the options of a reference are {', '.join(REFERENCE_KEYS)}")
            raise error(f"a block has an unknown option '{key}'", hint)
    if len(given) < len(found):
        raise error("a block has an option twice", "keep one of them")
    if left := ATTRIBUTE.sub("", rest).strip():
        raise error(f"a block has '{left}' after its language", f'options are written {EXAMPLE} alt="…"')
    if "alt" in given and not named:
        raise error("a block has an 'alt' and no 'cell'", f"say which: {EXAMPLE}")
    return name, given


def _swallows_no_reference(block: Block, path: str) -> None:
    """A reference inside a block of the same length was meant to be one: the block above it was not closed."""
    for number, line in enumerate(block.body, block.line + 1):
        match = FENCE.fullmatch(line)
        if match and match["fence"].startswith(block.fence) and FENCE_IN_A_LINE.search(line):
            raise DocsError(
                path,
                number,
                f"a reference to a cell is inside the block of line {block.line}",
                "close that block, or give it a longer fence",
            )


def _is_in_something(block: Block, lines: list[str], path: str) -> None:
    """A block that is indented like code belongs to a list, a note or a tab, which begins above it."""
    quote = block.prefix[: block.prefix.rfind(">") + 1]
    width = len(block.prefix.removeprefix(quote).expandtabs(4))
    at_margin = False
    for line in reversed(lines[: block.line - 1] if width >= 4 else []):
        above = line.removeprefix(quote).expandtabs(4)
        indentation = len(above) - len(above.lstrip())
        if indentation < width and CONTAINER.match(above):
            return
        if at_margin and not above.strip():
            break
        at_margin = indentation == 0 and bool(above.strip())
    if width >= 4:
        raise DocsError(
            path,
            block.line,
            "a reference to a cell is indented, and in no list, note or tab",
            "begin it at the start of the line, or show it inside a longer fence",
        )


def _in_prose(number: int, line: str, path: str) -> Iterator[ValueReference | DocsError]:
    """The values that a line of prose refers to; code in the line is left alone."""
    masked = INLINE_CODE.sub(lambda match: "`" * len(match[0]), line)
    if FENCE_IN_A_LINE.search(masked):
        yield DocsError(
            path, number, "a reference to a cell is not a block", "begin it on a line of its own; no backtick in it"
        )
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


def _names(number: int, line: str) -> Iterator[NameReference]:
    """The names of libraries in a line of prose."""
    links = [match.span() for match in LINK.finditer(line)]
    for match in INLINE_CODE.finditer(line):
        if name := NAME.fullmatch(match["code"]):
            gone = GONE.match(line, match.end())
            in_link = any(start <= match.start() < end for start, end in links)
            yield NameReference(
                number,
                match.start(),
                gone.end() if gone else match.end(),
                name["name"],
                match["code"],
                gone is not None,
                not in_link and not line.startswith("#"),
            )


def embed(
    text: str,
    found: References,
    cell: Callable[[str, str], Shown | ShownExercise],
    value: Callable[[str, str], Number],
    address: Callable[[str], str | None],
    explorer: Callable[[ExplorerReference], Explorer | str],
    flavour: Flavour,
    table: Callable[[str], Sequence[str]] = lambda name: (),
) -> str:
    """The page with code, outputs and figures in the place of its references, numbers and links in that of its names.

    `found` is what `references` gave for this text, without errors. `cell` and `value` are asked for what is referred
    to by module and name (that of an exercise as a whole is empty), `address` for the documentation of a library's
    name, `explorer` for what an explorer shows (live only: or for why it cannot). A value that its format does not fit
    is left as it is written (live only: checks find it). `table` gives the lines of a table.
    """
    lines = text.split("\n")
    inline: list[tuple[ValueReference | NameReference, str]]
    inline = [(one, _formatted(one, value(one.module, one.name), lines[one.line - 1])) for one in found.values]
    inline += [(one, _linked(one, address)) for one in found.names]
    for place, shown in sorted(inline, key=lambda pair: (pair[0].line, -pair[0].start)):
        line = lines[place.line - 1]
        lines[place.line - 1] = line[: place.start] + shown + line[place.end :]
    for number in found.tables:
        lines[number - 1] = "\n".join(table(lines[number - 1]))
    for reference in reversed(found.blocks):
        prefix = ""
        if isinstance(reference, ExplorerReference):
            played = explorer(reference)
            block = flavour.problem(played) if isinstance(played, str) else flavour.explorer(played)
        else:
            block = _block(cell(reference.module, reference.cell), reference.alt or "", flavour)
            prefix = reference.prefix
        lines[reference.line - 1 : reference.last] = [prefix + line if line else prefix.rstrip() for line in block]
    return "\n".join(lines)


def _formatted(reference: ValueReference, value: Number, line: str) -> str:
    try:
        # A format may fill with any sign; the number is still text.
        return html.escape(format(value, reference.format), quote=False)
    except ValueError:
        return line[reference.start : reference.end]


def _linked(reference: NameReference, address: Callable[[str], str | None]) -> str:
    url = None if reference.gone or not reference.linkable else address(reference.name)
    return f"[`{reference.code}`]({url})" if url else f"`{reference.code}`"


def _block(shown: Shown | ShownExercise, alt: str, flavour: Flavour) -> list[str]:
    return _cell(shown, alt, flavour) if isinstance(shown, Shown) else _exercise(shown, alt, flavour)


def _cell(shown: Shown, alt: str, flavour: Flavour) -> list[str]:
    lines = flavour.code(shown)
    if shown.problem:
        lines += ["", *flavour.problem(shown.problem)]
    for output in shown.run.outputs:
        part = flavour.figure(output.figure, shown, alt) if output.figure else flavour.output(output)
        lines += ["", *part]
    if below := flavour.below(shown):
        lines += ["", *below]
    return lines


def _exercise(shown: ShownExercise, alt: str, flavour: Flavour) -> list[str]:
    lines = [*shown.task.split("\n"), "", *_cell(shown.starter, alt, flavour)]
    for number, hint in enumerate(shown.hints, 1):
        lines += ["", *flavour.hint(number, hint)]
    solution: list[str] = []
    for part in shown.solution:
        solution += [*([""] if solution else []), *_cell(part, alt, flavour)]
    return [*lines, "", *flavour.solution(solution)]


def fence_for(text: str) -> str:
    """A fence longer than any run of backticks in the text."""
    return "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))


def fenced(text: str, info: str) -> list[str]:
    """The text as a fenced block."""
    fence = fence_for(text)
    return [fence + info, *text.split("\n"), fence]
