"""This tool while it serves: how long it takes from saving a file until its page shows what that gives."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil

from .measure import MIB, Measured, Memory, descendants, wait_for_the_rest
from .tools import Tool, environment

LONGEST = 180.0
LOOK = 0.02
IDLE = 0.1
"""Seconds of processor time in a second, below which a server has nothing to do."""


class Server:
    """`verified-docs serve` in a project, from when it has built everything and imported ahead until it is left."""

    def __init__(self, tool: Tool, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.command = tool.command("serve", "--port", str(self.port))
        self.folder, self.variables = folder, environment(tool.python)

    def __enter__(self) -> Server:
        log = self.folder.parent / f"{self.folder.name}-serve.log"
        with log.open("wb") as said:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, env=self.variables, stdout=said, stderr=said, start_new_session=True
            )
        _until(lambda: self.page("") != "", "the server does not answer")
        _until(lambda: _busy(1.0) < IDLE, "the server does not come to rest")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        wait_for_the_rest()

    def page(self, address: str) -> str:
        """The page as it is now; empty where there is none."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{address}", timeout=LONGEST) as answer:
                return str(answer.read().decode())
        except OSError:  # not there yet
            return ""

    def seconds_until(self, edit: Callable[[], None], address: str, text: str) -> Measured:
        """Make the edit, and wait until the page at the address has the text."""
        before, began = used(), time.perf_counter()
        with Memory() as memory:
            edit()
            _until(lambda: text in self.page(address), f"{address} does not show '{text}'")
            seconds = time.perf_counter() - began
        return Measured(round(seconds, 3), round(used() - before, 3), round(memory.peak / MIB, 1), 0, "")


def used() -> float:
    """Processor time of all processes that this one has started, and of those that they have waited for."""
    total = 0.0
    for process in descendants():
        with contextlib.suppress(psutil.Error):
            total += sum(process.cpu_times()[:4])
    return total


def _busy(seconds: float) -> float:
    before = used()
    time.sleep(seconds)
    return used() - before


def _until(holds: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + LONGEST
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(otherwise)
        time.sleep(LOOK)
