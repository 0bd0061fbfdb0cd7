"""Progress: a line per module without a terminal; with one, what runs now below what is done."""

from __future__ import annotations

import io

from rich.console import Console

from verified_docs.runs import CellRun, Failure, Outcome, Task
from verified_docs.shells.progress import Progress

TASKS = [Task(f"chapter/{name}.py", "en", "", ()) for name in ("one", "two", "three")]


def outcome(task: Task, failure: Failure | None = None) -> Outcome:
    return Outcome(task.module, task.language, (CellRun("first", "passed"),), failure=failure)


def test_without_a_terminal_there_is_a_line_for_each_module() -> None:
    said = io.StringIO()
    with Progress(Console(file=said, force_terminal=False)) as progress:
        for task in TASKS:
            progress.listen(task, "")
        progress.listen(TASKS[0], "first")
        progress.listen(TASKS[1], "first")
        progress.listen(TASKS[0], outcome(TASKS[0]))
        progress.listen(TASKS[1], outcome(TASKS[1], Failure("first", 1, "no", "mend it")))

    lines = [line.split() for line in said.getvalue().splitlines()]
    assert [(line[0], line[3], " ".join(line[-3:])) for line in lines] == [
        ("passed", "chapter/one.py", "1 of 3"),
        ("failed", "chapter/two.py", "2 of 3"),
    ]


def test_on_a_terminal_one_sees_what_runs_now() -> None:
    said = io.StringIO()
    console = Console(file=said, force_terminal=True, width=100)
    with Progress(console) as progress:
        for task in TASKS:
            progress.listen(task, "")
        progress.listen(TASKS[2], "train-the-model")
        progress.live.refresh()

    assert "chapter/three.py (en)" in said.getvalue()
    assert "train-the-model" in said.getvalue()
    assert "0 of 3 are done" in said.getvalue()
