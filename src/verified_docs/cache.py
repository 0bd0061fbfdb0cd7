"""Runs that were kept: found by everything that could change their outputs, checked when they are read."""

from __future__ import annotations

import ast
import email
import functools
import hashlib
import importlib.metadata
import importlib.util
import inspect
import json
import os
import platform
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from . import figures, worker
from .errors import DocsError
from .files import write_atomically
from .runs import CellRun, Figure, Outcome, Output, Task

# The part of the tool that the outputs of a run depend on, and the libraries that it uses for them.
TOOL = ("errors", "execute", "figures", "guard", "logs", "runs", "worker")
TOOLS_LIBRARIES = frozenset({"IPython", "matplotlib"})
# Variables that change how the libraries compute and print.
SENSITIVE = ("TF_", "KERAS_", "ONEDNN_", "OMP_", "MKL_", "OPENBLAS_", "XLA_", "CUDA_", "MPL", "TZ")
FORMAT = 1
NAME = re.compile("^Name:(.+)$", re.MULTILINE)


class Cache:
    """A folder of runs, one file each. Several processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, task: Task, key: str) -> Outcome | None:
        """The kept run, or None if there is none, it is damaged, or a file that it read has changed."""
        try:
            entry = json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8"))
            if entry["digest"] != _digest(entry["outcome"]):
                return None
            outcome = _outcome(entry["outcome"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return outcome if _unchanged(outcome.reads, Path(task.project or ".")) else None

    def store(self, key: str, outcome: Outcome) -> None:
        """Keep a good run; a failed one is not kept. Written under another name first, so never half there."""
        if outcome.failure:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        content = asdict(outcome)
        write_atomically(self.folder / f"{key}.json", json.dumps({"digest": _digest(content), "outcome": content}))


def key_of(task: Task) -> str:
    """The digest of all that is known beforehand to change what the task gives.

    Lines do not count, only the text of the cells: code that moved gives what it gave.
    """
    content, imported = _what_runs(task)
    content |= {
        "format": FORMAT,
        "module": task.module,
        "language": task.language,
        "answer": task.answer,
        "limits": asdict(task.limits),
        "variables": sorted((k, v) for k, v in os.environ.items() if k.startswith(SENSITIVE)),
        "versions": _other_environment(task) if task.interpreter else _versions(TOOLS_LIBRARIES | imported),
        "python": [platform.python_implementation(), platform.python_version(), platform.machine(), sys.platform],
        "tool": _tool(),
    }
    return _digest(content)


def digest_of(task: Task) -> str:
    """The digest of what the task runs, whatever it runs with: its cells and the files of the project it imports."""
    return _digest(_what_runs(task)[0])[:16]


def _what_runs(task: Task) -> tuple[dict[str, Any], set[str]]:
    """What is run, and the names of the libraries that it imports."""
    lines = task.program.split("\n")
    cells = [
        (cell.name, "\n".join(lines[cell.start - 1 : cell.end]), cell.raises, cell.keep, cell.tests)
        for cell in task.cells
    ]
    local, imported = _imports(task.program, Path(task.project) if task.project else None)
    return {"cells": cells, "environment": task.environment, "files": local}, imported


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@functools.cache
def _tool() -> str:
    files = [*(Path(__file__).with_name(f"{name}.py") for name in TOOL), figures.FONT]
    return _digest([hashlib.sha256(file.read_bytes()).hexdigest() for file in files])


def _unchanged(reads: dict[str, str], project: Path) -> bool:
    try:
        return all(
            hashlib.sha256((project / name).read_bytes()).hexdigest() == digest for name, digest in reads.items()
        )
    except OSError:
        return False


def _outcome(content: dict[str, Any]) -> Outcome:
    """Build the outcome from its JSON; KeyError or TypeError where the JSON is not one."""
    cells = tuple(
        CellRun(**{**cell, "outputs": tuple(_output(output) for output in cell["outputs"])})
        for cell in content["cells"]
    )
    return Outcome(**{**content, "cells": cells})


def _output(content: dict[str, Any]) -> Output:
    figure = Figure(**content["figure"]) if content["figure"] else None
    return Output(content["kind"], content["text"], figure)


def _imports(program: str, project: Path | None) -> tuple[dict[str, str], set[str]]:
    """Digests of the project's files that the program imports, directly or not, and the other names it imports.

    The prelude belongs to every program.
    """
    files: dict[str, str] = {}
    others: set[str] = set()
    snippets = project / "snippets" if project else None
    pending = [*_imported(program), worker.PRELUDE]
    while pending:
        name = pending.pop()
        found = _local_files(name, snippets) if snippets else {}
        if not found:
            others.add(name.partition(".")[0])
        for shown, file in found.items():
            if shown not in files:
                content = file.read_bytes()
                files[shown] = hashlib.sha256(content).hexdigest()
                pending += _imported(content, shown)
    return files, others


def _local_files(name: str, snippets: Path) -> dict[str, Path]:
    """The files of snippets/ that an import of this name loads: its packages, and the module itself."""
    found = {}
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        base = "/".join(parts[:end])
        for shown in (f"{base}.py", f"{base}/__init__.py"):
            if (file := snippets / shown).is_file():
                found[shown] = file
    return found


# Kept by content: while an author edits one file, all others are as they were.
@functools.lru_cache(maxsize=4096)
def _imported(text: str | bytes, path: str = "") -> tuple[str, ...]:
    """Dotted names that the text imports, wherever in it; `path` tells what its relative imports mean.

    A text that is not Python imports nothing: what goes wrong with it is seen when it is run.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return ()
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = path.split("/")[: -node.level] if node.level else []
            module = ".".join([*package, *([node.module] if node.module else [])])
            found += (f"{module}.{alias.name}" for alias in node.names)
    return tuple(found)


@functools.cache
def _versions(names: frozenset[str]) -> list[tuple[str, str]]:
    """Distributions that provide the imported names, with all that they require, and their installed versions."""
    providers = _providers()
    pending = {distribution for name in names for distribution in providers.get(name, ())}
    found: dict[str, str] = {}
    while pending:
        name = pending.pop()
        if name not in found and (known := _installed(name)):
            found[name] = known[0]
            pending.update(known[1])
    return sorted(found.items())


@functools.cache
def _providers() -> dict[str, list[str]]:
    """The distributions that provide each name that can be imported.

    importlib.metadata has this as well, but takes ten times as long: it makes an object for each installed file.
    """
    found: dict[str, list[str]] = {}
    for distribution in importlib.metadata.distributions():
        if name := NAME.search(_headers(distribution)):
            for top in _top_levels(distribution):
                found.setdefault(top, []).append(canonicalize_name(name[1].strip()))
    return found


def _top_levels(distribution: importlib.metadata.Distribution) -> set[str]:
    """The names that the distribution says it provides, or the folders and modules among its files."""
    if declared := distribution.read_text("top_level.txt"):
        return set(declared.split())
    lines = (distribution.read_text("RECORD") or "").splitlines()
    files = (line.partition(",")[0] for line in lines)
    return {top if slash else inspect.getmodulename(top) or top for top, slash, _ in (f.partition("/") for f in files)}


def _headers(distribution: importlib.metadata.Distribution) -> str:
    """Its metadata without the description, which is most of the text."""
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    return text.partition("\n\n")[0]


@functools.cache
def _installed(name: str) -> tuple[str, frozenset[str]] | None:
    """Version of an installed distribution, and the names of those it requires here. The first on the path counts:
    that is the one that is imported.
    """
    try:
        headers = email.message_from_string(_headers(importlib.metadata.distribution(name)))
    except importlib.metadata.PackageNotFoundError:
        return None
    if "Version" not in headers:
        return None
    required: set[str] = set()
    for line in headers.get_all("Requires-Dist", ()):
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            required.add(canonicalize_name(requirement.name))
    return headers["Version"], frozenset(required)


def _other_environment(task: Task) -> str:
    """Everything installed for the task's own interpreter."""
    script = (
        "import sys, importlib.metadata as m;"
        "print(sys.version, sorted((d.metadata['Name'], d.version) for d in m.distributions()))"
    )
    python = Path(task.project or ".") / (task.interpreter or "")
    try:
        return subprocess.run([python, "-c", script], check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        raise DocsError(
            f"snippets/{task.module}", 1, f"its interpreter '{task.interpreter}' does not run", "install it there"
        ) from None
