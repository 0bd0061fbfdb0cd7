"""Progress on a terminal: how many modules, which run now; one line per module where there is no terminal."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.table import Table

from ..runs import Outcome, Task


class Progress:
    """Listens to runs and shows them. On a terminal the running ones are redrawn below the finished ones."""

    def __init__(self, console: Console | None = None, words: tuple[str, str] = ("passed", "failed")) -> None:
        self.words = words
        self.console = console or Console(stderr=True, highlight=False, soft_wrap=True)
        self.running: dict[tuple[str, str], tuple[float, str]] = {}
        self.done = 0
        self.total = 0
        self.lock = threading.Lock()
        self.live = Live(get_renderable=self._table, console=self.console, transient=True, refresh_per_second=5)

    def __enter__(self) -> Progress:
        if self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.console.is_terminal:
            self.live.stop()

    def listen(self, task: Task, event: str | Outcome) -> None:
        """Called by the engine, from several threads."""
        key = (f"{task.module}:{task.answer}" if task.answer else task.module, task.language)
        with self.lock:
            if event == "":
                self.total += 1
            elif isinstance(event, str):
                began, _ = self.running.get(key, (time.monotonic(), ""))
                self.running[key] = (began, event)
            else:
                self._finish(key, event)

    def _finish(self, key: tuple[str, str], outcome: Outcome) -> None:
        # A task that was listened to before, and runs again to be sure, is not counted twice.
        began, _ = self.running.pop(key, (time.monotonic(), ""))
        self.done = min(self.done + 1, self.total)
        word, (module, language) = self.words[outcome.failure is not None], key
        took = f"{time.monotonic() - began:5.1f} s"
        self.console.print(f"{word}  {took}  {module} ({language})  {self.done} of {self.total}", markup=False)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        with self.lock:
            for (module, language), (began, cell) in self.running.items():
                table.add_row("running", f"{time.monotonic() - began:5.1f} s", f"{module} ({language})", cell)
            if self.running:
                table.add_row("", "", f"{self.done} of {self.total} are done")
        return table
