"""Shards: several machines share the modules, and none is forgotten or run twice."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from books import TinyBook
from verified_docs.project import Project
from verified_docs.shells.pytest_plugin import shard

PATHS = [file.as_posix() for file in Project(Path(__file__).parents[1]).module_files]


@pytest.mark.parametrize("count", [1, 2, 4, 7, len(PATHS)])
def test_every_module_of_the_book_is_in_exactly_one_shard(count: int) -> None:
    shards = [shard(reversed(PATHS), f"{number}/{count}") for number in range(1, count + 1)]

    assert Counter(path for one in shards for path in one) == dict.fromkeys(PATHS, 1)
    assert max(map(len, shards)) - min(map(len, shards)) <= 1


def collected(book: TinyBook, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What pytest finds in the book's modules."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", ".", "-c", "/dev/null"]
    return subprocess.run(
        [*command, "--collect-only", "-q", *arguments, "snippets"], cwd=book.root, capture_output=True, text=True
    )


def test_the_shards_of_a_book_have_all_its_cells_and_split_no_module(tiny_book: TinyBook) -> None:
    every, first, second = (
        re.findall(r"^snippets/\S+", collected(tiny_book, *arguments).stdout, re.MULTILINE)
        for arguments in ([], ["--shard", "1/2"], ["--shard", "2/2"])
    )

    assert len(every) == 16
    assert first + second == every
    assert {line.partition("::")[0] for line in first} == {"snippets/basics/sums.py"}


@pytest.mark.parametrize("wrong", ["0/2", "3/2", "1/3", "2", "a/b", "1/2/3", "-1/2", ""])
def test_a_shard_that_is_none_is_an_error(wrong: str) -> None:
    with pytest.raises(pytest.UsageError, match=re.escape(f"--shard {wrong}: write it as 1/2; there are 2 modules")):
        shard(["a.py", "b.py"], wrong)


def test_a_wrong_shard_is_one_message(tiny_book: TinyBook) -> None:
    done = collected(tiny_book, "--shard", "3/2")

    assert (done.returncode, done.stderr) == (4, "ERROR: --shard 3/2: write it as 1/2; there are 2 modules\n\n")
