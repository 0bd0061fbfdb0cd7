"""Runs the modules with other versions of the libraries, in environments that uv makes."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

from .. import versions
from ..build import Runs, original_task, read_text
from ..cache import digest_of, key_of
from ..errors import DocsError
from ..project import ORIGINAL, Project
from ..versions import Environment, Report, Trials
from .progress import Progress

PAIRS = "requirements/matrix.in"
"""The pairs of TensorFlow and Keras that are tried."""
NEEDED = ("requirements/site.in", "requirements/runtimes.in")
# What these files say of the versions of what is taught does not hold here.
TAUGHT = ("tensorflow", "keras", "numpy", "tf-keras")
SECONDS = 7200
"""How long uv, or a trial, may take."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An environment to make: its name, what is asked for, and what takes the place of what packages ask for."""

    name: str
    asked: tuple[str, ...]
    overrides: tuple[str, ...] = ()
    newest: bool = False
    """Whether whatever is newest is asked for, also where it is no release yet."""


NEXT = (
    Wanted("newest", ("tensorflow", "keras", "numpy", "tf-keras"), newest=True),
    Wanted(
        "nightly",
        ("tf-nightly", "keras-nightly", "tf-keras-nightly"),
        # The nightly builds bring the same packages under other names.
        tuple(f"{name}; sys_platform == 'nowhere'" for name in ("tensorflow", "keras", "tf-keras")),
        newest=True,
    ),
)


def pairs(project: Project) -> list[Wanted]:
    """The environments of the matrix; raises DocsError where a line is not two versions."""
    found = []
    for number, line in enumerate((project.root / PAIRS).read_text(encoding="utf-8").split("\n"), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) != 2:
            raise DocsError(
                PAIRS, number, f"'{line}' is not two versions", "write TensorFlow's and Keras's: 2.16.2 3.0.0"
            )
        tensorflow, keras = words
        found.append(Wanted(f"{tensorflow}-{keras}", (f"tensorflow=={tensorflow}", f"keras=={keras}")))
    return found


def tried(project: Project, wanted: Wanted) -> Report:
    """Make the environment, run every module in it, and say what became of them; raises DocsError."""
    place = project.root / ".cache" / "matrix"
    place.mkdir(parents=True, exist_ok=True)
    path = os.pathsep.join([str(project.root / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    # Each takes 2 GB and is made from what uv keeps in a minute: none is left.
    with tempfile.TemporaryDirectory(dir=place, prefix=f"{wanted.name}-") as folder:
        python = _made(project, wanted, Path(folder))
        answer = Path(folder) / "trial.json"
        done = subprocess.run(
            [python, "-m", "verified_docs", "trial", str(answer)],
            cwd=project.root,
            env=os.environ | {"PYTHONPATH": path},
            timeout=SECONDS,
        )
        if done.returncode:
            raise DocsError(wanted.name, 0, f"the trial ended with {done.returncode}", "what it said stands above")
        return versions.read_file(answer, answer.name)


def _made(project: Project, wanted: Wanted, folder: Path) -> Path:
    """The Python of the environment, which is made in the folder."""
    print(f"making the environment {wanted.name}", file=sys.stderr, flush=True)
    python, overrides = folder / "env" / "bin" / "python", folder / "overrides.txt"
    overrides.write_text("\n".join(wanted.overrides), encoding="utf-8")
    _uv("venv", "--python", sys.executable, str(folder / "env"))
    options = ["--compile-bytecode", "--python", str(python), "--override", str(overrides)]
    prerelease = ["--prerelease", "allow", "--refresh"] if wanted.newest else []
    _uv("pip", "install", *options, *prerelease, *wanted.asked, *_needed(project, wanted.asked))
    return python


def _needed(project: Project, asked: Sequence[str]) -> Iterator[str]:
    """What the tool and the modules need besides, as the project's own environment has it asked for."""
    known = {Requirement(one).name for one in asked}
    for path in NEEDED:
        for line in (project.root / path).read_text(encoding="utf-8").split("\n"):
            if text := line.partition("#")[0].strip():
                name = Requirement(text).name
                if name not in known:
                    yield name if name in TAUGHT else text


def _uv(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "uv", "--quiet", *arguments], timeout=SECONDS)
    if done.returncode:
        raise DocsError(f"uv {arguments[0]}", 0, f"ended with {done.returncode}", "what it said stands above")


# Inside such an environment


def trial(project: Project, answer: Path) -> None:
    """Run every module here, in the language it is written in, and write what became of them."""
    text = read_text(project)
    tasks = {(path, ORIGINAL, ""): original_task(project, module) for path, module in text.modules.items()}
    with Progress() as progress, Runs(project, listen=progress.listen) as runs:
        outcomes = runs.outcomes(tasks, {run: key_of(task) for run, task in tasks.items()})
    environment = here()
    modules = {}
    for (path, *_), outcome in outcomes.items():
        one = versions.judge(text.modules[path], outcome, project.snippets)
        modules[path] = Trials(digest_of(tasks[path, ORIGINAL, ""]), {environment.id: one})
    versions.write_file(answer, Report((environment,), modules))


def here() -> Environment:
    """The versions that this Python imports."""
    return Environment(
        _version("tensorflow", "tf-nightly"),
        _version("keras", "keras-nightly"),
        _version("numpy"),
        platform.python_version(),
    )


def _version(*names: str) -> str:
    for name in names:
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    raise DocsError(names[0], 0, "is not installed here", "call this through `make matrix`")
