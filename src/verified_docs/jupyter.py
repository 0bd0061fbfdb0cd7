"""Prose of a page -> Markdown as every notebook shows it: no boxes, attributes or raw HTML; cells by themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markdown.util import BLOCK_LEVEL_ELEMENTS

from .embed import INLINE_CODE, LANGUAGE, Block, Shown, blocks
from .exercises import Hint
from .explorers import Explorer
from .flavours import explorer_table
from .runs import Figure, Output

# A sign that no text of ours has (it is in Unicode's private area) around the cell that a line stands for.
SIGN = "\ue000"
MARK = re.compile(f"(?P<prefix>[ \\t>]*){SIGN}(?P<module>[^{SIGN}:]*):(?P<cell>[^{SIGN}]*){SIGN}")
BOX = re.compile(r'(?P<sign>!!!|\?\?\?\+?|===)(?: +(?P<kind>\w[\w -]*?))?(?: +"(?P<title>.*)")?\s*')
TAG = re.compile(r"\s{0,3}<(?P<end>/?)(?P<tag>[A-Za-z][\w-]*)(?P<attributes>[^>]*)>?")
# Python-Markdown takes these for blocks as well; a custom element has a hyphen.
BLOCK_TAGS = {*BLOCK_LEVEL_ELEMENTS, "svg", "button", "input", "label", "select"}
VOID_TAGS = {"hr", "input", "link", "meta", "source", "col"}
ONLY_ATTRIBUTES = re.compile(r"\s*\{:? ?(?:[.#][\w-]|[\w-]+=).*\}\s*")
ATTRIBUTES = re.compile(r"(?<=[)\]`*])\{:? ?(?:[.#][\w-]|[\w-]+=)[^}]*\}")
LINK = re.compile(r"(?P<image>!?)\[(?P<text>(?:`[^`]*`|[^\[\]`])*)\]\((?P<target>[^()\s]+)(?:\s+\"[^\"]*\")?\)")


@dataclass(frozen=True)
class Marks:
    """A flavour that leaves a mark where a cell is; `exercise` is what stands for an exercise."""

    language: str
    exercise: str

    def code(self, shown: Shown) -> list[str]:
        """The mark."""
        return [f"{SIGN}{shown.module}:{shown.run.name}{SIGN}" if shown.run.name else self.exercise]

    def output(self, output: Output) -> list[str]:
        """Nothing: it comes with the cell."""
        return []

    def figure(self, figure: Figure, shown: Shown, alt: str) -> list[str]:
        """Nothing: it comes with the cell."""
        return []

    def explorer(self, explorer: Explorer) -> list[str]:
        """The table that stands for it."""
        return explorer_table(explorer, self.language)

    def problem(self, text: str) -> list[str]:
        """Nothing: only a good book has notebooks."""
        return []

    def hint(self, number: int, hint: Hint) -> list[str]:
        """Nothing: exercises have notebooks of their own."""
        return []

    def solution(self, lines: list[str]) -> list[str]:
        """Nothing: exercises have notebooks of their own."""
        return []

    def below(self, shown: Shown) -> list[str]:
        """Nothing."""
        return []


def simplified(text: str, rewrite: Callable[[str], str]) -> list[str]:
    """The lines of the text in simple Markdown; `rewrite` is given each line of prose, and marks are left alone."""
    lines = text.split("\n")
    fences = {block.line - 1: block for block in blocks(text)}
    found: list[str] = []
    at = 0
    while at < len(lines):
        taken, written = _next(lines, at, fences, rewrite)
        found += written
        at += taken
    return found


def _next(lines: list[str], at: int, fences: dict[int, Block], rewrite: Callable[[str], str]) -> tuple[int, list[str]]:
    """How many lines belong together from here, and what becomes of them."""
    line = lines[at]
    if block := fences.get(at):
        return block.last - at, _fence(block)
    if mark := MARK.fullmatch(line):
        return _mark(lines, at, mark, rewrite)
    indent = len(line) - len(line.lstrip(" "))
    if (box := BOX.fullmatch(line[indent:])) and (box["kind"] or box["title"]):
        inside = _indented(lines, at + 1, indent + 4)
        return 1 + len(inside), _indent(_box(box, _dedent(inside, indent + 4), rewrite), indent)
    if line.lstrip().startswith("<!--"):
        return _until(lines, at, "-->"), []
    if (tag := TAG.match(line)) and _is_block(tag["tag"]):
        return _raw(lines, at, tag), []
    return 1, [] if ONLY_ATTRIBUTES.fullmatch(line) else [rewrite(line)]


def _fence(block: Block) -> list[str]:
    """The block as it is, with its language only."""
    language = LANGUAGE.match(block.info)
    name = (language[0] if language else "") or "".join(re.findall(r"^\{[ .]*([\w-]+)", block.info))
    return [f"{block.prefix}{block.fence}{name}", *block.body, block.prefix + block.fence]


def _mark(lines: list[str], at: int, mark: re.Match[str], rewrite: Callable[[str], str]) -> tuple[int, list[str]]:
    """The mark at the margin. What a list goes on with below it is at the margin as well: nothing of it is code."""
    width = len(mark["prefix"]) if not mark["prefix"].strip() else 0
    below = _indented(lines, at + 1, width) if width else []
    rest = simplified("\n".join(_dedent(below, width)), rewrite) if below else []
    return 1 + len(below), ["", lines[at].lstrip(" \t>"), "", *rest]


def _box(box: re.Match[str], inside: list[str], rewrite: Callable[[str], str]) -> list[str]:
    """A note as a quote with its title; a tab as its title and what is in it."""
    lines = simplified("\n".join(inside), rewrite)
    title = f"**{box['title'] or (box['kind'] or '').capitalize()}**"
    if box["sign"] == "===":
        return [title, *lines]
    return _quoted([title, "", *_trimmed(lines)])


def _quoted(lines: Sequence[str]) -> list[str]:
    """The lines as a quote, which ends above a mark and begins again below it."""
    found: list[str] = []
    for text, mark in _runs(lines):
        found += [f"> {line}".rstrip() for line in _trimmed(text)] if any(text) else []
        found += ["", mark, ""] if mark else []
    return found


def _runs(lines: Sequence[str]) -> Iterator[tuple[list[str], str]]:
    """The lines between marks, each with the mark that ends them."""
    run: list[str] = []
    for line in lines:
        if MARK.fullmatch(line):
            yield run, line
            run = []
        else:
            run.append(line)
    yield run, ""


def _raw(lines: list[str], at: int, tag: re.Match[str]) -> int:
    """How many lines of raw HTML there are: of what holds Markdown the tag alone, else all up to its end."""
    name = tag["tag"].lower()
    if tag["end"] or name in VOID_TAGS or re.search(r"\bmarkdown\b", tag["attributes"]):
        return 1
    depth = 0
    for number, line in enumerate(lines[at:], 1):
        depth += len(re.findall(rf"<{name}\b", line, re.IGNORECASE))
        depth -= len(re.findall(rf"</{name}\s*>", line, re.IGNORECASE))
        if depth <= 0:
            return number
    return len(lines) - at


def _is_block(tag: str) -> bool:
    return tag.lower() in BLOCK_TAGS or "-" in tag


def _until(lines: list[str], at: int, end: str) -> int:
    return next((number for number, line in enumerate(lines[at:], 1) if end in line), len(lines) - at)


def _indented(lines: Sequence[str], at: int, width: int) -> list[str]:
    """The lines from here that are empty or so deep, without empty ones at the end."""
    found = []
    for line in lines[at:]:
        if line.strip() and not line.startswith(" " * width):
            break
        found.append(line)
    while found and not found[-1].strip():
        found.pop()
    return found


def _dedent(lines: list[str], width: int) -> list[str]:
    return [line[width:] for line in lines]


def _indent(lines: list[str], width: int) -> list[str]:
    return [line if MARK.fullmatch(line) or not line else " " * width + line for line in lines]


def _trimmed(lines: list[str]) -> list[str]:
    return "\n".join(lines).strip("\n").split("\n")


def relinked(line: str, link: Callable[[str], str | None]) -> str:
    """The line of prose with other addresses: `link` is given each and says which one, or None for the text alone.

    What is code in the line is left alone.
    """
    code = [match.span() for match in INLINE_CODE.finditer(line)]

    def replaced(match: re.Match[str]) -> str:
        if any(start <= match.start() < end for start, end in code):
            return match[0]
        target = link(match["target"])
        return match["text"] if target is None else f"{match['image']}[{match['text']}]({target})"

    return LINK.sub(replaced, line)


def without_attributes(line: str) -> str:
    """The line of prose without attribute lists; what is code in it, or a formula, is left alone."""
    code = [match.span() for match in INLINE_CODE.finditer(line)]

    def kept(match: re.Match[str]) -> str:
        return match[0] if any(start < match.start() < end for start, end in code) else ""

    return ATTRIBUTES.sub(kept, line)


def parts(lines: Sequence[str]) -> Iterator[str]:
    """The lines cut before each heading and around each mark; nothing that is empty."""
    part: list[str] = []
    fences = {number for block in blocks("\n".join(lines)) for number in range(block.line, block.last + 1)}
    for number, line in enumerate(lines, 1):
        mark = MARK.fullmatch(line)
        heading = number not in fences and re.match("#{1,6} ", line)
        if (mark or heading) and (text := "\n".join(part).strip("\n")):
            yield text
        if mark or heading:
            part = []
        if mark:
            yield line
        else:
            part.append(line)
    if text := "\n".join(part).strip("\n"):
        yield text
