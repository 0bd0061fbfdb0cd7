"""What a run takes in and gives out: plain values that travel between processes and into the cache."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

OutputKind = Literal["stream", "execute_result", "display_data", "error"]
Status = Literal["passed", "raised-as-expected", "failed", "skipped"]
Number = int | float


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a module may use; a module's `# module:` line overrides the defaults."""

    seconds: float = 300.0
    memory: float = 4.0
    """GiB of address space beyond what the process has when the first cell starts."""
    output: float = 0.25
    """MiB of text that all cells together may print."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One drawing in both themes, as SVG text, and its size in CSS pixels."""

    light: str
    dark: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Output:
    """What a cell gave, in Jupyter's terms. `text` is what a reader sees; a figure has an empty text."""

    kind: OutputKind
    text: str = ""
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class CellTask:
    """The part of a cell that its run needs. Lines are those of the program, from 1."""

    name: str
    start: int
    end: int
    raises: str | None = None
    keep: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    """Functions to call after its statements, in this order; the first that raises ends the cell."""


@dataclass(frozen=True, slots=True)
class Task:
    """One program to run in a process of its own. Carries its source in, so it needs no shared disk."""

    module: str
    language: str
    program: str
    cells: tuple[CellTask, ...]
    limits: Limits = Limits()
    environment: tuple[tuple[str, str], ...] = ()
    interpreter: str | None = None
    project: str | None = None
    """The checkout: read from it is noted, a write into it is refused."""
    answer: str = ""
    """Which cell of an exercise stands in the solution's place; empty where none does."""

    @property
    def fresh(self) -> bool:
        """Whether the run needs a process started from nothing instead of a forked one."""
        return bool(self.environment or self.interpreter)


@dataclass(frozen=True, slots=True)
class CellRun:
    """What became of one cell."""

    name: str
    status: Status
    seconds: float = 0.0
    outputs: tuple[Output, ...] = ()
    values: dict[str, Number] = field(default_factory=dict)
    failed_test: str = ""
    """The test function that raised."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run is not good: the cell it happened in, the line of the program, and what to do."""

    cell: str
    line: int
    message: str
    hint: str
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that is known after a run."""

    module: str
    language: str
    cells: tuple[CellRun, ...]
    ran: str = ""
    """When it ran, ISO 8601 in UTC."""
    reads: dict[str, str] = field(default_factory=dict)
    """Files of the project that the run read, with the SHA-256 of what it found there."""
    failure: Failure | None = None
    answer: str = ""
    """That of the task."""

    def cell(self, name: str) -> CellRun:
        """The run of the cell of this name; KeyError if the module has none."""
        for run in self.cells:
            if run.name == name:
                return run
        raise KeyError(name)
