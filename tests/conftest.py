"""A tiny bilingual book, copied for each test that changes or builds it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from books import TINY_BOOK, TinyBook
from chance import SEED, VARIABLE


@pytest.fixture
def tiny_book(tmp_path: Path) -> TinyBook:
    """A fresh copy of the tiny book, in a folder whose name has a space."""
    root = tmp_path / "tiny book"
    shutil.copytree(TINY_BOOK, root)
    return TinyBook(root)


@pytest.fixture(scope="session")
def built_book(tmp_path_factory: pytest.TempPathFactory) -> TinyBook:
    """A tiny book that was built once; tests only look at it."""
    root = tmp_path_factory.mktemp("built") / "tiny book"
    shutil.copytree(TINY_BOOK, root)
    book = TinyBook(root)
    done = book.run("build")
    assert done.returncode == 0, done.stderr
    return book


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once for each thing that is missing how to get it, however many tests it keeps from running.

    And say what was left to chance.
    """
    reasons = [report.longrepr[2] for report in terminalreporter.getreports("skipped")]
    for reason in dict.fromkeys(reasons):
        terminalreporter.write_line(f"{reasons.count(reason)} tests {reason.removeprefix('Skipped: ')}")
    # The same choices are made again with this.
    terminalreporter.write_line(f"chosen by {VARIABLE}={SEED}")
