"""What a reader reads in a module: its display strings, its comments and its docstring."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, CodeSpan, MetadataWrapper

from .parse import LIKE_A_MARKER, MODULE_LINE, TEST, Module

EVERY = -1
# The calls that show text, and which of their arguments are text: positions, keywords, or EVERY position.
# ".name" is something called on an object, ".*" any such call.
TEXTS: dict[str, tuple[int | str, ...]] = {
    "print": (EVERY,),
    ".print": (EVERY,),
    ".*": ("label", "display_labels", "tick_label", "tick_labels"),
    **dict.fromkeys((".set", ".setp"), ("title", "xlabel", "ylabel", "zlabel", "xticklabels", "yticklabels")),
    **dict.fromkeys((".subplot", ".add_subplot", ".axes", ".plot"), ("title", "xlabel", "ylabel")),
    **dict.fromkeys((".set_title", ".title", ".set_label_text"), (0, "label")),
    **dict.fromkeys((".set_xlabel", ".xlabel"), (0, "xlabel")),
    **dict.fromkeys((".set_ylabel", ".ylabel"), (0, "ylabel")),
    ".set_zlabel": (0, "zlabel"),
    **dict.fromkeys((".suptitle", ".supxlabel", ".supylabel"), (0, "t")),
    **dict.fromkeys((".set_xticklabels", ".set_yticklabels", ".set_zticklabels", ".set_ticklabels"), (0, "labels")),
    **dict.fromkeys((".set_xticks", ".set_yticks", ".set_zticks", ".set_ticks"), (1, "labels")),
    **dict.fromkeys((".xticks", ".yticks", ".bar_label"), (1, "labels")),
    **dict.fromkeys((".pie", ".boxplot", ".violinplot", ".stackplot"), ("labels",)),
    **dict.fromkeys((".legend", ".figlegend"), (EVERY, "labels", "title")),
    ".text": (2, 3, "s"),  # 3 in a figure with three axes
    ".figtext": (2, "s"),
    **dict.fromkeys((".set_label", ".set_text", "AnchoredText", ".AnchoredText"), (0, "s")),
    ".annotate": (0, "text"),
    ".table": ("cellText", "rowLabels", "colLabels"),
    **dict.fromkeys(("Line2D", "Patch", "Rectangle", "Circle"), ("label",)),
    "ConfusionMatrixDisplay": ("display_labels",),
}
# What is called on a text and still shows it.
TEXT_METHODS = {"format", "center", "ljust", "rjust"}
TOOLS = re.compile(r"#(!|\s*equivalent:|\s*(noqa\b|type:|fmt:|ruff:|mypy:|pyright:|pylint:|isort:|pragma:|-\*-))")

BRACES = r"\{\{|\}\}|\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|[{}]"
PERCENT = r"%%|%(?:\(\w+\))?[#0 +-]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[a-zA-Z]|%"
ESCAPE = re.compile(r"\\(?:[0-7]{1,3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|N\{[^}]+\}|.)|.", re.DOTALL)

Style = Literal["comment", "plain", "percent", "format", "f"]


@dataclass(frozen=True, slots=True)
class Part:
    """One literal as it is written, or a comment. `start` and `length` count bytes.

    `pieces` are what stands between the quotes: text, placeholder, text, placeholder, …, text.
    """

    start: int
    length: int
    prefix: str
    quote: str
    pieces: tuple[str, ...]

    @property
    def formatted(self) -> bool:
        """Whether it is an f-string."""
        return "f" in self.prefix.lower()

    @property
    def raw(self) -> bool:
        """Whether a backslash in it is just a backslash."""
        return "r" in self.prefix.lower()


@dataclass(frozen=True, slots=True)
class DisplayString:
    """Something a reader reads. `text` is the key of its translation: its value, with placeholders as written."""

    text: str
    line: int
    style: Style
    placeholders: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def formatted(self) -> bool:
        """Whether it is an f-string, or a concatenation with one in it."""
        return self.style == "f"

    @property
    def has_letter(self) -> bool:
        """Whether there is something to translate: a letter outside the placeholders."""
        rest = re.sub(fields_pattern(self.style, self.placeholders), "", self.text)
        return any(character.isalpha() for character in rest)


@dataclass(frozen=True, slots=True)
class Found:
    """What stands where text is shown, with a letter in it or not, and the (cell, variable) that got some of it."""

    strings: tuple[DisplayString, ...]
    assigned: frozenset[tuple[str, str]]


def display_strings(module: Module) -> tuple[DisplayString, ...]:
    """What a reader reads in the module, in order: display strings, comments, and the docstring."""
    return tuple(string for string in find(module).strings if string.has_letter)


# As many as a large book has texts in all languages: with fewer places each would be looked through again and again.
@lru_cache(maxsize=4096)
def find(module: Module) -> Found:
    """Look through the module; raises libcst.ParserSyntaxError if it is not Python."""
    # No node of a tree that was just parsed stands in it twice: the copy would be for those.
    wrapper = MetadataWrapper(cst.parse_module(module.text), unsafe_skip_copy=True)
    finder = _Finder(module, wrapper.module)
    wrapper.visit(finder)
    at = {string.parts[0].start: string for string in finder.strings}
    return Found(tuple(at[start] for start in sorted(at)), frozenset(finder.assigned))


def speaks_to_a_program(comment: str) -> bool:
    """Whether the comment is for a tool, this one or another, and not for a reader."""
    return any(pattern.match(comment) for pattern in (LIKE_A_MARKER, MODULE_LINE, TOOLS))


def tokens(text: str, raw: bool) -> Iterator[tuple[str, str]]:
    """The characters between two quotes: each as it is written, and its value."""
    for written in re.findall(".", text, re.DOTALL) if raw else ESCAPE.findall(text):
        yield written, ast.literal_eval(f'"{written}"') if len(written) > 1 else written


def fields_pattern(style: Style, known: Iterable[str]) -> str:
    """A pattern for the placeholders of a text in this style, and for the doubled signs that are none."""
    if style == "percent":
        return PERCENT
    # What is known to be a placeholder may hold braces that only Python's own grammar could follow.
    return "|".join([*map(re.escape, known), BRACES]) if style in ("f", "format") else "(?!)"


def fields(text: str, style: Style, known: Iterable[str] = ()) -> tuple[str, ...]:
    """The placeholders in the text, in order; a stray brace or percent sign counts as one."""
    return tuple(field for field in re.findall(fields_pattern(style, known), text) if field not in {"{{", "}}", "%%"})


class _Finder(cst.CSTVisitor):
    """Collects what stands where text is shown, with a letter in it or not."""

    METADATA_DEPENDENCIES = (ByteSpanPositionProvider,)

    def __init__(self, module: Module, tree: cst.Module) -> None:
        super().__init__()
        self.module = module
        self.source = module.text.encode()
        self.tree = tree
        self.strings: list[DisplayString] = []
        self.assigned: set[tuple[str, str]] = set()

    def visit_Module(self, node: cst.Module) -> None:
        for statement in node.body[:1]:
            if isinstance(statement, cst.SimpleStatementLine) and isinstance(statement.body[0], cst.Expr):
                self._add_texts(statement.body[0].value)

    def visit_Comment(self, node: cst.Comment) -> None:
        comment = node.value.rstrip()
        if not speaks_to_a_program(comment):
            text = comment.lstrip("#: \t")
            part = Part(self._span(node).start, len(comment.encode()), comment.removesuffix(text), "", (text,))
            self._add(text, "comment", (), [part])

    def visit_Assert(self, node: cst.Assert) -> None:
        if node.msg:
            self._add_texts(node.msg)

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> None:
        if self._role(node) == "task" and isinstance(node.body[0], cst.Expr):
            self._add_texts(node.body[0].value)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        # What a test is about stands in its docstring: the title of its hint.
        first = next(iter(node.body.body), None)
        expression = first.body[0] if isinstance(first, cst.SimpleStatementLine) else None
        named = node.name.value.startswith(TEST) and self._role(node) == "tests"
        if named and isinstance(expression, cst.Expr):
            self._add_texts(expression.value)

    def visit_Call(self, node: cst.Call) -> None:
        shown = _shown_arguments(node.func)
        positions = iter(range(len(node.args)))
        for argument in node.args:
            key = argument.keyword.value if argument.keyword else next(positions)
            if argument.star != "**" and (key in shown or (isinstance(key, int) and EVERY in shown)):
                self._add_texts(argument.value)

    def visit_Assign(self, node: cst.Assign) -> None:
        for target in node.targets:
            self._assign(target.target, node.value)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        if node.value:
            self._assign(node.target, node.value)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self._assign(node.target, node.value)

    def visit_FormattedStringExpression(self, node: cst.FormattedStringExpression) -> bool:
        return False

    def _assign(self, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
        if isinstance(target, cst.Tuple) and isinstance(value, cst.Tuple):
            for one, its in zip(target.elements, value.elements, strict=False):
                self._assign(one.value, its.value)
        line = self._line(self._span(target).start)
        cell = self.module.cell(self.module.cell_at(line) or "")
        if cell and isinstance(target, cst.Name) and target.value in cell.text:
            for text in _values(value):
                self._add_texts(text)
                self.assigned.add((cell.name, target.value))

    def _add_texts(self, expression: cst.BaseExpression) -> None:
        for node, style in _texts(expression):
            parts = list(self._parts(node))
            if any("b" in part.prefix.lower() for part in parts):
                continue
            formatted = any(part.formatted for part in parts)
            text = "".join(_value(part, formatted) for part in parts)
            if formatted:
                style = "f"
            known = [field for part in parts for field in part.pieces[1::2]]
            self._add(text, style, known if formatted else fields(text, style), parts)

    def _add(self, text: str, style: Style, placeholders: Iterable[str], parts: Sequence[Part]) -> None:
        line = self._line(parts[0].start)
        self.strings.append(DisplayString(text, line, style, tuple(placeholders), tuple(parts)))

    def _parts(self, node: cst.BaseExpression) -> Iterator[Part]:
        span = self._span(node)
        match node:
            case cst.ConcatenatedString():
                yield from self._parts(node.left)
                yield from self._parts(node.right)
            case cst.SimpleString():
                yield Part(span.start, span.length, node.prefix, node.quote, (node.raw_value,))
            case cst.FormattedString():
                pieces = [""]
                for part in node.parts:
                    if isinstance(part, cst.FormattedStringText):
                        pieces[-1] += part.value
                    else:
                        pieces += [self.tree.code_for_node(part), ""]
                yield Part(span.start, span.length, node.prefix, node.quote, tuple(pieces))

    def _span(self, node: cst.CSTNode) -> CodeSpan:
        return self.get_metadata(ByteSpanPositionProvider, node)

    def _role(self, node: cst.CSTNode) -> str | None:
        cell = self.module.cell(self.module.cell_at(self._line(self._span(node).start)) or "")
        return cell.role if cell else None

    def _line(self, start: int) -> int:
        return self.source.count(b"\n", 0, start) + 1


def _shown_arguments(function: cst.BaseExpression) -> tuple[int | str, ...]:
    match function:
        case cst.Name(value=name):
            return TEXTS.get(name, ())
        case cst.Attribute(attr=cst.Name(value=name)):
            return TEXTS.get(f".{name}", ()) + TEXTS[".*"]
    return ()


def _texts(node: cst.BaseExpression, style: Style = "plain") -> Iterator[tuple[cst.BaseExpression, Style]]:
    """The strings that show where the expression shows, and how their placeholders are written."""
    match node:
        case cst.SimpleString() | cst.FormattedString() | cst.ConcatenatedString():
            yield node, style
        case cst.BinaryOperation(operator=cst.Modulo()):
            yield from _texts(node.left, "percent")
        case cst.Call(func=cst.Attribute(value=text, attr=cst.Name(value=name))) if name in TEXT_METHODS:
            yield from _texts(text, "format" if name == "format" else style)
        case _:
            for inner in _inner(node):
                yield from _texts(inner, style)


def _inner(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    match node:
        case cst.List() | cst.Tuple() | cst.Set():
            return [element.value for element in node.elements]
        case cst.ListComp() | cst.GeneratorExp():
            return [node.elt]
        case cst.IfExp():
            return [node.body, node.orelse]
        case cst.BooleanOperation() | cst.BinaryOperation(operator=cst.Add() | cst.Multiply()):
            return [node.left, node.right]
    return []


def _values(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """What is in the dictionaries of an assigned value, or the value itself; keys are not shown."""
    match node:
        case cst.Dict() | cst.List() | cst.Tuple():
            return [inner for element in node.elements for inner in _values(element.value)]
    return [node]


def _value(part: Part, formatted: bool) -> str:
    """The part's value; with its placeholders as written, and every other brace doubled, if `formatted`."""
    value = ""
    for index, piece in enumerate(part.pieces):
        if index % 2:
            value += piece
            continue
        for written, character in tokens(piece, part.raw):
            # In an f-string a brace stands doubled already, unless it comes from an escape.
            doubled = formatted and character in {"{", "}"} and not (part.formatted and len(written) == 1)
            value += character * 2 if doubled else character
    return value
