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
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

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


def members(group: int, run: str) -> list[int]:
    """Process ids of the group, and of those that left it but carry the run's mark in their environment."""
    import psutil

    found = []
    for process in psutil.process_iter():
        # Processes end while one looks, and others' environments may not be read.
        with contextlib.suppress(psutil.Error, OSError):
            in_group = os.getpgid(process.pid) == group
            if process.status() != psutil.STATUS_ZOMBIE and (in_group or process.environ().get(MARK) == run):
                found.append(process.pid)
    return found


def kill(group: int, run: str) -> None:
    """Kill the group and whatever the run left elsewhere."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    for pid in members(group, run):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


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
