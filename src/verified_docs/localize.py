"""A program in a language: translations put in the place of what a reader reads in a module."""

from __future__ import annotations

import ast
import functools
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import TypeVar

from .catalog import Catalog, Entry
from .display import (
    DisplayString,
    Part,
    Style,
    display_strings,
    fields,
    fields_pattern,
    find,
    speaks_to_a_program,
    tokens,
)
from .errors import DocsError
from .parse import Module

WORD = r"[!-$&-z|~]+ ?|."  # of ASCII characters with its space, or any one other character
PAUSES = " ,.:;!?，。、：；！？）”"
NEWLINES = ("\n", "\\n")
BREAKS = (*NEWLINES, "\\\n")
JUNCTION = ""  # between one literal of a concatenation and the next

LIST = "'verified-docs extract' lists what is left"

T = TypeVar("T")
Break = tuple[int, str]
"""How many characters of the original stand before a break, and the break as it is written."""
Content = list[tuple[str, bool]]
"""What goes between two quotes: strings, and whether they are written as they are."""


def problems(module: Module, catalog: Catalog) -> list[DocsError]:
    """Everything that keeps the module from being translated; each text is complained about once."""
    if catalog.entries is None:
        hint = f"run 'verified-docs extract' to make it, then translate what stands in {module.shown_path}"
        return [DocsError(catalog.shown_path(module), 0, "no catalog", hint)]
    errors = _unassigned(module)
    texts: dict[tuple[str, Style], DisplayString] = {}
    for string in display_strings(module):
        texts.setdefault((string.text, string.style), string)
    for string in texts.values():
        entry = catalog.entries.get(string.text)
        errors += [_missing(string, module, catalog)] if entry is None else _wrong(string, entry, module, catalog)
    return errors


def translate(module: Module, catalog: Catalog) -> str:
    """The module's text in the catalog's language, line for line; raises the first of its `problems`."""
    for problem in problems(module, catalog):
        raise problem
    edits: dict[Part, str] = {}
    for string in display_strings(module):
        translation = (catalog.entries or {})[string.text].text
        if translation != string.text:
            edits |= zip(string.parts, _written(string, translation), strict=True)
    return _edited(module.text, edits)


# Kept by content: while an author edits one file, all others are as they were.
@functools.lru_cache(maxsize=4096)
def programs_agree(module: Module, program: str) -> bool:
    """Whether `program` is the module but for comments and the wording of display strings."""
    try:
        if _statement_lines(program) != _statement_lines(module.text):
            return False
    except (SyntaxError, ValueError):
        return False
    both = find(module).strings, find(replace(module, text=program)).strings
    ours, theirs = ([string for string in strings if string.style != "comment"] for strings in both)
    shown = [string.has_letter for string in ours]
    return len(ours) == len(theirs) and _reduced(module.text, ours, shown) == _reduced(program, theirs, shown)


def _edited(text: str, edits: dict[Part, str]) -> str:
    source, end, result = text.encode(), 0, b""
    for part in sorted(edits, key=lambda part: part.start):
        result += source[end : part.start] + edits[part].encode()
        end = part.start + part.length
    return (result + source[end:]).decode()


# What may be wrong with a translation


def _unassigned(module: Module) -> list[DocsError]:
    assigned = find(module).assigned
    hint = "name variables to which this cell assigns a string, or a list or dictionary of strings"
    return [
        DocsError(module.shown_path, cell.line, f"the cell assigns no text to '{name}', which its option names", hint)
        for cell in module.cells
        for name in cell.text
        if (cell.name, name) not in assigned
    ]


def _missing(string: DisplayString, module: Module, catalog: Catalog) -> DocsError:
    return DocsError(
        module.shown_path,
        string.line,
        f"{_quoted(string.text)} has no translation into '{catalog.language}'",
        f"run 'verified-docs extract', then translate it in {catalog.shown_path(module)}",
    )


def _wrong(string: DisplayString, entry: Entry, module: Module, catalog: Catalog) -> list[DocsError]:
    if entry.text and not entry.fuzzy:
        facts = list(_unlike(string, entry.text))
    elif entry.text:
        facts = [("has a fuzzy translation, made for another text", f"mend it and remove the word 'fuzzy'; {LIST}")]
    else:
        facts = [("has an empty translation", f"write one, or the same text if it reads the same; {LIST}")]
    where, text = catalog.shown_path(module), _quoted(string.text)
    return [DocsError(where, entry.line, f"{text} {fact}", hint) for fact, hint in facts]


def _unlike(string: DisplayString, translation: str) -> Iterable[tuple[str, str]]:
    """What a translation must have in common with the original, and has not."""
    theirs = fields(translation, string.style, string.placeholders)
    if _comparable(string.style, theirs) != _comparable(string.style, string.placeholders):
        yield (
            f"has the placeholders {_listed(string.placeholders)}, its translation {_listed(theirs)}",
            "keep each placeholder as it is written, and unnamed ones in their order",
        )
    if string.style == "comment":
        if len(translation.splitlines()) > 1:
            yield "is a comment, its translation more than one line", "write the translation in one line"
        if speaks_to_a_program(string.parts[0].prefix + translation):
            yield "is a comment, its translation an instruction to a program", "begin the translation in another way"
    elif any(ending == "\n" for _, ending in _shape(string)):
        ours, given = (_atoms(string, text).count("\n") for text in (string.text, translation))
        if ours != given:
            yield f"has {ours + 1} lines, its translation {given + 1}", "break the translation into as many lines"


def _quoted(text: str) -> str:
    return f"'{textwrap.shorten(text, 60, placeholder='…')}'"


def _listed(placeholders: Sequence[str]) -> str:
    return " ".join(placeholders) or "none"


def _comparable(style: Style, placeholders: Sequence[str]) -> list[str]:
    """The placeholders in an order that two texts must share: their own where it gives them their meaning."""
    named = re.compile(r"%\(|\{\w")
    own_order = style in ("percent", "format") and not all(named.match(field) for field in placeholders)
    return list(placeholders) if own_order else sorted(placeholders)


# A translation in the place of the original


def _written(string: DisplayString, translation: str) -> list[str]:
    """The source of each of the string's parts, on as many lines as before."""
    if string.style == "comment":
        return [string.parts[0].prefix + translation]
    contents = _laid_out(string, translation)
    texts = [_literal(part, content, string.formatted) for part, content in zip(string.parts, contents, strict=True)]
    return _apart(string.parts, texts)


def _apart(parts: Sequence[Part], texts: Sequence[str]) -> list[str]:
    """A space where literals touch: next to an empty one the quotes would read as a triple quote."""
    touch = [one.start + one.length == other.start for one, other in pairwise(parts)]
    return [text + " " * touches for text, touches in zip(texts, [*touch, False], strict=True)]


def _laid_out(string: DisplayString, translation: str) -> list[Content]:
    """Share the translation out to the literals, line by line where it has as many lines as the original."""
    shape, atoms = _shape(string), _atoms(string, translation)
    if sum(ending in NEWLINES for _, ending in shape) == atoms.count("\n"):
        shapes = _lines(shape, lambda item: item[1] in NEWLINES)
        shares = [[atom for atom in line if atom != "\n"] for line in _lines(atoms, lambda atom: atom == "\n")]
    else:
        shapes, shares = [_in_one_line(shape)], [atoms]
    contents: list[Content] = [[]]
    for line, share in zip(shapes, shares, strict=True):
        for (_, ending), chunk in zip(line, _shared(share, [length for length, _ in line]), strict=True):
            contents[-1] += [(atom, string.formatted and atom in string.placeholders) for atom in chunk]
            if ending == JUNCTION:
                contents.append([])
            else:
                contents[-1].append((ending, True))
    return contents[:-1]


def _shape(string: DisplayString) -> list[Break]:
    shape, length = [], 0
    for part in string.parts:
        for index, piece in enumerate(part.pieces):
            units = [piece] if index % 2 else [written for written, _ in tokens(piece, part.raw)]
            for unit in units:
                length += len(unit)
                if unit in BREAKS:
                    shape.append((length - len(unit), unit))
                    length = 0
        shape.append((length, JUNCTION))
        length = 0
    return shape


def _in_one_line(shape: Iterable[Break]) -> list[Break]:
    joined, length = [], 0
    for part, ending in shape:
        length += part
        if ending not in NEWLINES:
            joined.append((length, ending))
            length = 0
    return joined


def _atoms(string: DisplayString, text: str) -> list[str]:
    """The text in pieces that may stand in different literals."""
    return re.findall(f"{fields_pattern(string.style, string.placeholders)}|\n|{WORD}", text, re.DOTALL)


def _lines(items: Iterable[T], ends: Callable[[T], bool]) -> list[list[T]]:
    lines: list[list[T]] = [[]]
    for item in items:
        lines[-1].append(item)
        if ends(item):
            lines.append([])
    return lines


def _shared(atoms: Sequence[str], weights: Sequence[int]) -> list[Sequence[str]]:
    """Share the atoms out, in order and about in proportion to the weights."""
    ends = [0, *accumulate(map(len, atoms))]
    cuts = [0]
    for before, weight in list(pairwise(accumulate(weights, initial=0)))[:-1]:
        if weight == before:
            cuts.append(cuts[-1])
        elif weight == sum(weights):
            cuts.append(len(atoms))
        else:
            bound = ends[-1] * weight / sum(weights)
            costs = {cut: abs(ends[cut] - bound) + _ugliness(atoms, cut) for cut in range(cuts[-1], len(ends))}
            cuts.append(min(costs, key=costs.__getitem__))
    return [atoms[start:end] for start, end in pairwise([*cuts, len(atoms)])]


def _ugliness(atoms: Sequence[str], cut: int) -> int:
    """How many characters another cut may be further away and still be better than this one."""
    after_pause = cut > 0 and atoms[cut - 1][-1] in PAUSES
    before_pause = cut < len(atoms) and atoms[cut][0] in PAUSES
    return 0 if after_pause and not before_pause else 6


def _literal(part: Part, content: Content, braces_doubled: bool) -> str:
    """A literal with this content that Python 3.11 reads: there a placeholder must not hold its string's quote."""
    placeholders = [item for item, verbatim in content if verbatim and item not in BREAKS]
    formatted = part.formatted or bool(placeholders)
    if braces_doubled and not formatted:
        content = [
            (item if verbatim else item.replace("{{", "{").replace("}}", "}"), verbatim) for item, verbatim in content
        ]
    text = "".join("{}" if verbatim else item for item, verbatim in content)
    quote = _quote(part.quote, text, [*placeholders, *("\n" for item in content if item == ("\n", True))])
    raw = part.raw and text.isprintable() and _stands_in(text, quote) and not text.endswith("\\")
    body = "".join(item if verbatim or raw else _escaped(item, text, quote) for item, verbatim in content)
    kept = (formatted, raw) == (part.formatted, part.raw)
    prefix = part.prefix if kept else "f" * formatted + "r" * raw
    return f"{prefix}{quote}{body}{quote}"


def _quote(quote: str, text: str, verbatim: Sequence[str]) -> str:
    """The quote of the original where it fits and leaves nothing to escape, or another one."""
    quotes = [quote, *(other for other in ('"', "'", '"""', "'''") if other != quote)]
    fit = [one for one in quotes if all(one not in item and (len(one) == 3 or "\n" not in item) for item in verbatim)]
    as_long = [one for one in fit if len(one) == len(quote)]
    return next((one for one in as_long if _stands_in(text, one)), (fit or quotes)[0])


def _stands_in(text: str, quote: str) -> bool:
    return quote not in text and not text.endswith(quote[0])


def _escaped(item: str, text: str, quote: str) -> str:
    escaped = "".join(map(_escaped_character, item))
    return escaped if _stands_in(text, quote) else escaped.replace(quote[0], f"\\{quote[0]}")


def _escaped_character(character: str) -> str:
    stays = character != "\\" and (character.isprintable() or character == "\u3000")
    return character if stays else character.encode("unicode_escape").decode()


# Two programs beside each other


def _statement_lines(program: str) -> list[int]:
    tree = ast.parse(program)
    return [program.count("\n"), *(node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt))]


def _reduced(program: str, strings: Sequence[DisplayString], shown: Sequence[bool]) -> str:
    """The syntax tree, with only the placeholders left of each string that is shown."""
    edits: dict[Part, str] = {}
    for string, is_shown in zip(strings, shown, strict=True):
        if is_shown:
            rest = repr(f"{_comparable(string.style, string.placeholders)}")
            edits |= zip(string.parts, _apart(string.parts, [rest, *("''" for _ in string.parts[1:])]), strict=True)
    return ast.dump(ast.parse(_edited(program, edits)))
