"""An exercise: a module whose cells have roles, the answers that are tried in it, and what its tests say of them."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from . import worker
from .errors import DocsError, did_you_mean
from .parse import ROLES, TEST, Cell, Module
from .runs import CellTask, Outcome

PREFIX = "exercise-"
FAILS = "AssertionError"
WRONG_ANSWERS = 2
"""How many typical wrong answers an exercise has at least."""
HEADING = re.compile(r"^#{1,6}\s", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Exercise:
    """The cells of an exercise by what they are for. `tests` are run in the order of `test_names`."""

    module: Module
    task: Cell
    given: tuple[Cell, ...]
    starter: Cell
    solution: Cell
    uses: tuple[Cell, ...]
    tests: Cell
    wrong: tuple[Cell, ...]
    test_names: tuple[str, ...]

    @property
    def name(self) -> str:
        """What a learner imports: the file's name without its prefix, as Python takes it."""
        stem = self.module.path.rpartition("/")[2].removesuffix(".py").removeprefix(PREFIX)
        return stem.replace("-", "_")

    @property
    def answers(self) -> tuple[Cell, ...]:
        """What is tried in the solution's place."""
        return (self.starter, *self.wrong)

    def describe(self, answer: Cell) -> str:
        """How messages call the answer."""
        return "the starter" if answer == self.starter else f"the wrong answer '{answer.name}'"


@dataclass(frozen=True, slots=True)
class Hint:
    """What a learner reads when a test fails: what the test is about, and the message."""

    title: str
    message: str


# What makes an exercise


@functools.lru_cache(maxsize=4096)
def exercise_of(module: Module) -> Exercise | None:
    """The exercise that the module is, or None; raises DocsError where it is one in part."""
    called_so = module.path.rpartition("/")[2].startswith(PREFIX)
    first = next((cell for cell in module.cells if cell.role or cell.hint), None)
    if first is None and not called_so:
        return None
    if first and not called_so:
        hint = f"name it {PREFIX}….py, or take the option away"
        raise DocsError(module.shown_path, first.line, "a cell of an exercise in a module that is none", hint)
    for problem in (*_counts(module), *_order(module), *_options(module), *_task(module), *_tests(module)):
        raise problem
    return _exercise(module)


def _exercise(module: Module) -> Exercise:
    (task,), (starter,), (solution,), (tests,) = (_cells(module, role) for role in ROLES[:4])
    plain = [cell for cell in module.cells if cell.role is None]
    return Exercise(
        module,
        task,
        tuple(cell for cell in plain if cell.line < starter.line),
        starter,
        solution,
        tuple(cell for cell in plain if cell.line > solution.line),
        tests,
        _cells(module, "wrong"),
        tuple(test.name for test in _functions(tests)),
    )


def _cells(module: Module, role: str) -> tuple[Cell, ...]:
    return tuple(cell for cell in module.cells if cell.role == role)


def _counts(module: Module) -> Iterator[DocsError]:
    for role in ROLES[:4]:
        found = _cells(module, role)
        if len(found) != 1:
            line = found[1].line if found else 1
            fact = f'an exercise with {len(found) or "no"} cells role="{role}"'
            yield DocsError(module.shown_path, line, fact, "give it one")
    if len(wrong := _cells(module, "wrong")) < WRONG_ANSWERS:
        hint = f'write at least {WRONG_ANSWERS}: # %% name role="wrong" hint="{TEST}…"'
        yield DocsError(module.shown_path, 1, f"an exercise with {len(wrong) or 'no'} typical wrong answers", hint)


def _order(module: Module) -> Iterator[DocsError]:
    """Task, given code, starter, solution, cells that use it, tests, wrong answers: so it also runs in an editor."""
    last = -1
    for cell in module.cells:
        if cell.role:
            place = ROLES.index(cell.role)
            fits = place >= last
            last = place
        else:
            fits = last != ROLES.index("starter") and last < ROLES.index("tests")
        if not fits:
            order = "task, given code, starter, solution, cells that use it, tests, wrong answers"
            yield DocsError(
                module.shown_path, cell.line, f"cell '{cell.name}' is out of order", f"the order is {order}"
            )
            return


def _options(module: Module) -> Iterator[DocsError]:
    for cell in module.cells:
        fact, hint = "", ""
        if cell.role == "wrong" and not cell.hint:
            fact, hint = "is a wrong answer without a hint", f'name the test that it fails: hint="{TEST}…"'
        elif cell.hint and cell.role != "wrong":
            fact, hint = "has a hint and is no wrong answer", "take the option away"
        elif cell.hide:
            fact, hint = "of an exercise is hidden, and learners need it", "take 'hide=true' away"
        elif cell.raises and cell.role:
            fact, hint = "is part of a learner's file and raises", "take the option 'raises' away"
        elif cell.keep and cell.role not in {None, "solution"}:
            fact, hint = "does not run with the book and keeps a value", "keep it in a cell that uses the solution"
        if fact:
            yield DocsError(module.shown_path, cell.line, f"cell '{cell.name}' {fact}", hint)


def _task(module: Module) -> Iterator[DocsError]:
    for cell in _cells(module, "task"):
        match ast.parse(cell.source).body:
            case [ast.Expr(value=ast.Constant(value=str(text)))]:
                if HEADING.search(text):
                    hint = "headings stand in the page, above the exercise"
                    yield DocsError(module.shown_path, cell.start, "the task has a heading", hint)
            case _:
                hint = "write the task as Markdown between triple quotes"
                yield DocsError(module.shown_path, cell.start, "the task is not one string", hint)


def _tests(module: Module) -> Iterator[DocsError]:
    for cell in _cells(module, "tests"):
        names = [function.name for function in _functions(cell)]
        if not names:
            hint = f"write functions {TEST}… whose asserts say what is wrong"
            yield DocsError(module.shown_path, cell.line, "the tests have no test function", hint)
        for function in _functions(cell):
            if problem := _ill_formed(function):
                yield DocsError(module.shown_path, cell.start + function.lineno - 1, *problem)
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Assert) and node.msg is None:
                hint = "say what is wrong and where to look: it is the hint that a learner gets"
                yield DocsError(module.shown_path, cell.start + node.lineno - 1, "an assert without a message", hint)
        for wrong in _cells(module, "wrong"):
            if wrong.hint and wrong.hint not in names:
                hint = did_you_mean(wrong.hint, names, f"the tests are {', '.join(names)}")
                yield DocsError(module.shown_path, wrong.line, f"there is no test '{wrong.hint}'", hint)


def _functions(tests: Cell) -> list[ast.FunctionDef]:
    body = ast.parse(tests.source).body
    return [node for node in body if isinstance(node, ast.FunctionDef) and node.name.startswith(TEST)]


def _ill_formed(test: ast.FunctionDef) -> tuple[str, str] | None:
    """A fact and a next step."""
    title = ast.get_docstring(test) or ""
    if test.args.args or test.args.kwonlyargs or test.decorator_list:
        return f"{test.name} takes arguments or has a decorator", "a test is a plain function without arguments"
    if not title or "\n" in title:
        return f"{test.name} has no docstring of one line", "name what it is about: it is the title of its hint"
    return None


# What runs


def cell_tasks(module: Module) -> tuple[CellTask, ...]:
    """What runs with the book: every cell, but for the answers of an exercise that stand in the solution's place."""
    exercise = exercise_of(module)
    names = exercise.test_names if exercise else ()
    return tuple(replace(cell.task, tests=names) if cell.role == "tests" else cell.task for cell in module.run_cells)


def answer_tasks(exercise: Exercise, answer: Cell) -> tuple[CellTask, ...]:
    """What runs to try an answer: the given code, the answer, the tests, of which one has to fail."""
    tests = replace(exercise.tests.task, tests=exercise.test_names, raises=FAILS)
    return (*(cell.task for cell in exercise.given), answer.task, tests)


# What became of it


def answer_problem(exercise: Exercise, answer: Cell, outcome: Outcome) -> DocsError | None:
    """Why an answer is not told apart from the solution as it should be; None where it is."""
    who, path = exercise.describe(answer), exercise.module.shown_path
    run = outcome.cell(exercise.tests.name)
    if failure := outcome.failure:
        if failure == worker.did_not_raise(answer_tasks(exercise, answer)[-1]):
            return DocsError(path, answer.line, f"{who} passes all tests", "add a test that tells it from the solution")
        where = f", in {run.failed_test}" if run.failed_test else ""
        return DocsError(
            path, failure.line, f"{who} does not get as far as a hint{where}: {failure.message}", failure.hint
        )
    if answer.hint and run.failed_test != answer.hint:
        fact = f"{who} fails {run.failed_test} and not {answer.hint}: {message_of(exercise, outcome)}"
        return DocsError(path, answer.line, fact, "mend the answer, its hint, or the order of the tests")
    return None


def message_of(exercise: Exercise, outcome: Outcome) -> str:
    """The message of the test that an answer failed."""
    errors = [output.text for output in outcome.cell(exercise.tests.name).outputs if output.kind == "error"]
    return errors[-1].removeprefix(f"{FAILS}: ") if errors else ""


def idle_tests(exercise: Exercise, outcomes: Mapping[str, Outcome]) -> Iterator[DocsError]:
    """Each test is the first that some answer fails: what no answer shows has no hint to show."""
    first = {outcome.cell(exercise.tests.name).failed_test for outcome in outcomes.values()}
    for function in _functions(exercise.tests):
        if function.name not in first:
            line = exercise.tests.start + function.lineno - 1
            hint = "write the wrong answer that it is for, or remove it"
            yield DocsError(exercise.module.shown_path, line, f"no answer fails {function.name} first", hint)


def hints(exercise: Exercise, tests: str, outcomes: Mapping[str, Outcome]) -> tuple[Hint, ...]:
    """The hints, in the order of the tests: titles from the source of the `tests`, messages as answers got them.

    `outcomes` has those of the answers, by their names. A wrong answer's message goes before that of the starter.
    """
    messages: dict[str, str] = {}
    for answer in (*exercise.wrong, exercise.starter):
        if outcome := outcomes.get(answer.name):
            messages.setdefault(outcome.cell(exercise.tests.name).failed_test, message_of(exercise, outcome))
    functions = _functions(replace(exercise.tests, source=tests))
    titled = [(ast.get_docstring(function) or function.name, messages.get(function.name)) for function in functions]
    return tuple(Hint(title, message) for title, message in titled if message)


# What a learner sees of it


def task_text(source: str) -> str:
    """The Markdown of a task, from the source of its cell."""
    return str(ast.literal_eval(source.strip())).strip()


def joined(sources: Iterable[str]) -> str:
    """Cells below each other, as a formatter would have them."""
    text = ""
    for source in sources:
        wide = source.startswith(("def ", "class ", "@")) or text.split("\n")[-1].startswith((" ", "\t"))
        text += ("\n\n\n" if wide else "\n\n") * bool(text) + source
    return text


def learners_code(exercise: Exercise, source: Callable[[Cell], str]) -> str:
    """What a learner begins with: the given code and the starter. `source` gives a cell's source in a language."""
    return joined([source(cell) for cell in (*exercise.given, exercise.starter)])
