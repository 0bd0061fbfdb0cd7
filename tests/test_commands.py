"""What authors type: new, extract, stage, check; and what a translation that fell behind looks like."""

from __future__ import annotations

import re
import subprocess

import jupytext
import pytest

from books import TinyBook


def test_a_new_module_passes_every_check_and_writes_over_nothing(tiny_book: TinyBook) -> None:
    done = tiny_book.run("new", "extra/first")
    assert done.returncode == 0, done.stderr
    for config in ("mkdocs.yml", "mkdocs.zh.yml"):
        file = tiny_book.root / config
        file.write_text(
            file.read_text() + ("nav: [index.md, basics/sums.md, extra/first.md]\n" if "zh" in config else "")
        )
    tiny_book.replace("mkdocs.yml", "basics/sums.md,", "basics/sums.md, extra/first.md,")

    assert tiny_book.run("check").returncode == 0
    assert tiny_book.run("build").returncode == 0
    assert "和是 6" in (tiny_book.root / "site/zh/extra/first/index.html").read_text()

    again = tiny_book.run("new", "extra/first")
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr.startswith("snippets/extra/first.py: is there already\n")


@pytest.mark.parametrize("path", ["first", "Extra/first", "extra/first/more", "extra/../first"])
def test_a_path_that_is_none_is_one_message(tiny_book: TinyBook, path: str) -> None:
    done = tiny_book.run("new", path)

    assert done.returncode == 1
    assert "not a path for a module\n  write it as chapter/name" in done.stderr


def test_extract_says_what_is_new_changed_and_gone(tiny_book: TinyBook) -> None:
    tiny_book.replace("snippets/basics/sums.py", "Three numbers", "Three small numbers")
    tiny_book.replace("snippets/basics/sums.py", "print(share)", 'print(f"a share of {share:.1%}")')
    tiny_book.replace("snippets/basics/sums.py", ', label="numbers")', ")")
    tiny_book.replace("snippets/basics/sums.py", "_ = ax.legend()", "")

    said = tiny_book.run("extract").stdout.splitlines()

    assert sorted(line.removeprefix("snippets/basics/sums.zh.po: ") for line in said) == [
        "changed: Three numbers -> Three small numbers",
        "gone: numbers",
        "new: a share of {share:.1%}",
    ]
    assert tiny_book.run("extract").stdout == ""
    assert "fuzzy" in tiny_book.run("check").stderr


def test_stage_writes_plain_markdown_that_needs_nothing_else(tiny_book: TinyBook) -> None:
    done = tiny_book.run("stage", "out")

    assert done.returncode == 0, done.stderr
    text = (tiny_book.root / "out/zh/basics/sums.md").read_text()
    assert "```python\nnumbers = [1, 2, 3.5]" in text
    assert "```text\n和是 6.50\n```" in text
    assert "cell=" not in text
    assert "{{" not in text
    picture = re.search(r"!\[三个递增的数\]\((.*?)\)", text)
    assert picture
    assert (tiny_book.root / "out/zh/basics" / picture[1]).resolve().read_text().startswith("<?xml")

    again = tiny_book.run("stage", "out")
    assert again.stderr == "out: is not empty\n  name a folder that is empty or does not exist\n"


def test_each_command_explains_itself(tiny_book: TinyBook) -> None:
    overview = tiny_book.run("--help").stdout
    for command in ("run", "accept", "check", "extract", "stage", "new", "build", "serve"):
        assert f"    {command} " in overview
        assert len(tiny_book.run(command, "--help").stdout.splitlines()) > 4


def test_one_language_can_be_run_alone(tiny_book: TinyBook) -> None:
    done = tiny_book.run("run", "--language", "zh", "basics/sums.py")

    assert done.returncode == 0, done.stderr
    assert done.stdout == "runs that agree with their records: 1\n"


def test_a_translation_that_is_behind_says_where_and_does_not_block(tiny_book: TinyBook) -> None:
    def git(*arguments: str) -> None:
        options = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
        subprocess.run(["git", *options, *arguments], cwd=tiny_book.root, check=True, capture_output=True)

    git("init", "-q")
    git("add", "docs")
    git("commit", "-qm", "first")
    tiny_book.replace("docs/en/basics/sums.md", "## A picture {#picture}", "## A picture {#picture}\n\nLook.")

    checked, built = tiny_book.run("check"), tiny_book.run("build")

    assert checked.returncode == built.returncode == 0
    warning = "warning: docs/zh/basics/sums.md:1: docs/en/basics/sums.md has changed since it was translated in picture"
    assert warning in checked.stderr
    version = re.search(r"then set '(original: \w{40})'", checked.stderr)
    assert version
    page = (tiny_book.root / "site/zh/basics/sums/index.html").read_text()
    assert "原文已有改动" in page
    assert '改动涉及：<a href="#picture">图</a>。' in page
    assert "原文已有改动" not in (tiny_book.root / "site/zh/index.html").read_text()

    page_file = tiny_book.root / "docs/zh/basics/sums.md"
    page_file.write_text(re.sub(r"original: \w+", version[1], page_file.read_text()))
    assert tiny_book.run("check").stderr == ""


def test_names_are_linked_to_their_documentation_and_those_that_are_gone_are_not(tiny_book: TinyBook) -> None:
    line = (
        "Use `np.cumsum(x)`, `np.ndarray.sum` or [`np.sum`](#mean), "
        # NumPy warns about the second before it says that it is not there.
        "not `np.sumsum`{ .gone }, `np.object`{ .gone } or `numbers`."
    )
    for language in ("en", "zh"):
        page = tiny_book.root / f"docs/{language}/basics/sums.md"
        page.write_text(page.read_text() + f"\n{line}\n")

    done = tiny_book.run("build")

    assert done.returncode == 0, done.stderr
    html = (tiny_book.root / "site/basics/sums/index.html").read_text()
    base = "https://numpy.org/doc/stable/reference/generated/numpy"
    assert f'<a href="{base}.cumsum.html"><code>np.cumsum(x)</code></a>' in html
    assert f'<a href="{base}.ndarray.sum.html"><code>np.ndarray.sum</code></a>' in html
    assert '<a href="#mean"><code>np.sum</code></a>' in html
    assert "not <code>np.sumsum</code>, <code>np.object</code> or <code>numbers</code>." in html


def test_a_module_opens_in_jupyter_as_it_is(tiny_book: TinyBook) -> None:
    for file in (tiny_book.root / "snippets").rglob("*.py"):
        text = file.read_text()
        notebook = jupytext.reads(text, "py:percent")
        # As snippets/jupytext.toml says.
        notebook.metadata["jupytext"] = {"notebook_metadata_filter": "-all"}
        assert jupytext.writes(notebook, "py:percent") == text


def test_accept_takes_nothing_of_a_program_that_is_not_translated(tiny_book: TinyBook) -> None:
    tiny_book.replace("snippets/basics/sums.py", "the sum is", "the total is")
    before = tiny_book.files("snippets")

    done = tiny_book.run("accept")

    assert done.returncode == 1
    assert "'the total is {total:.2f}' has no translation into 'zh'" in done.stderr
    assert tiny_book.files("snippets") == before
