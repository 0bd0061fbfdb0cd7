"""What keeps a run within bounds: its process group, its memory, its files, its connections.

A guard against mistakes, not a sandbox: audit hooks see what Python itself opens and connects to, while compiled
libraries pass them by.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import ipaddress
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

MARK = "VERIFIED_DOCS_RUN"
GIB = 1 << 30
_PR_SET_PDEATHSIG = 1
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Audit events that change the file whose path is at this place of their arguments.
_CHANGES = {
    "os.mkdir": (0,),
    "os.rmdir": (0,),
    "os.remove": (0,),
    "os.rename": (0, 1),
    "os.link": (1,),
    "os.symlink": (1,),
    "os.truncate": (0,),
    "os.chmod": (0,),
    "os.utime": (0,),
    "shutil.rmtree": (0,),
}
# Audit events that name an address, and where in their arguments.
_CONNECTS: dict[str, Callable[[tuple[Any, ...]], Any]] = {
    "socket.connect": lambda arguments: arguments[1],
    "socket.sendto": lambda arguments: arguments[1],
    "socket.bind": lambda arguments: arguments[1],
    "socket.gethostbyname": lambda arguments: arguments,
    "socket.gethostbyaddr": lambda arguments: arguments,
    "socket.getaddrinfo": lambda arguments: arguments[:2],
}
_HARMLESS = ("/dev/null", "/dev/tty", "/dev/shm/", "/proc/self/")


def lead_a_group() -> None:
    """Become the leader of a process group, and die with the parent where the system can do that."""
    if os.getpid() != os.getpgrp():
        os.setpgid(0, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def limit_memory(gib: float) -> None:
    """Let the process take `gib` GiB of address space beyond what it has now."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        ceiling = pages * resource.getpagesize() + int(gib * GIB)
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))


def members(mark: str, group: int | None = None) -> list[int]:
    """Process ids that carry the mark in their environment, or belong to the group; never this one's."""
    found = []
    for process in psutil.process_iter():
        # Processes end while one looks, and others' environments may not be read.
        with contextlib.suppress(psutil.Error, OSError):
            marked = process.environ().get(MARK, "").startswith(mark)
            ended = process.status() == psutil.STATUS_ZOMBIE
            if not ended and process.pid != os.getpid() and (marked or os.getpgid(process.pid) == group):
                found.append(process.pid)
    return found


def kill(mark: str, group: int | None = None) -> None:
    """Kill all members; again, in case one started another meanwhile."""
    for _ in range(3):
        pids = members(mark, group)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if not pids:
            return


def children() -> set[int]:
    """Process ids of this process's children, as far as the system says."""
    found: set[int] = set()
    for file in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found.update(int(word) for word in file.read_text().split())
    return found


def alive(pid: int) -> bool:
    """Whether the process runs, and is not just waiting to be noticed."""
    try:
        return str(psutil.Process(pid).status()) != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def start_reaper(home: Path) -> subprocess.Popen[bytes]:
    """A process that waits until this one is gone, or closes its standard input, then kills what carries the mark of
    `home` and removes the folder: also after `kill -9` nothing is left.
    """
    command = [sys.executable, "-c", f"from {__name__} import reap; reap({str(home)!r})"]
    path = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, start_new_session=True, env={**os.environ, "PYTHONPATH": path}
    )


def reap(home: str) -> None:
    """Wait for the end of standard input, then clean up."""
    sys.stdin.read()
    kill(Path(home).name)
    shutil.rmtree(home, ignore_errors=True)


def watch(run_directory: Path, project: Path | None) -> Callable[[], dict[str, str]]:
    """Refuse writes outside the run's directory and connections beyond loopback, from now on, for good.

    Returns a function that gives the digests of the project's files that were read so far.
    """
    reads: dict[str, str] = {}
    own = str(run_directory.resolve()) + os.sep
    root = str(project.resolve()) + os.sep if project else None

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], (str, bytes)):
            if isinstance(arguments[2], int) and arguments[2] & _WRITING:
                _refuse_outside(arguments[0], own)
            elif root:
                _note(arguments[0], root, reads)
        for place in _CHANGES.get(event, ()):
            _refuse_outside(arguments[place], own)
        if event in _CONNECTS:
            _refuse_beyond_loopback(_CONNECTS[event](arguments))

    sys.addaudithook(hook)
    return lambda: dict(reads)


def _refuse_outside(path: Any, own: str) -> None:
    if not isinstance(path, (str, bytes, os.PathLike)):
        return  # an open descriptor: its opening was looked at
    real = os.path.realpath(os.fsdecode(path))
    if not (real + os.sep).startswith(own) and not real.startswith(_HARMLESS):
        raise PermissionError(f"a run may write to its own working directory only, not to {real}")


def _note(path: str | bytes, root: str, reads: dict[str, str]) -> None:
    real = os.path.realpath(os.fsdecode(path))
    inside = real.removeprefix(root)
    # Installed libraries are known by their versions, the tool by its own digest.
    if inside != real and not inside.startswith((".venv", ".git/", ".cache/", "src/")) and not real.endswith(".pyc"):
        # The hook is entered again by the open below; an entry that exists ends that.
        if inside in reads:
            return
        reads[inside] = ""
        try:
            reads[inside] = hashlib.sha256(Path(real).read_bytes()).hexdigest()
        except OSError:
            del reads[inside]


def _refuse_beyond_loopback(address: Any) -> None:
    if not isinstance(address, tuple) or not address:
        return  # a Unix socket
    host = os.fsdecode(address[0]) if address[0] else "localhost"
    try:
        local = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local:
        raise PermissionError(f"a run may connect to this machine only, not to {host}")
