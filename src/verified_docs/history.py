"""The book as it was: a commit in a worktree of its own, staged by the tool of its time."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import DocsError
from .project import Project


def branching_point(root: Path, base: str) -> str:
    """The commit at which the checkout left `base`; raises DocsError where there is no such commit."""
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    if not commit:
        hint = "name a branch, a tag or a commit, such as origin/main; `git fetch` gets those of others"
        raise DocsError(f"'{base}'", 0, "is no commit of this repository", hint)
    return _git(root, "merge-base", commit, "HEAD") or commit


def _git(root: Path, *arguments: str) -> str:
    """What git says; empty where it fails or is missing."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


@contextmanager
def checked_out(project: Project, commit: str) -> Iterator[Project]:
    """The project at that commit, in a folder that is gone afterwards. It shares the kept runs."""
    with tempfile.TemporaryDirectory(prefix="verified-docs-then-") as folder:
        then = Project(Path(folder).resolve() / "checkout")
        _git(project.root, "worktree", "prune")
        _git(project.root, "worktree", "add", "--quiet", "--detach", str(then.root), commit)
        try:
            # The checkout may be a folder of the repository, not its root.
            inside = _git(project.root, "rev-parse", "--show-prefix")
            then = Project(then.root / inside)
            then.cache.mkdir(parents=True, exist_ok=True)
            runs = project.cache / "runs"
            runs.mkdir(parents=True, exist_ok=True)
            (then.cache / "runs").symlink_to(runs)
            yield then
        finally:
            _git(project.root, "worktree", "remove", "--force", str(Path(folder).resolve() / "checkout"))


def staged(then: Project, folder: Path) -> str:
    """Stage the pages of a checkout with its own tool, or with this one if it brings none. Returns what went wrong."""
    path = os.pathsep.join([str(then.root / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-m", "verified_docs", "stage", str(folder)],
        cwd=then.root,
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = [line for line in done.stderr.splitlines() if not line.startswith("passed ")]
    return "" if done.returncode == 0 else "\n".join(said) or f"the tool ended with {done.returncode}"
