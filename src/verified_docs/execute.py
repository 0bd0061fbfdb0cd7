"""Programs -> outputs: each in a clean process of its own, bounded, one per core at a time."""

from __future__ import annotations

import ast
import contextlib
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import types
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from multiprocessing import Pipe, forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, Protocol

from . import guard, worker
from .errors import DocsError
from .runs import CellRun, Failure, Outcome, Task

PREFIX = "verified-docs-"
TICK = 0.2
"""Seconds between two looks at the clock and at the size of the output."""
CONFIRMATIONS = 2
"""How often a task that is suspected of writing into the project has to do it again, alone."""
PATIENCE = 180.0
"""Seconds that a process may take until its first cell starts."""
# Always the same order of sets and hashes, whatever the caller's environment says.
ENVIRONMENT = {"PYTHONHASHSEED": "0", "MPLBACKEND": "Agg"}
# multiprocessing starts processes through state that all threads share.
_starting = threading.Lock()
PRELUDE_NAMES = ("AHEAD", "ENVIRONMENT")
TOOLS_AHEAD = ("verified_docs.worker", "IPython.lib.pretty", "psutil")


@dataclass(frozen=True, slots=True)
class Prelude:
    """What `snippets/_prelude.py` says literally: read from its text, because importing it is the child's affair."""

    ahead: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)


def prelude(project: Path | None) -> Prelude:
    """The project's prelude, or an empty one; raises DocsError where it cannot be read without running it."""
    file = project / "snippets" / f"{worker.PRELUDE}.py" if project else None
    if file is None or not file.exists():
        return Prelude()
    said: dict[str, Any] = {}
    shown = f"snippets/{file.name}"
    try:
        body = ast.parse(file.read_text(encoding="utf-8")).body
    except SyntaxError as error:
        raise DocsError(shown, error.lineno or 1, f"not Python: {error.msg}", "mend the syntax") from None
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(name := node.targets[0], ast.Name) and name.id in PRELUDE_NAMES:
            try:
                said[name.id] = ast.literal_eval(node.value)
            except ValueError:
                hint = "it is read without running the file: write the values themselves"
                raise DocsError(shown, node.lineno, f"{name.id} is not literal", hint) from None
    return Prelude(tuple(said.get("AHEAD", ())), said.get("ENVIRONMENT", {}))


class Child(Protocol):
    """What `run_isolated` needs of a process, forked or fresh."""

    @property
    def pid(self) -> int:
        """Process id, and id of the process group that it leads."""

    @property
    def sentinel(self) -> int:
        """A descriptor that becomes ready when the process is gone."""

    def exit_code(self) -> int | None:
        """Wait a moment for the end; minus the signal's number if one ended it, None if it goes on."""


Starter = Callable[[Task, str], "tuple[Child, Connection]"]
"""Starts a process that runs the task in the directory, and gives it with this end of its connection."""
Listener = Callable[[Task, "str | Outcome"], None]
"""Called with an empty text when a task waits, with the name of each cell that starts, with the outcome at the end."""


class Engine:
    """Runs tasks, and keeps warm the parent that has imported what they need.

    Use it as a context manager, or call `close`. `method` is a start method of multiprocessing: with "forkserver"
    the imports are made once, with "spawn" by each process for itself.
    """

    def __init__(self, project: Path | None, method: str = "forkserver", workers: int | None = None) -> None:
        self.project = project
        self.workers = workers or os.cpu_count() or 1
        self.context: BaseContext = multiprocessing.get_context(method)
        self.home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self.reaper = guard.start_reaper(self.home)
        self.stop = threading.Event()
        self.started = False
        # It serves the whole process, so it must not carry the mark of this engine.
        resource_tracker.ensure_running()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the importing parent and whatever else this engine has started, and remove its files."""
        self.stop.set()
        with _starting, contextlib.suppress(Exception):
            forkserver._forkserver._stop()  # type: ignore[attr-defined]
        self.reaper.communicate()

    def warm(self) -> None:
        """Start the importing parent now, so that the first run need not wait for it."""
        with _starting, _no_main_module(), _environment(self._environment()):
            self._ensure_parent()

    def run(self, tasks: Sequence[Task], listen: Listener = lambda task, event: None) -> Iterator[Outcome]:
        """Run the tasks, one per core at a time, and yield their outcomes as they come.

        What compiled libraries wrote into the project is found when all is done: an outcome with a failure follows
        for the task that did it, in the place of the one before.
        """
        before = _files(self.project)
        runs: list[_Watched] = []
        with ThreadPoolExecutor(self.workers) as pool:
            futures = [pool.submit(self._watched, task, listen) for task in tasks]
            try:
                for future in as_completed(futures):
                    runs.append(future.result())
                    yield runs[-1].outcome
            except BaseException:
                for future in futures:
                    future.cancel()
                self.stop.set()
                raise
        if changed := _changed(before, _files(self.project)):
            yield from self._blame(runs, changed)

    def _watched(self, task: Task, listen: Listener) -> _Watched:
        began, cells = time.time(), []

        def note(task: Task, event: str | Outcome) -> None:
            cells.append((time.time(), event))
            listen(task, event)

        outcome = run_isolated(task, self.home, self.start, note, self.stop)
        starts = [(moment, event) for moment, event in cells if isinstance(event, str)]
        return _Watched(task, outcome, began, time.time(), starts)

    def _blame(self, runs: Sequence[_Watched], changed: dict[str, float]) -> Iterator[Outcome]:
        """Run alone each task during which a file changed: one that changes it each time is the one that did it.

        Two tasks run at the same time, and an author may save a file meanwhile; running alone, twice, tells them apart.
        """
        for run in runs:
            suspects = {path for path, moment in changed.items() if run.began <= moment <= run.ended}
            cell = ""
            for _ in range(CONFIRMATIONS if suspects else 0):
                before = _files(self.project)
                again = self._watched(run.task, lambda task, event: None)
                found = _changed(before, _files(self.project))
                suspects &= found.keys()
                if not suspects:
                    break
                cell = again.cell_at(min(found[path] for path in suspects))
            if suspects:
                yield replace(run.outcome, failure=_wrote_into_the_project(run.task, cell, min(suspects)))

    def start(self, task: Task, directory: str) -> tuple[Child, Connection]:
        """Start a process for the task; its end of the connection is its own alone."""
        ours, theirs = Pipe()
        with theirs, _starting:
            if task.fresh:
                return _Fresh(task, directory, ours, theirs), ours
            process = self.context.Process(target=worker.main, args=(task, directory, theirs), daemon=True)  # type: ignore[attr-defined]
            with _no_main_module(), _environment(self._environment()):
                self._ensure_parent()
                process.start()
            return _Forked(process), ours

    def _environment(self) -> dict[str, str]:
        paths = [str(self.project / "snippets")] if self.project else []
        paths += [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
        return {
            **ENVIRONMENT,
            **prelude(self.project).environment,
            "PYTHONPATH": os.pathsep.join(paths),
            "HOME": str(self.home),
            "KERAS_HOME": str(self.home / ".keras"),
            "MPLCONFIGDIR": str(self.home / ".matplotlib"),
            guard.MARK: self.home.name,
        }

    def _ensure_parent(self) -> None:
        """Start the fork server, once, with what it imports ahead. Its log lines are nobody's output."""
        if self.started or self.context.get_start_method() != "forkserver":
            return
        self.context.set_forkserver_preload([*TOOLS_AHEAD, *prelude(self.project).ahead])
        log = os.open(self.home / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        kept = os.dup(2)
        try:
            os.dup2(log, 2)
            forkserver.ensure_running()
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(log)
        self.started = True


def run_isolated(
    task: Task,
    home: Path,
    start: Starter,
    listen: Listener = lambda task, event: None,
    stop: threading.Event | None = None,
) -> Outcome:
    """Run one task in a process of its own and give its outcome, whatever the process does.

    The process leads a process group and lives in a folder of its own below `home`. When the task is done, too slow or
    dead, or when `stop` is set, the group is killed and the folder removed.
    """
    directory = Path(tempfile.mkdtemp(dir=home, prefix="run-"))
    try:
        child, connection = start(task, str(directory))
        try:
            outcome = _Follower(task, child, connection, directory, listen, stop or threading.Event()).outcome()
        finally:
            guard.kill(worker.mark_of(directory), child.pid)
            child.exit_code()
            connection.close()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    listen(task, outcome)
    return outcome


@dataclass
class _Follower:
    """Watches one child until it has an outcome."""

    task: Task
    child: Child
    connection: Connection
    directory: Path
    listen: Listener
    stop: threading.Event
    done: list[CellRun] = field(default_factory=list)
    current: str = ""
    deadline: float = 0.0

    def outcome(self) -> Outcome:
        """The outcome that the child sends, or one that says why there is none."""
        self.deadline = time.monotonic() + PATIENCE
        while True:
            ready = wait([self.connection, self.child.sentinel], timeout=TICK)
            if self.connection in ready:
                finished = self._receive()
            elif ready:
                finished = self._died()
            else:
                finished = self._within_bounds()
            if finished:
                return finished

    def _receive(self) -> Outcome | None:
        try:
            message = self.connection.recv()
        except (EOFError, OSError):
            return self._died()
        if isinstance(message, str):
            if not self.current:
                self.deadline = time.monotonic() + self.task.limits.seconds
            self.current = message
            self.listen(self.task, message)
        elif isinstance(message, CellRun):
            self.done.append(message)
        elif isinstance(message, Outcome):
            return self._without_leftovers(message)
        return None

    def _within_bounds(self) -> Outcome | None:
        limits = self.task.limits
        if self.stop.is_set():
            return self._failed("the run was interrupted", "run it again")
        if time.monotonic() > self.deadline:
            return self._failed(
                f"takes longer than {limits.seconds:g} s",
                "make it faster, or raise the limit with a line '# module: seconds=…' above the first cell",
            )
        output = self.directory / "output"
        if output.exists() and output.stat().st_size > limits.output * worker.MIB:
            return self._stopped(worker.too_much_output(self.current, self._line(), limits.output))
        return None

    def _died(self) -> Outcome:
        code = self.child.exit_code()
        if code is not None and code < 0:
            how = f"died of {signal.Signals(-code).name}"
        else:
            how = f"ended its process with exit code {code}"
        output = self.directory / "output"
        last = output.read_bytes()[-2000:].decode(errors="replace") if output.exists() else ""
        return self._failed(how, "run the module by itself to see why", last)

    def _without_leftovers(self, outcome: Outcome) -> Outcome:
        self.child.exit_code()
        if outcome.failure is None and guard.members(worker.mark_of(self.directory), self.child.pid):
            return replace(outcome, failure=worker.left_behind(self.current, self._line()))
        return outcome

    def _failed(self, how: str, hint: str, text: str = "") -> Outcome:
        if not self.current:
            return self._stopped(
                Failure(self.task.cells[0].name, 1, f"the run {how} before its first cell", hint, text)
            )
        return self._stopped(Failure(self.current, self._line(), f"cell '{self.current}' {how}", hint, text))

    def _line(self) -> int:
        return next((cell.start for cell in self.task.cells if cell.name == self.current), 1)

    def _stopped(self, failure: Failure) -> Outcome:
        known = {run.name: run for run in self.done}
        runs = []
        for cell in self.task.cells:
            status = "failed" if cell.name == failure.cell else "skipped"
            runs.append(known.get(cell.name) or CellRun(cell.name, status))  # type: ignore[arg-type]
        task = self.task
        return Outcome(task.module, task.language, tuple(runs), failure=failure, answer=task.answer)


class _Forked:
    """A process of multiprocessing."""

    def __init__(self, process: Any) -> None:
        self.process = process
        self.pid: int = process.pid
        self.sentinel: int = process.sentinel

    def exit_code(self) -> int | None:
        self.process.join(2)
        code: int | None = self.process.exitcode
        return code


class _Fresh:
    """A process started from nothing, with an environment or an interpreter of its own."""

    def __init__(self, task: Task, directory: str, ours: Connection, theirs: Connection) -> None:
        base = {**os.environ, **ENVIRONMENT, **prelude(Path(task.project) if task.project else None).environment}
        environment = {**base, "PYTHONPATH": str(Path(__file__).parents[1]), **dict(task.environment)}
        python = str(Path(task.project or ".") / task.interpreter) if task.interpreter else sys.executable
        command = [python, "-m", worker.__name__, directory, str(theirs.fileno())]
        self.process = subprocess.Popen(
            command,
            env=environment,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.pid = self.process.pid
        self.sentinel = os.pidfd_open(self.pid) if hasattr(os, "pidfd_open") else theirs.fileno()
        ours.send(task)

    def exit_code(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.process.wait(2)
        return None


@dataclass(frozen=True)
class _Watched:
    """A task that has run, and when: to find out who changed a file."""

    task: Task
    outcome: Outcome
    began: float
    ended: float
    starts: list[tuple[float, str]]

    def cell_at(self, moment: float) -> str:
        """The cell that ran at the moment."""
        earlier = [name for start, name in self.starts if start <= moment]
        return earlier[-1] if earlier else self.task.cells[0].name


def _wrote_into_the_project(task: Task, cell: str, path: str) -> Failure:
    return Failure(
        cell,
        next(part.start for part in task.cells if part.name == cell),
        f"cell '{cell}' wrote into the project: {path}",
        "write below the working directory, which is the run's own, and restore the file",
    )


@contextlib.contextmanager
def _environment(changes: dict[str, str]) -> Iterator[None]:
    """Set variables of this process for as long as children take them over."""
    kept = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in kept.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _no_main_module() -> Iterator[None]:
    """Hide the caller's main module, which each child of multiprocessing would otherwise import for nothing."""
    kept = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = kept


def _files(project: Path | None) -> dict[str, tuple[int, int]]:
    """Size and time of change of the project's files, but for what is generated."""
    found: dict[str, tuple[int, int]] = {}
    pending = [project] if project else []
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name in {"site", "__pycache__", "dist"}:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    pending.append(Path(entry.path))
                elif entry.is_file(follow_symlinks=False):
                    status = entry.stat()
                    found[os.path.relpath(entry.path, project)] = (status.st_size, status.st_mtime_ns)
    return found


def _changed(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> dict[str, float]:
    """New and changed files, and when they changed, in seconds of the clock."""
    return {path: known[1] / 1e9 for path, known in after.items() if before.get(path) != known}
