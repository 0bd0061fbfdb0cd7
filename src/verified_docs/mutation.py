"""Small changes to reference solutions, one at a time: how many of them the tests of an exercise catch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from .errors import DocsError, did_you_mean
from .exercises import Exercise
from .runs import CellTask, Outcome
from .scores import EQUIVALENT, Score, digest

SECONDS = 30.0
"""A mutant that takes longer has lost its way, and is caught."""
SWAPS: dict[type[cst.CSTNode], type[cst.CSTNode]] = {
    cst.Add: cst.Subtract,
    cst.Subtract: cst.Add,
    cst.Multiply: cst.Divide,
    cst.Divide: cst.Multiply,
    cst.FloorDivide: cst.Divide,
    cst.Modulo: cst.Multiply,
    cst.Power: cst.Multiply,
    cst.MatrixMultiply: cst.Multiply,
    cst.LessThan: cst.LessThanEqual,
    cst.LessThanEqual: cst.LessThan,
    cst.GreaterThan: cst.GreaterThanEqual,
    cst.GreaterThanEqual: cst.GreaterThan,
    cst.Equal: cst.NotEqual,
    cst.NotEqual: cst.Equal,
    cst.Is: cst.IsNot,
    cst.IsNot: cst.Is,
    cst.And: cst.Or,
    cst.Or: cst.And,
    cst.AddAssign: cst.SubtractAssign,
    cst.SubtractAssign: cst.AddAssign,
    cst.MultiplyAssign: cst.DivideAssign,
    cst.DivideAssign: cst.MultiplyAssign,
}
# The same said by functions, as keras.ops, tf.math and NumPy do.
CALLS = {
    "greater": "greater_equal",
    "greater_equal": "greater",
    "less": "less_equal",
    "less_equal": "less",
    "equal": "not_equal",
    "not_equal": "equal",
    "logical_and": "logical_or",
    "logical_or": "logical_and",
    "add": "subtract",
    "subtract": "add",
    "multiply": "divide",
    "divide": "multiply",
    "maximum": "minimum",
    "minimum": "maximum",
    "max": "min",
    "min": "max",
    "sum": "mean",
    "mean": "sum",
    "reduce_sum": "reduce_mean",
    "reduce_mean": "reduce_sum",
    "argmax": "argmin",
    "argmin": "argmax",
    "assign_add": "assign",
    "any": "all",
    "all": "any",
}
# Calls that give their argument back changed: without them it stays as it is.
CHANGING = {"logical_not", "exp", "log", "sqrt", "square", "abs"}
# Names are for people: another one is the same program.
QUIET_ARGUMENTS = {"name"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change to a solution: its line in the cell from 1, how reports and exclusions call it, and the source."""

    line: int
    change: str
    source: str


# Mutants


def mutants(source: str) -> list[Mutant]:
    """Every mutant of the source, in the order of the text; each is one change, and no two are the same."""
    wrapper = MetadataWrapper(cst.parse_module(source))
    places = wrapper.resolve(PositionProvider)
    collector = _Collector()
    wrapper.module.visit(collector)
    found: dict[str, tuple[int, int]] = {}
    for old, new in collector.changes:
        mutated = cst.ensure_type(wrapper.module.deep_replace(old, new), cst.Module).code
        if mutated != source:
            found.setdefault(mutated, (places[old].start.line, places[old].start.column))
    return [_mutant(source, text, found[text][0]) for text in sorted(found, key=lambda text: (found[text], text))]


def _mutant(source: str, text: str, line: int) -> Mutant:
    """The mutant, told by the lines in which it differs."""
    old, new = source.split("\n"), text.split("\n")
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    end = 0
    while end < min(len(old), len(new)) - same and old[-1 - end] == new[-1 - end]:
        end += 1
    was, now = (" ".join(" ".join(lines[same : len(lines) - end]).split()) for lines in (old, new))
    return Mutant(line, f"{was} -> {now}", text)


class _Collector(cst.CSTVisitor):
    """Finds pairs of a node and what may stand in its place. Strings and docstrings are for people."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[tuple[cst.CSTNode, cst.CSTNode]] = []

    def visit_BinaryOperation(self, node: cst.BinaryOperation) -> None:
        self._swap(node, "operator")

    def visit_BooleanOperation(self, node: cst.BooleanOperation) -> None:
        self._swap(node, "operator")

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self._swap(node, "operator")

    def visit_Comparison(self, node: cst.Comparison) -> None:
        for index, target in enumerate(node.comparisons):
            if swap := SWAPS.get(type(target.operator)):
                changed = target.with_changes(operator=swap())
                parts = [*node.comparisons[:index], changed, *node.comparisons[index + 1 :]]
                self.changes.append((node, node.with_changes(comparisons=parts)))

    def visit_UnaryOperation(self, node: cst.UnaryOperation) -> None:
        self.changes.append((node, node.expression))

    def visit_Integer(self, node: cst.Integer) -> None:
        self.changes.append((node, cst.Integer(str(node.evaluated_value + 1))))

    def visit_Float(self, node: cst.Float) -> None:
        self.changes.append((node, cst.Float(repr(node.evaluated_value + 1.0))))

    def visit_Name(self, node: cst.Name) -> None:
        if node.value in {"True", "False"}:
            self.changes.append((node, cst.Name("False" if node.value == "True" else "True")))

    def visit_Return(self, node: cst.Return) -> None:
        if node.value is not None:
            self.changes.append((node.value, cst.Integer("0")))

    def visit_If(self, node: cst.If) -> None:
        negated = cst.UnaryOperation(cst.Not(), _bracketed(node.test))
        self.changes.append((node.test, negated))

    def visit_Call(self, node: cst.Call) -> None:
        if isinstance(node.func, cst.Attribute) and (name := CALLS.get(node.func.attr.value)):
            self.changes.append((node, node.with_changes(func=node.func.with_changes(attr=cst.Name(name)))))
        if isinstance(node.func, cst.Attribute) and node.func.attr.value in CHANGING and len(node.args) == 1:
            self.changes.append((node, node.args[0].value))
        last = len([argument for argument in node.args if not argument.keyword and not argument.star]) - 1
        for index, argument in enumerate(node.args):
            keyword = argument.keyword.value if argument.keyword else ""
            if argument.star or keyword in QUIET_ARGUMENTS or _is_super(node):
                continue
            if keyword == "axis":
                other = "0" if _code(argument.value) != "0" else "1"
                changed = argument.with_changes(value=cst.Integer(other))
                self.changes.append((node, node.with_changes(args=_with(node.args, index, [changed]))))
            # A call that lacks its first argument only breaks, which any test would catch.
            if keyword or index == last > 0:
                self.changes.append((node, node.with_changes(args=_with(node.args, index, []))))

    def _swap(self, node: cst.BinaryOperation | cst.BooleanOperation | cst.AugAssign, field: str) -> None:
        if swap := SWAPS.get(type(node.operator)):
            self.changes.append((node, node.with_changes(**{field: swap()})))


def _with(arguments: Sequence[cst.Arg], index: int, new: list[cst.Arg]) -> list[cst.Arg]:
    kept = [*arguments[:index], *new, *arguments[index + 1 :]]
    # The last one carries no comma.
    return [*kept[:-1], kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)] if kept else kept


def _is_super(node: cst.Call) -> bool:
    """Whether it is a call of what the class inherits, whose arguments the library asks for."""
    function = node.func
    return (
        isinstance(function, cst.Attribute)
        and isinstance(function.value, cst.Call)
        and _is_name(function.value.func, "super")
    )


def _is_name(node: cst.BaseExpression, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name


def _bracketed(node: cst.BaseExpression) -> cst.BaseExpression:
    return node if node.lpar else node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


# What runs


def wanted(exercise: Exercise) -> tuple[list[Mutant], int]:
    """The mutants of the solution that the tests should catch, and how many are left out as equivalent.

    Raises DocsError where the module leaves out what is no mutant.
    """
    found = mutants(exercise.solution.source)
    left_out = {}
    for match in EQUIVALENT.finditer(exercise.module.text):
        left_out[match["mutant"]] = exercise.module.text.count("\n", 0, match.start()) + 1
    changes = {mutant.change for mutant in found}
    for change, line in left_out.items():
        if change not in changes:
            hint = did_you_mean(change, changes, "`verified-docs mutation` names them")
            raise DocsError(exercise.module.shown_path, line, f"the solution has no mutant '{change}'", hint)
    kept = [mutant for mutant in found if mutant.change not in left_out]
    return kept, len(found) - len(kept)


def program(exercise: Exercise, mutant: Mutant) -> tuple[str, tuple[CellTask, ...]]:
    """The module with the mutant in the solution's place, and what to run of it: the given code, it, the tests."""
    solution = exercise.solution
    lines, changed = exercise.module.text.split("\n"), mutant.source.split("\n")
    longer = len(changed) - (solution.end - solution.start + 1)
    text = "\n".join([*lines[: solution.start - 1], *changed, *lines[solution.end :]])
    tests = exercise.tests.task
    cells = (
        *(cell.task for cell in exercise.given),
        replace(solution.task, end=solution.end + longer, keep=()),
        replace(tests, start=tests.start + longer, end=tests.end + longer, tests=exercise.test_names),
    )
    return text, cells


def score(exercise: Exercise, tried: Sequence[tuple[Mutant, Outcome]], equivalent: int) -> Score:
    """What became of the mutants: one is caught where the run did not get through the tests."""
    survivors = [mutant for mutant, outcome in tried if outcome.failure is None]
    first = exercise.solution.start - 1
    return Score(
        digest(exercise),
        len(tried),
        len(tried) - len(survivors),
        tuple(f"{first + mutant.line}: {mutant.change}" for mutant in survivors),
        equivalent,
    )
