"""What workflows do with their rights, tried on a repository of our own: notebooks, proposals, reports."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / ".ci"
# Notes what it is asked, and what it is given to read; says that there is what the test put there.
GH = """#!/usr/bin/env python3
import json, pathlib, sys
here = pathlib.Path(__file__).parent
asked = sys.argv[1:]
if asked[1] == "list":
    sys.stdout.write((here / "listed").read_text())
else:
    said = [*asked, sys.stdin.read()] if "-" in asked else asked
    with (here / "asked").open("a") as file:
        print(json.dumps(said), file=file)
"""


@dataclass(frozen=True)
class Checkout:
    """A clone of a repository, and a `gh` that only takes notes."""

    root: Path

    def git(self, *arguments: str) -> str:
        """Run git and give what it said."""
        options = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
        done = subprocess.run(["git", *options, *arguments], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout

    def script(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the scripts."""
        path = os.pathsep.join([str(self.root.parent / "bin"), os.environ["PATH"]])
        return subprocess.run(
            ["bash", f".ci/{name}", *arguments],
            cwd=self.root,
            env=os.environ | {"PATH": path},
            capture_output=True,
            text=True,
        )

    def write(self, path: str, text: str) -> None:
        """Write a file of the checkout."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def listed(self, text: str) -> None:
        """What the host lists from now on."""
        (self.root.parent / "bin/listed").write_text(text)

    @property
    def asked(self) -> list[list[str]]:
        """What the host was asked to do."""
        file = self.root.parent / "bin/asked"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    bin = tmp_path / "bin"
    bin.mkdir()
    (bin / "gh").write_text(GH)
    (bin / "gh").chmod(0o755)
    subprocess.run(["git", "init", "-q", "--bare", "origin.git"], cwd=tmp_path, check=True)
    subprocess.run(["git", "clone", "-q", "origin.git", "a clone"], cwd=tmp_path, check=True, capture_output=True)
    made = Checkout(tmp_path / "a clone")
    shutil.copytree(SCRIPTS, made.root / ".ci")
    made.listed("")
    made.write(".gitignore", "site/\n.cache/\n")
    for file in ("docs/results.md", "requirements/test.in", "snippets/a.py", "benchmarks/requirements/peers.in"):
        made.write(file, "old\n")
    made.git("add", ".")
    made.git("commit", "-qm", "first")
    made.git("push", "-q", "origin", "HEAD")
    return made


def built(checkout: Checkout, text: str = "{}") -> None:
    """Put the notebooks of a built site there."""
    checkout.write("site/notebooks/roc.ipynb", text)
    checkout.write("site/zh/notebooks/roc.ipynb", '{"zh": 1}')


def test_notebooks_are_a_branch_by_language_and_chapter(checkout: Checkout) -> None:
    built(checkout)
    (checkout.root / "untracked").write_text("stays")
    before = checkout.git("status", "--porcelain")

    done = checkout.script("notebooks", "origin")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 and 1 notebooks are on the branch notebooks, ")
    assert checkout.git("ls-tree", "-r", "--name-only", "origin/notebooks").split() == ["en/roc.ipynb", "zh/roc.ipynb"]
    assert checkout.git("show", "origin/notebooks:zh/roc.ipynb") == '{"zh": 1}'
    assert checkout.git("status", "--porcelain") == before


def test_the_same_notebooks_are_no_new_commit_and_others_follow(checkout: Checkout) -> None:
    built(checkout)
    checkout.script("notebooks", "origin")
    first = checkout.git("rev-parse", "origin/notebooks")
    # Another machine has no such branch of its own.
    checkout.git("branch", "-qD", "notebooks")
    checkout.script("notebooks", "origin")
    assert checkout.git("rev-parse", "origin/notebooks") == first

    built(checkout, '{"new": 1}')
    checkout.git("branch", "-qD", "notebooks")
    checkout.script("notebooks", "origin")

    assert checkout.git("rev-parse", "origin/notebooks^") == first


def test_without_notebooks_there_is_one_message_and_no_branch(checkout: Checkout) -> None:
    done = checkout.script("notebooks", "origin")

    assert done.returncode == 1
    assert done.stderr == "site/notebooks, site/zh/notebooks: no notebooks\n  run `make site` first\n"
    assert checkout.git("branch", "--all", "--list", "*notebooks") == ""


def test_what_changed_becomes_a_draft_and_nothing_else_gets_into_it(checkout: Checkout) -> None:
    checkout.write("docs/results.md", "new\n")
    checkout.write("docs/more.md", "more\n")
    checkout.write("benchmarks/requirements/peers.txt", "pins\n")
    checkout.write("benchmarks/other.py", "other\n")
    checkout.write("src/evil.py", "evil\n")
    assert checkout.script("propose", "--patch").returncode == 0
    patch = checkout.root / ".cache/proposal.patch"
    assert "evil" not in patch.read_text()
    assert checkout.git("diff", "--cached", "--name-only") == ""
    # Whoever makes the patch could write anything into it.
    checkout.git("add", "--intent-to-add", "src")
    patch.write_text(patch.read_text() + checkout.git("diff", "src"))
    assert "evil" in patch.read_text()
    checkout.git("reset", "-q", "--hard")

    done = checkout.script("propose", "auto/results", "New results")

    assert done.returncode == 0, done.stderr
    assert checkout.git("diff", "--stat=80", "HEAD", "origin/auto/results", "--name-only").split() == [
        "benchmarks/requirements/peers.txt",
        "docs/more.md",
        "docs/results.md",
    ]
    (opened,) = checkout.asked
    assert opened[:6] == ["pr", "create", "--draft", "--head", "auto/results", "--title"]


def test_an_open_proposal_is_brought_up_to_date(checkout: Checkout) -> None:
    checkout.listed("12\n")
    for text in ("new\n", "newer\n"):
        checkout.write("docs/results.md", text)
        checkout.script("propose", "--patch")
        checkout.git("checkout", "-q", ".")
        assert checkout.script("propose", "auto/results", "New results").returncode == 0

    assert checkout.git("show", "origin/auto/results:docs/results.md") == "newer\n"
    assert checkout.asked == []


def test_nothing_is_proposed_where_nothing_changed(checkout: Checkout) -> None:
    checkout.script("propose", "--patch")

    done = checkout.script("propose", "auto/results", "New results")

    assert (done.returncode, done.stdout) == (0, "nothing has changed: nothing to propose\n")
    assert checkout.asked == []


def test_a_report_is_opened_once_and_then_kept_up_to_date(checkout: Checkout) -> None:
    checkout.write(".cache/next.md", "everything breaks 全部\n")
    checkout.listed('[{"number": 3, "title": "Something else"}]')
    assert checkout.script("report", "What breaks", ".cache/next.md").returncode == 0
    checkout.listed('[{"number": 4, "title": "What breaks"}, {"number": 3, "title": "What breaks not"}]')
    assert checkout.script("report", "What breaks", ".cache/next.md").returncode == 0

    assert checkout.asked == [
        ["issue", "create", "--title", "What breaks", "--body-file", "-", "everything breaks 全部\n"],
        ["issue", "edit", "4", "--body-file", "-", "everything breaks 全部\n"],
    ]


def test_a_long_report_is_cut_to_what_the_host_takes(checkout: Checkout) -> None:
    checkout.write(".cache/next.md", "坏" * 70_000)
    checkout.listed("[]")

    assert checkout.script("report", "What breaks", ".cache/next.md").returncode == 0

    assert checkout.asked[0][-1] == "坏" * 60_000 + "\n"


def test_without_a_report_there_is_one_message(checkout: Checkout) -> None:
    done = checkout.script("report", "What breaks", ".cache/next.md")

    assert done.returncode == 1
    assert done.stderr == ".cache/next.md: there is no report\n  the command that writes it has to run first\n"
