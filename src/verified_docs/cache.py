"""Runs that were kept: found by everything that could change their outputs, checked when they are read."""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from . import figures, guard, logs, runs, worker
from .runs import CellRun, Figure, Outcome, Output, Task

# The part of the tool that the outputs of a run depend on.
TOOL = (runs, worker, logs, figures, guard)
# Variables that change how the libraries compute.
SENSITIVE = ("TF_", "KERAS_", "ONEDNN_", "OMP_", "XLA_", "CUDA_", "MPL")
FORMAT = 1


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


def write_atomically(path: Path, text: str) -> None:
    """Write the file so that others see all of it or what was there before."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def key_of(task: Task) -> str:
    """The digest of all that is known beforehand to change what the task gives.

    Lines do not count, only the text of the cells: code that moved gives what it gave.
    """
    lines = task.program.splitlines()
    cells = [(cell.name, "\n".join(lines[cell.start - 1 : cell.end]), cell.raises, cell.keep) for cell in task.cells]
    local, imported = _imports(task.program, Path(task.project) if task.project else None)
    content = {
        "format": FORMAT,
        "module": task.module,
        "language": task.language,
        "cells": cells,
        "limits": asdict(task.limits),
        "environment": task.environment,
        "variables": sorted((k, v) for k, v in os.environ.items() if k.startswith(SENSITIVE)),
        "files": local,
        "versions": _other_environment(task) if task.interpreter else _versions(frozenset(imported)),
        "python": [platform.python_implementation(), platform.python_version(), platform.machine(), sys.platform],
        "tool": _tool(),
    }
    return _digest(content)


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@functools.cache
def _tool() -> str:
    return _digest([Path(module.__file__ or "").read_text(encoding="utf-8") for module in TOOL])


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
        file = _local_file(name, snippets)
        if file is None or snippets is None:
            others.add(name.partition(".")[0])
        elif (shown := file.relative_to(snippets).as_posix()) not in files:
            text = file.read_text(encoding="utf-8")
            files[shown] = hashlib.sha256(text.encode()).hexdigest()
            pending += _imported(text)
    return files, others


def _local_file(name: str, snippets: Path | None) -> Path | None:
    """The file of snippets/ that an import of this name loads, if it loads one."""
    if snippets is None:
        return None
    base = snippets.joinpath(*name.split("."))
    for file in (base.with_suffix(".py"), base / "__init__.py", base.parent.with_suffix(".py")):
        if file.is_file() and file != snippets.with_suffix(".py"):
            return file
    return None


def _imported(text: str) -> Iterator[str]:
    """Dotted names that the text imports, wherever in it."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@functools.cache
def _versions(names: frozenset[str]) -> list[tuple[str, str]]:
    """Distributions that provide the imported names, with all that they require, and their installed versions."""
    providers = _providers()
    pending = {distribution for name in names for distribution in providers.get(name, ())}
    found: dict[str, str] = {}
    while pending:
        name = pending.pop()
        if name not in found and (known := _installed().get(name)):
            found[name] = known[0]
            pending.update(known[1])
    return sorted(found.items())


@functools.cache
def _providers() -> dict[str, list[str]]:
    names = importlib.metadata.packages_distributions()
    return {name: [canonicalize_name(one) for one in providers] for name, providers in names.items()}


@functools.cache
def _installed() -> dict[str, tuple[str, frozenset[str]]]:
    """Version of each installed distribution, and the names of those it requires here."""
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for distribution in importlib.metadata.distributions():
        required: set[str] = set()
        for line in distribution.requires or ():
            try:
                requirement = Requirement(line)
            except InvalidRequirement:
                continue
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                required.add(canonicalize_name(requirement.name))
        found[canonicalize_name(distribution.metadata["Name"])] = (distribution.version, frozenset(required))
    return found


def _other_environment(task: Task) -> str:
    """Everything installed for the task's own interpreter."""
    script = (
        "import sys, importlib.metadata as m;"
        "print(sys.version, sorted((d.metadata['Name'], d.version) for d in m.distributions()))"
    )
    python = Path(task.project or ".") / (task.interpreter or "")
    return subprocess.run([python, "-c", script], check=True, capture_output=True, text=True).stdout
