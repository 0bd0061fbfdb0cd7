"""What runs in the child: one program, cell by cell, at its real lines, with its outputs captured."""

from __future__ import annotations
import __future__

import ast
import builtins
import importlib
import linecache
import math
import numbers
import os
import random
import sys
import tempfile
import time
import traceback
import types
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from . import figures, guard
from .logs import normal, readable
from .runs import CellRun, CellTask, Failure, Number, Outcome, Output, Task

PRELUDE = "_prelude"
# Where the module that is being run may be looked up by name, as in any script or notebook.
MAIN = "__main__"
MIB = 1 << 20


def main(task: Task, directory: str, connection: Connection) -> None:
    """Run the task in this process and send its Outcome; before each cell send its name, after it its CellRun.

    `directory` is the run's own: working directory, home and temporary files are below it.
    """
    guard.lead_a_group()
    here = Path(directory)
    _live_in(here)
    outcome = _Run(task, here, connection).all_cells()
    connection.send(outcome)
    # Nothing of the module may run after its last cell: no exit handler, no waiting thread.
    os._exit(0)


def mark_of(directory: Path) -> str:
    """What the processes of a run carry in their environment: the engine's folder, then the run's own."""
    return f"{directory.parent.name}/{directory.name}"


def _live_in(here: Path) -> None:
    home, temporary, work = here / "home", here / "tmp", here / "work"
    for folder in (home, temporary, work):
        folder.mkdir(exist_ok=True)
    os.environ.update(
        {
            guard.MARK: mark_of(here),
            "HOME": str(home),
            "TMPDIR": str(temporary),
            "KERAS_HOME": str(home / ".keras"),
            "MPLCONFIGDIR": str(home / ".matplotlib"),
        }
    )
    tempfile.tempdir = None
    sys.dont_write_bytecode = True
    os.chdir(work)


class _Run:
    """One run of one task in this process."""

    def __init__(self, task: Task, here: Path, connection: Connection) -> None:
        self.task = task
        self.connection = connection
        # A program is named as its module is: readers of its tracebacks and warnings see that name.
        self.file = here / "work" / Path(task.module).name
        self.file.write_text(task.program, encoding="utf-8")
        self.capture = _Capture(here / "output", task.limits.output)
        self.namespace = _main_module(self.file)
        self.statements = ast.parse(task.program, str(self.file)).body
        # What `from __future__ import` says holds for the whole file.
        self.flags = _future_flags(self.statements)
        project = Path(task.project) if task.project else None
        if project:
            sys.path.insert(0, str(project / "snippets"))
        self.prepare = _prelude(project)
        self.reads = guard.watch(here, project)
        self.started: dict[int, CellTask] = {}
        self.test = ""

    def all_cells(self) -> Outcome:
        """Run the cells until one fails; those after it are skipped."""
        random.seed(0)
        figures.set_style()
        warnings.formatwarning = _warning_as_readers_see_it  # type: ignore[assignment]
        self.prepare(self.task.language)
        guard.limit_memory(self.task.limits.memory)
        runs: list[CellRun] = []
        failure = None
        for cell in self.task.cells:
            if failure:
                runs.append(CellRun(cell.name, "skipped"))
                continue
            self.connection.send(cell.name)
            run, failure = self.one_cell(cell)
            self.connection.send(run)
            runs.append(run)
            for pid in guard.children():
                self.started.setdefault(pid, cell)
        failure = failure or self.leftover()
        ran = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        task = self.task
        return Outcome(task.module, task.language, tuple(runs), ran, self.reads(), failure, task.answer)

    def leftover(self) -> Failure | None:
        """The failure of the first cell that started a process which still runs after the last one."""
        for pid, cell in self.started.items():
            if guard.alive(pid):
                return left_behind(cell.name, cell.start)
        return None

    def one_cell(self, cell: CellTask) -> tuple[CellRun, Failure | None]:
        """Run one cell: what it gave, and why it is not good, if it is not."""
        began = time.perf_counter()
        result: str | None = None
        raised: BaseException | None = None
        try:
            result = self.execute(cell)
        except BaseException as error:  # also SystemExit: a module that exits has not run to its end
            raised = error
        seconds = time.perf_counter() - began
        outputs = self.outputs(result, raised)
        failure = self.judge(cell, raised)
        values: dict[str, Number] = {}
        if not failure:
            try:
                outputs += _figure_of_the_cell()
                values = {name: _number(name, self.namespace) for name in cell.keep}
            except _Unfit as unfit:
                failure = Failure(cell.name, cell.start, str(unfit), unfit.hint)
        if failure is None and self.capture.exceeded:
            failure = self.capture.failure(cell)
        status = "failed" if failure else "raised-as-expected" if cell.raises else "passed"
        test = self.test if raised else ""
        return CellRun(cell.name, status, round(seconds, 3), outputs, values, test), failure  # type: ignore[arg-type]

    def execute(self, cell: CellTask) -> str | None:
        """Run the cell's statements; the value of a last expression without a semicolon is what it shows."""
        body = [node for node in self.statements if cell.start <= node.lineno <= cell.end]
        last = body[-1] if body else None
        shown = isinstance(last, ast.Expr) and not self.ends_in_semicolon(last)
        plain = body[:-1] if shown else body
        exec(compile(ast.Module(plain, []), str(self.file), "exec", self.flags, True), self.namespace)
        for self.test in cell.tests:
            self.namespace[self.test]()
        if not (shown and isinstance(last, ast.Expr)):
            return None
        value = eval(compile(ast.Expression(last.value), str(self.file), "eval", self.flags, True), self.namespace)
        return None if value is None else _as_text(value)

    def ends_in_semicolon(self, node: ast.stmt) -> bool:
        """Whether a semicolon follows the statement on its line: Jupyter's sign to show nothing."""
        line = self.task.program.split("\n")[(node.end_lineno or 1) - 1].encode()
        return line[node.end_col_offset or 0 :].lstrip().startswith(b";")

    def outputs(self, result: str | None, raised: BaseException | None) -> tuple[Output, ...]:
        """The text outputs of the cell that just ended, in the order in which a reader sees them."""
        outputs = []
        if text := readable(self.capture.take()):
            outputs.append(Output("stream", normal(text)))
        if result is not None:
            outputs.append(Output("execute_result", normal(result)))
        if raised is not None:
            outputs.append(Output("error", normal(f"{type(raised).__name__}: {raised}".rstrip(": \n"))))
        return tuple(outputs)

    def judge(self, cell: CellTask, raised: BaseException | None) -> Failure | None:
        """Why the cell is not good, if it raised what it should not, or did not raise what it should."""
        name = type(raised).__name__
        if raised is None and cell.raises is None:
            return None
        if raised is None:
            return did_not_raise(cell)
        if name == cell.raises:
            return None
        fact = f"cell '{cell.name}' raised {name}: {str(raised).strip() or 'no message'}"
        hint = f"it was to raise {cell.raises}" if cell.raises else "mend the cell; the traceback is below"
        return Failure(cell.name, self.line_of(raised, cell), fact, hint, self.traceback(raised))

    def line_of(self, error: BaseException, cell: CellTask) -> int:
        """The last line of the program that the error passed through."""
        lines = [
            frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(self.file)
        ]
        return (lines[-1] if lines else None) or cell.start

    def traceback(self, error: BaseException) -> str:
        """The traceback from the first frame in the program on, under the module's own name."""
        frames = traceback.extract_tb(error.__traceback__)
        first = next((i for i, frame in enumerate(frames) if frame.filename == str(self.file)), len(frames))
        linecache.checkcache(str(self.file))
        text = "".join(traceback.StackSummary.from_list(frames[first:]).format())
        return text.replace(str(self.file), f"snippets/{self.task.module}")


def _future_flags(statements: list[ast.stmt]) -> int:
    flags = 0
    for node in statements:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for alias in node.names:
                flags |= getattr(__future__, alias.name).compiler_flag
    return flags


def _main_module(file: Path) -> dict[str, Any]:
    module = types.ModuleType(MAIN)
    module.__dict__.update({"__file__": str(file), "__builtins__": builtins})
    sys.modules[MAIN] = module
    return module.__dict__


def _prelude(project: Path | None) -> Callable[[str], None]:
    """What `snippets/_prelude.py` sets before the first cell, if the project has one."""
    if project is None or not (project / "snippets" / f"{PRELUDE}.py").exists():
        return lambda language: None
    prepare: Callable[[str], None] = importlib.import_module(PRELUDE).prepare
    return prepare


def _warning_as_readers_see_it(message: Warning | str, category: type[Warning], *_: Any) -> str:
    """Without file and line: they are the library's, differ between machines, and say nothing to a reader."""
    return f"{category.__name__}: {message}\n"


def _as_text(value: Any) -> str:
    """What a notebook shows for the value."""
    from IPython.lib.pretty import pretty

    return str(pretty(value))  # type: ignore[no-untyped-call]


class _Unfit(Exception):
    """Something a cell left behind that cannot be shown."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def _number(name: str, namespace: dict[str, Any]) -> Number:
    if name not in namespace:
        raise _Unfit(f"the cell keeps '{name}', which does not exist", "name a variable that the cell has set")
    value = namespace[name]
    try:
        # NumPy's scalars are numbers; arrays of one element have item(), tensors and Keras's variables numpy().
        plain: Any = value if isinstance(value, numbers.Number) else getattr(value, "numpy", lambda: value)().item()
        kept: Number = int(plain) if isinstance(plain, numbers.Integral) else float(plain)
    except (AttributeError, TypeError, ValueError):
        raise _Unfit(f"the cell keeps '{name}', which is not a number", "keep float(...) or int(...) of it") from None
    if not math.isfinite(kept):
        raise _Unfit(f"the cell keeps '{name}', which is {kept}", "keep a finite number") from None
    return kept


def _figure_of_the_cell() -> tuple[Output, ...]:
    """The figure that is open after the cell, and close it."""
    if "matplotlib.pyplot" not in sys.modules:
        return ()
    import matplotlib.pyplot as plt

    opened = plt.get_fignums()
    if len(opened) > 1:
        raise _Unfit(f"the cell draws {len(opened)} figures", "draw one figure per cell")
    if not opened:
        return ()
    try:
        drawing = figures.draw(plt.figure(opened[0]))
    except figures.MissingGlyphs as missing:
        hint = "use other characters, or add them to the project's font with `make font`"
        raise _Unfit(f"the figure has characters without a glyph: {missing}", hint) from None
    plt.close("all")
    return (Output("display_data", figure=drawing),)


class _Capture:
    """File descriptors 1 and 2, caught in one file, so that Python's and compiled code's output keep their order."""

    def __init__(self, file: Path, limit: float) -> None:
        self.limit = limit
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self.stream = os.fdopen(os.dup(descriptor), "rb")
        for standard in (1, 2):
            os.dup2(descriptor, standard)
        os.close(descriptor)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 (lives as long as the process)
        sys.stdout = open(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)  # noqa: SIM115
        self.taken = 0

    def take(self) -> str:
        """What was written since the last call; of too much, only what is within the limit."""
        sys.stdout.flush()
        sys.stderr.flush()
        self.stream.seek(self.taken)
        room = int(self.limit * MIB) - self.taken
        text = self.stream.read(max(0, room))
        self.taken = os.fstat(self.stream.fileno()).st_size
        return text.decode("utf-8", errors="replace")

    @property
    def exceeded(self) -> bool:
        """Whether more was written than the limit allows."""
        return self.taken > self.limit * MIB

    def failure(self, cell: CellTask) -> Failure:
        """The failure of the cell that wrote too much."""
        return too_much_output(cell.name, cell.start, self.limit)


def did_not_raise(cell: CellTask) -> Failure:
    """The failure of a cell that raised nothing and was to."""
    return Failure(
        cell.name,
        cell.start,
        f"cell '{cell.name}' was to raise {cell.raises} and did not",
        "mend the cell, or take the option 'raises' away",
    )


def left_behind(cell: str, line: int) -> Failure:
    """The failure of a cell whose process goes on after the module's end."""
    return Failure(
        cell,
        line,
        f"cell '{cell}' leaves a process behind",
        "end what it starts before the module ends: wait for it, or terminate it",
    )


def too_much_output(cell: str, line: int, limit: float) -> Failure:
    """The failure of a cell that prints more than its module may."""
    return Failure(
        cell,
        line,
        f"cell '{cell}' prints more than {limit:g} MiB",
        "print less, or raise the limit with a line '# module: output=…' above the first cell",
    )


if __name__ == "__main__":  # started fresh: the task comes first through the connection whose descriptor is named
    received = Connection(int(sys.argv[2]))
    main(received.recv(), sys.argv[1], received)
