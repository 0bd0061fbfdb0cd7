"""Each fault ends the build with one message and exit code 1, and leaves the last good site in place."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

import pytest

from books import TinyBook

MODULE = "snippets/basics/sums.py"
TEXTS = "snippets/basics/texts.py"
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
    Fault(
        "an exception in a cell",
        MODULE,
        "total = sum(numbers)",
        "total = sum(numbesr)",
        f"{MODULE}:6",
        "cell 'numbers' raised NameError: name 'numbesr' is not defined",
        "mend the cell",
    ),
    Fault(
        "a value that differs from the record",
        TEXTS,
        '"-".join',
        '"+".join',
        f"{TEXTS}:4",
        "cell 'join' gives 'a+b', the record says 'a-b' (en, zh)",
        "verified-docs accept basics/texts.py",
    ),
    Fault(
        "a cell that does not raise",
        MODULE,
        "total / 0",
        "total / 1",
        f"{MODULE}:13",
        "cell 'divide' was to raise ZeroDivisionError and did not",
        "mend the cell",
    ),
    Fault(
        "a cell that raises something else",
        MODULE,
        "total / 0",
        "int('x')",
        f"{MODULE}:13",
        "cell 'divide' raised ValueError",
        "it was to raise ZeroDivisionError",
    ),
    Fault(
        "a module that does not exist",
        PAGE,
        "basics/sums.py:mean",
        "basics/sum.py:mean",
        f"{PAGE}:16",
        "no module 'snippets/basics/sum.py'",
        "did you mean 'basics/sums.py'?",
    ),
    Fault(
        "a cell that does not exist",
        PAGE,
        "basics/sums.py:mean",
        "basics/sums.py:maen",
        f"{PAGE}:16",
        "no cell 'maen' in snippets/basics/sums.py",
        "did you mean 'mean'?",
    ),
    Fault(
        "a misspelt reference",
        PAGE,
        'cell="basics/sums.py:mean"',
        'cel="basics/sums.py:mean"',
        f"{PAGE}:16",
        "a block has an unknown option 'cel'",
        "did you mean 'cell'?",
    ),
    Fault(
        "a cell that no page shows",
        MODULE,
        "# %% share",
        "# %% unseen\nnumbers.sort()\n\n# %% share",
        f"{MODULE}:23",
        "cell 'unseen' is shown by no page (en, zh)",
        "or say hide=true",
    ),
    Fault(
        "a Chinese page with other cells",
        CHINESE,
        '```python cell="basics/sums.py:divide"\n```\n',
        "",
        f"{CHINESE}:23",
        f"shows 'picture' where {PAGE}:19 shows 'divide'",
        "the same cells in the same order",
    ),
    Fault(
        "a Chinese page with other headings",
        CHINESE,
        "{#picture}",
        "{#tu}",
        f"{CHINESE}:23",
        f"level 2 'tu' where {PAGE}:22 has level 2 'picture'",
        "the same {#id}",
    ),
    Fault(
        "a figure without alt text",
        PAGE,
        ' alt="Three numbers, rising"',
        "",
        f"{PAGE}:24",
        "the figure of 'picture' has no alt text",
        'alt="…"',
    ),
    Fault(
        "a contract that is broken",
        MODULE,
        "share > 0.5",
        "share > 0.6",
        f"{MODULE}:23",
        "cell 'share': share is 0.5384615, its contract says share > 0.6",
        "mend the cell",
    ),
    Fault(
        "a value that no cell keeps",
        PAGE,
        "sums.py:total |",
        "sums.py:totl |",
        f"{PAGE}:7",
        "snippets/basics/sums.py keeps no value 'totl'",
        "did you mean 'total'?",
    ),
    Fault(
        "a link that leads nowhere",
        "docs/en/index.md",
        "sums.md#picture",
        "sums.md#pictre",
        "docs/en/index.md:7",
        "contains a link 'basics/sums.md#pictre'",
        "the site is as it was before",
    ),
    Fault(
        "a text without a translation",
        MODULE,
        'label="numbers"',
        'label="figures"',
        f"{MODULE}:19",
        "'figures' has no translation into 'zh'",
        "verified-docs extract",
    ),
    Fault(
        "a translation that lost a placeholder",
        "snippets/basics/sums.zh.po",
        "和是 {total:.2f}",
        "和是",
        "snippets/basics/sums.zh.po:13",
        "has the placeholders {total:.2f}, its translation none",
        "keep each placeholder",
    ),
    Fault(
        "a translation for an older text",
        "snippets/basics/sums.zh.po",
        "#. cell: numbers",
        "#, fuzzy",
        "snippets/basics/sums.zh.po:13",
        "has a fuzzy translation",
        "remove the word 'fuzzy'",
    ),
    Fault(
        "a name that does not exist",
        PAGE,
        "## The mean {#mean}",
        "## The mean {#mean}\n\nSee `np.cumsumm`.",
        f"{PAGE}:14",
        "'np.cumsumm' does not exist",
        "did you mean 'np.cumsum'?",
    ),
    Fault(
        "a name marked as gone that exists",
        PAGE,
        "## The mean {#mean}",
        "## The mean {#mean}\n\nNot `np.mean`{ .gone }.",
        f"{PAGE}:14",
        "'np.mean' is marked as gone, and exists",
        "take the mark away",
    ),
    Fault(
        "a translation of an unknown version",
        CHINESE,
        "original: ",
        "originale: ",
        f"{CHINESE}:1",
        "does not say which version of the original it was made from",
        "into its front matter",
    ),
    Fault(
        "a coverage of nothing",
        "docs/coverage.yml",
        "basics/sums.py:mean",
        "basics/sums.py:median",
        "docs/coverage.yml:1",
        "'T-01' is covered by 'basics/sums.py:median', which does not exist",
        "name a cell",
    ),
]


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
    assert 'File "snippets/basics/sums.py", line 6, in <module>' in first
