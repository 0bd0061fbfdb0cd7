"""The live server: an edit shows within two seconds and the module's own time, an error shows at its block."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from books import TINY_BOOK, TinyBook

# What an edit may take on a machine that does other things meanwhile: speed is measured elsewhere, not tested.
PATIENCE = 60.0


@dataclass(frozen=True)
class Served:
    """A tiny book that is being served."""

    book: TinyBook
    address: str
    log: Path

    def get(self, path: str) -> str:
        """The page at the path."""
        with urllib.request.urlopen(self.address + path, timeout=PATIENCE) as answer:
            text: str = answer.read().decode()
        return text

    def wait_for(self, path: str, text: str, there: bool = True) -> str:
        """The page as soon as it contains the text (or no longer does)."""
        end = time.monotonic() + PATIENCE
        while (text in (page := self.get(path))) != there:
            assert time.monotonic() < end, f"{text!r} {'did not come' if there else 'stayed'}: {self.log.read_text()}"
            time.sleep(0.1)
        return page

    def runs(self) -> list[str]:
        """The modules that were run, in order."""
        return re.findall(r"^(?:passed|failed)\s+\S+ s\s+(\S+)", self.log.read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("served") / "tiny book"
    shutil.copytree(TINY_BOOK, root)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    log = root.parent / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "verified_docs", "serve", "--port", str(port)],
            cwd=root,
            stdout=output,
            stderr=output,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
    end = time.monotonic() + PATIENCE
    while "end with Ctrl-C" not in log.read_text():
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)
    try:
        yield Served(TinyBook(root), f"http://127.0.0.1:{port}/", log)
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 130


def test_both_languages_are_under_one_address(served: Served) -> None:
    assert 'lang="en"' in served.get("")
    assert 'lang="zh"' in served.get("zh/")
    assert "和是 6.5" in served.get("zh/basics/sums/")


def test_an_edited_module_runs_alone_and_is_shown(served: Served) -> None:
    before = len(served.runs())

    served.book.replace("snippets/basics/texts.py", '"a", "b"', '"a", "b", "c"')

    served.wait_for("basics/sums/", "a-b-c")
    served.wait_for("zh/basics/sums/", "a-b-c")
    assert set(served.runs()[before:]) == {"basics/texts.py"}
    served.book.replace("snippets/basics/texts.py", '"a", "b", "c"', '"a", "b"')
    served.wait_for("basics/sums/", "a-b-c", there=False)


def test_an_edited_page_runs_nothing(served: Served) -> None:
    before = served.runs()

    served.book.replace("docs/zh/index.md", "先看", "请先看")

    served.wait_for("zh/", "请先看")
    assert served.runs() == before


def test_an_error_shows_at_its_block_and_goes_away(served: Served) -> None:
    served.book.replace("snippets/basics/sums.py", "numbers[2] / total", "numbers[9] / total")

    page = served.wait_for("basics/sums/", "list index out of range")

    assert page.index("This cell is not good") > page.index("Three numbers, rising")
    assert page.index("list index out of range") < page.index('id="texts"')
    assert "the sum is 6.50" in page
    assert "这个单元有问题" in served.wait_for("zh/basics/sums/", "list index out of range")
    served.book.replace("snippets/basics/sums.py", "numbers[9] / total", "numbers[2] / total")
    served.wait_for("basics/sums/", "This cell is not good", there=False)
    assert "0.5384615384615384" in served.get("basics/sums/")


def test_a_module_that_is_not_python_and_a_misspelt_reference_show_in_the_page(served: Served) -> None:
    served.book.replace("snippets/basics/texts.py", 'words = ["a"', 'words = ["a"(')
    served.book.replace("docs/en/basics/sums.md", 'cell="basics/sums.py:mean"', 'cel="basics/sums.py:mean"')

    page = served.wait_for("basics/sums/", "unknown option 'cel'")
    served.wait_for("basics/sums/", "snippets/basics/texts.py:5: not Python")

    assert "did you mean" in page
    served.book.replace("docs/en/basics/sums.md", 'cel="basics/sums.py:mean"', 'cell="basics/sums.py:mean"')
    served.book.replace("snippets/basics/texts.py", 'words = ["a"(', 'words = ["a"')
    served.wait_for("basics/sums/", "not Python", there=False)
    served.wait_for("basics/sums/", "unknown option", there=False)
    assert "a-b" in served.get("basics/sums/")


def test_what_readers_take_follows_an_edit_that_changes_no_output(served: Served) -> None:
    assert json.loads(served.get("verification.json"))["cells"]

    served.book.replace("snippets/basics/texts.py", 'append("<', 'append("" + "<')

    # In the page it stands with its quotes escaped.
    served.wait_for("basics/sums/", 'append(\\"\\" + \\"')
    for path in ("basics/texts.py", "zh/basics/texts.py"):
        assert 'append("" + "<' in served.get(path)
    served.book.replace("snippets/basics/texts.py", 'append("" + "<', 'append("<')
    served.wait_for("basics/sums/", 'append(\\"\\" + \\"', there=False)
