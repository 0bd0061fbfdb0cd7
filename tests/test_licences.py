"""The table of licences: true, and nothing gets into it that nobody has looked at."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parents[1] / "requirements"


@dataclass(frozen=True)
class Pinned:
    """A folder of pins with one distribution, which says what the test wants."""

    root: Path

    def says(self, *lines: str) -> None:
        """Install the distribution with these lines in its metadata."""
        info = self.root / "installed/newcomer-1.0.dist-info"
        info.mkdir(parents=True, exist_ok=True)
        head = ["Metadata-Version: 2.4", "Name: newcomer", "Version: 1.0", *lines]
        (info / "METADATA").write_text("\n".join(head) + "\n")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the script on these pins."""
        return subprocess.run(
            [sys.executable, self.root / "licences.py", *arguments],
            env=os.environ | {"PYTHONPATH": str(self.root / "installed")},
            capture_output=True,
            text=True,
        )

    @property
    def rows(self) -> list[str]:
        """The rows of the table that was written."""
        return (self.root / "licences.md").read_text().split("|---|---|---|\n")[1].splitlines()


@pytest.fixture
def pinned(tmp_path: Path) -> Pinned:
    shutil.copy(REQUIREMENTS / "licences.py", tmp_path)
    (tmp_path / "site.txt").write_text("newcomer==1.0 \\\n    --hash=sha256:0\n    # via nothing\n")
    (tmp_path / "package-lock.json").write_text(
        '{"packages": {"": {"name": "us"}, "node_modules/a/node_modules/@b/c": {"license": "ISC"}}}'
    )
    return Pinned(tmp_path)


@pytest.mark.parametrize(
    ("lines", "licence"),
    [
        (["License-Expression: MIT AND (BSD-3-Clause OR Apache-2.0)"], "MIT AND (BSD-3-Clause OR Apache-2.0)"),
        (["License: Apache 2.0"], "Apache-2.0"),
        (["License: BSD 3-Clause License", "  ", "  Copyright of somebody"], "BSD-3-Clause"),
        (["License: Copyright of somebody", "Classifier: License :: OSI Approved :: MIT License"], "MIT"),
        (["Classifier: License :: OSI Approved :: BSD License"], "BSD"),
    ],
)
def test_a_licence_is_written_in_one_way(pinned: Pinned, lines: list[str], licence: str) -> None:
    pinned.says(*lines)

    done = pinned.run()

    assert (done.returncode, done.stderr) == (0, "")
    assert pinned.rows == ["| @b/c | npm | ISC |", f"| newcomer | PyPI | {licence} |"]
    assert pinned.run("--check").returncode == 0


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "newcomer (PyPI) says no licence, or is not installed"),
        (["License: Proprietary"], "newcomer (PyPI) is under 'Proprietary'"),
        (["License-Expression: MIT AND LicenseRef-Ours"], "newcomer (PyPI) is under 'MIT AND LicenseRef-Ours'"),
        (["Classifier: License :: Other/Proprietary License"], "newcomer (PyPI) is under 'Other/Proprietary'"),
    ],
)
def test_what_nobody_has_looked_at_is_one_message_and_no_table(pinned: Pinned, lines: list[str], message: str) -> None:
    pinned.says(*lines)

    done = pinned.run()

    assert done.returncode == 1
    assert done.stderr.startswith(f"licences.md: {message}\n  ")
    assert len(done.stderr.splitlines()) == 2
    assert not (pinned.root / "licences.md").exists()


def test_a_table_that_is_behind_is_named_and_left_alone(pinned: Pinned) -> None:
    pinned.says("License: MIT")
    pinned.run()
    pinned.says("License: ISC")
    before = pinned.rows

    done = pinned.run("--check")

    assert done.returncode == 1
    assert done.stderr == "licences.md: is not what the packages say of newcomer\n  run `make licences`\n"
    assert pinned.rows == before


def test_what_belongs_to_another_machine_keeps_its_row(pinned: Pinned) -> None:
    pinned.says("License: MIT")
    pinned.run()
    shutil.rmtree(pinned.root / "installed")

    assert pinned.run("--check").returncode == 0


def test_the_table_of_this_project_is_current() -> None:
    done = subprocess.run([sys.executable, REQUIREMENTS / "licences.py", "--check"], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
