"""A command -> how long it took, the processor time of all that it started, and how much memory that had at once.

Processor time is what the system adds up for processes that have ended and were waited for. This process adopts those
whose parents are gone, so that they are counted as well; it is exact, and Linux only.

Memory is the proportional set size of the whole tree: pages that forked processes share count once. It is looked at
every fifth of a second, so a shorter peak is missed; looking takes about one hundredth of a processor.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

INTERVAL = 0.2
TIMEOUT = 900.0
PATIENCE = 10.0
"""Seconds that what a command has started may outlive it, before it is ended."""
MIB = 1 << 20
TAIL = 2000
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True)
class Measured:
    """What a command took, and how it ended. `said` is the end of what it printed."""

    seconds: float
    cpu: float
    peak: float
    code: int
    said: str

    def __add__(self, other: Measured) -> Measured:
        """One after the other."""
        seconds, cpu = self.seconds + other.seconds, self.cpu + other.cpu
        return Measured(seconds, cpu, max(self.peak, other.peak), self.code or other.code, other.said)


def measure(command: Sequence[str], folder: Path, variables: dict[str, str]) -> Measured:
    """Run the command to its end; one that takes too long is ended, and has the code of that."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    log = folder.parent / f"{folder.name}.log"
    before, began = _cpu(), time.perf_counter()
    with log.open("wb") as said, Memory() as memory:
        process = subprocess.Popen(command, cwd=folder, env=variables, stdout=said, stderr=said, start_new_session=True)
        try:
            code = process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        seconds = time.perf_counter() - began
    wait_for_the_rest()
    text = log.read_text(encoding="utf-8", errors="replace")[-TAIL:]
    return Measured(round(seconds, 3), round(_cpu() - before, 3), round(memory.peak / MIB, 1), code, text)


class Memory:
    """Looks at the memory of what this process has started, until it is left."""

    def __init__(self) -> None:
        self.peak = 0
        self.end = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end.set()
        self.thread.join()

    def _watch(self) -> None:
        while not self.end.wait(INTERVAL):
            self.peak = max(self.peak, sum(_size(one) for one in descendants()))


def descendants() -> list[psutil.Process]:
    """The processes that this one has started, and those that they have."""
    return psutil.Process().children(recursive=True)


def _size(process: psutil.Process) -> int:
    # Processes end while one looks.
    with contextlib.suppress(psutil.Error, OSError):
        return int(process.memory_full_info().pss)
    return 0


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def wait_for_the_rest() -> None:
    """Wait for adopted processes, so that their time counts; those that stay are ended, and waited for as well."""
    for end in (lambda process: None, psutil.Process.kill):
        deadline = time.monotonic() + PATIENCE
        for process in descendants():
            with contextlib.suppress(psutil.Error):
                end(process)
        while descendants() and time.monotonic() < deadline:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(-1, os.WNOHANG)
            time.sleep(0.01)
