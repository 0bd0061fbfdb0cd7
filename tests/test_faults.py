"""Each fault ends the build with one message and exit code 1, and leaves the last good site in place."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

import pytest
from conftest import TinyBook

MODULE = "snippets/basics/sums.py"
PAGE = "docs/en/basics/sums.md"
CHINESE = "docs/zh/basics/sums.md"


@dataclass(frozen=True)
class Fault:
    """A change to one file, and what is said of it: the place, the fact, the next step."""

    name: str
    path: str
    old: str
    new: str
    place: str
    fact: str
    step: str


FAULTS = [
    Fault("an exception in a cell", MODULE, "total = sum(numbers)", "total = sum(numbesr)",
          f"{MODULE}:5", "cell 'numbers' raised NameError: name 'numbesr' is not defined", "mend the cell"),
    Fault("a value that differs from the record", MODULE, "the sum", "a sum",
          f"{MODULE}:3", "cell 'numbers' gives 'a sum is 6.50', the record says 'the sum is 6.50' (en, zh)",
          "verified-docs accept basics/sums.py"),
    Fault("a cell that does not raise", MODULE, "total / 0", "total / 1",
          f"{MODULE}:12", "cell 'divide' was to raise ZeroDivisionError and did not", "mend the cell"),
    Fault("a cell that raises something else", MODULE, "total / 0", "int('x')",
          f"{MODULE}:12", "cell 'divide' raised ValueError", "it was to raise ZeroDivisionError"),
    Fault("a module that does not exist", PAGE, "basics/sums.py:mean", "basics/sum.py:mean",
          f"{PAGE}:16", "no module 'snippets/basics/sum.py'", "did you mean 'basics/sums.py'?"),
    Fault("a cell that does not exist", PAGE, "basics/sums.py:mean", "basics/sums.py:maen",
          f"{PAGE}:16", "no cell 'maen' in snippets/basics/sums.py", "did you mean 'mean'?"),
    Fault("a misspelt reference", PAGE, 'cell="basics/sums.py:mean"', 'cel="basics/sums.py:mean"',
          f"{PAGE}:16", "a block has an unknown option 'cel'", "did you mean 'cell'?"),
    Fault("a cell that no page shows", MODULE, "# %% share", "# %% unseen\nnumbers.sort()\n\n# %% share",
          f"{MODULE}:22", "cell 'unseen' is shown by no page (en, zh)", "or say hide=true"),
    Fault("a Chinese page with other cells", CHINESE, '```python cell="basics/sums.py:divide"\n```\n', "",
          f"{CHINESE}:22", f"shows 'picture' where {PAGE}:19 shows 'divide'", "the same cells in the same order"),
    Fault("a Chinese page with other headings", CHINESE, "{#picture}", "{#tu}",
          f"{CHINESE}:22", f"level 2 'tu' where {PAGE}:22 has level 2 'picture'", "the same {#id}"),
    Fault("a figure without alt text", PAGE, ' alt="Three numbers, rising"', "",
          f"{PAGE}:24", "the figure of 'picture' has no alt text", 'alt="…"'),
    Fault("a contract that is broken", MODULE, "share > 0.5", "share > 0.6",
          f"{MODULE}:22", "cell 'share': share is 0.5384615, its contract says share > 0.6", "mend the cell"),
    Fault("a value that no cell keeps", PAGE, "sums.py:total |", "sums.py:totl |",
          f"{PAGE}:7", "snippets/basics/sums.py keeps no value 'totl'", "did you mean 'total'?"),
    Fault("a link that leads nowhere", "docs/en/index.md", "sums.md#picture", "sums.md#pictre",
          "docs/en/index.md:7", "contains a link 'basics/sums.md#pictre'", "the site is as it was before"),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_a_fault_is_one_message_and_changes_nothing(built_book: TinyBook, tiny_book: TinyBook, fault: Fault) -> None:
    shutil.copytree(built_book.root, tiny_book.root, dirs_exist_ok=True)
    before = tiny_book.files()
    tiny_book.replace(fault.path, fault.old, fault.new)

    done = tiny_book.run("build")

    messages = [line for line in done.stderr.splitlines() if line.startswith(("docs/", "snippets/", "mkdocs"))]
    assert done.returncode == 1
    assert len(messages) == 1, done.stderr
    assert messages[0].startswith(fault.place + ":")
    assert fault.fact in messages[0]
    assert fault.step in done.stderr
    assert "verified_docs" not in done.stderr, "a traceback of the tool is shown"
    assert tiny_book.files() == before


def test_the_traceback_begins_in_the_module(tiny_book: TinyBook) -> None:
    tiny_book.replace(MODULE, "total = sum(numbers)", "import json; total = json.loads('{')")

    said = tiny_book.run("build").stderr

    assert "traceback is below" in said
    first = next(line for line in said.splitlines() if line.lstrip().startswith("File "))
    assert 'File "snippets/basics/sums.py", line 5, in <module>' in first
