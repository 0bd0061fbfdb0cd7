"""What a reviewer is told of a change: its pages, outputs and figures, and nothing else."""

from __future__ import annotations

import re
import subprocess
from html import unescape
from pathlib import Path

import pytest

from books import TinyBook
from verified_docs.changes import LINES, Changes, Edition, TextChange, compare, html, markdown, read_edition
from verified_docs.errors import DocsError
from verified_docs.history import branching_point

NONE = Edition({}, {}, {})
PICTURE = "en/assets/figures/a/b.curve.en.{}.svg"


def git(book: TinyBook, *arguments: str) -> str:
    options = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    done = subprocess.run(["git", *options, *arguments], cwd=book.root, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture
def committed(tiny_book: TinyBook) -> TinyBook:
    """A tiny book with a history."""
    (tiny_book.root / ".gitignore").write_text(".cache/\nsite/\n")
    git(tiny_book, "init", "-q")
    git(tiny_book, "add", ".")
    git(tiny_book, "commit", "-qm", "first")
    return tiny_book


def report(book: TinyBook, name: str = "summary.md") -> str:
    return (book.root / ".cache/changes" / name).read_text()


def test_pages_outputs_and_figures_that_change_are_shown_before_and_after(committed: TinyBook) -> None:
    committed.replace("snippets/basics/sums.py", "[1, 2, 3.5]", "[1, 2, 4.5]")
    committed.run("accept")
    runs = committed.files(".cache/verified-docs/runs").keys()
    status = git(committed, "status", "--porcelain")

    done = committed.run("changes", "HEAD")

    assert done.returncode == 0, done.stderr
    assert done.stdout == "changed: 2 pages, 2 accepted outputs and 2 figures; look at .cache/changes/index.html\n"
    summary = report(committed)
    assert "| docs/zh/basics/sums.md | `zh/basics/sums/` | changed | +" in summary
    assert "index.md |" not in summary
    assert "-   the sum is 6.50\n+   the sum is 7.50\n" in summary
    assert "- basics/sums.picture (zh): changed\n" in summary
    page = report(committed, "index.html")
    shown = re.findall(r'<img src="(.*?)" alt="(.*?)">', page)
    assert [path.partition("/")[0] for path, _ in shown] == ["before", "after"] * 2
    assert shown[0][1] == "Before: Three numbers, rising"
    before, after = (report(committed, path) for path, _ in shown[:2])
    assert before.startswith("<?xml")
    assert after.startswith("<?xml")
    assert before != after
    # What was kept of the commit did, and what was new is kept in its turn.
    assert len(committed.files(".cache/verified-docs/runs").keys() - runs) == 2
    assert git(committed, "status", "--porcelain") == status
    assert git(committed, "worktree", "list").count("\n") == 1

    runs = committed.files(".cache/verified-docs/runs").keys()
    assert committed.run("changes", "HEAD").returncode == 0
    assert committed.files(".cache/verified-docs/runs").keys() == runs
    assert report(committed) == summary
    assert report(committed, "index.html") == page


def test_a_commit_whose_book_does_not_come_about_says_so_and_shows_the_outputs(committed: TinyBook) -> None:
    committed.replace("snippets/basics/texts.py", '"a", "b"', '"a", "z"')
    git(committed, "commit", "-qam", "broken")
    committed.run("accept")

    done = committed.run("changes", "HEAD")

    assert done.returncode == 0, done.stderr
    summary = report(committed)
    assert "Pages and figures are not compared" in summary
    assert "snippets/basics/texts.py:4: cell 'join' gives 'a-z', the record says 'a-b'" in summary
    assert "passed " not in summary
    assert "+   a-z\n" in summary
    assert "## 2 accepted outputs" in summary


def test_what_is_no_commit_is_one_message_and_leaves_the_last_report(committed: TinyBook) -> None:
    last = committed.root / ".cache/changes/summary.md"
    last.parent.mkdir(parents=True)
    last.write_text("the last one")

    done = committed.run("changes", "nowhere")

    assert done.returncode == 1
    assert done.stderr == (
        "'nowhere': is no commit of this repository\n"
        "  name a branch, a tag or a commit, such as origin/main; `git fetch` gets those of others\n"
    )
    assert last.read_text() == "the last one"


@pytest.mark.parametrize("base", ["", "--help", "HEAD:docs", "HEAD~9"])
def test_only_a_commit_is_one(committed: TinyBook, base: str) -> None:
    with pytest.raises(DocsError, match="is no commit of this repository"):
        branching_point(committed.root, base)


def test_a_branch_is_compared_with_where_it_began(committed: TinyBook) -> None:
    first = git(committed, "rev-parse", "HEAD").strip()
    git(committed, "branch", "trunk")
    git(committed, "commit", "-q", "--allow-empty", "-m", "ours")
    git(committed, "checkout", "-q", "trunk")
    git(committed, "commit", "-q", "--allow-empty", "-m", "theirs")
    git(committed, "checkout", "-q", "-")

    assert branching_point(committed.root, "trunk") == first


def figures(**themes: str) -> dict[str, str]:
    return {PICTURE.format(theme): text for theme, text in themes.items()}


@pytest.mark.parametrize(
    ("old", "new", "kind", "theme"),
    [
        (figures(dark="a", light="a"), figures(dark="b", light="b"), "changed", "light"),
        (figures(dark="a", light="a"), figures(dark="b", light="a"), "changed", "dark"),
        ({}, figures(dark="b", light="b"), "new", "light"),
        (figures(dark="a", light="a"), {}, "gone", "light"),
    ],
)
def test_a_figure_is_shown_in_one_theme(old: dict[str, str], new: dict[str, str], kind: str, theme: str) -> None:
    pages = {"en/a/b.md": r"![A \[rising\] curve](../assets/figures/a/b.curve.en.light.svg)", "en/other.md": "text"}

    found = compare("c", Edition(pages, old, {}), Edition(pages, new, {}))

    (figure,) = found.figures
    assert (figure.name, figure.kind, figure.theme, figure.alt) == ("a/b.curve", kind, theme, "A [rising] curve")
    assert [page.path for page in found.pages] == (["en/a/b.md"] if kind == "changed" else [])
    assert html(found).count("<img ") == (2 if kind == "changed" else 1)


def test_where_nothing_changes_the_summary_says_so() -> None:
    edition = Edition({"en/a.md": "x"}, figures(light="a"), {"snippets/a.en.record": "== x"})

    found = compare("0123456789abcdef", edition, edition)

    assert markdown(found) == "# What changes since 0123456789ab\n\nNo page changes.\n\n"
    assert "<h2>" not in html(found)


def test_a_long_difference_is_cut_in_the_summary_only() -> None:
    long = "\n".join(f"   {number}" for number in range(LINES + 500))
    found = compare("c", NONE, Edition({}, {}, {"snippets/a.en.record": long, "snippets/b.en.record": "== b"}))

    summary, page = markdown(found), html(found)

    assert summary.count("\n+") == LINES - 1  # below a line that says where
    assert "501 more lines are in `index.html`." in summary
    assert "<summary>snippets/b.en.record: new, +1 −0</summary>" in summary
    assert f"+   {LINES + 499}" in page


def test_what_is_shown_stays_text() -> None:
    attack = "```\n</pre><script>alert(1)</script>"
    found = Changes("c", (), (TextChange("snippets/a.en.record", "", attack),), (), attack)

    page, summary = html(found), markdown(found)

    assert "<script" not in page
    assert "</pre><script>alert(1)</script>" in unescape(page)
    assert "script-src 'self';" in page
    assert re.search(r"^````diff$", summary, re.MULTILINE)


def test_the_version_that_was_translated_is_no_change(tmp_path: Path) -> None:
    page = tmp_path / "zh/a.md"
    page.parent.mkdir()
    page.write_text("---\ntitle: T\noriginal: abc\n---\ntext\noriginal: stays\n")

    assert read_edition(tmp_path, tmp_path).pages == {"zh/a.md": "---\ntitle: T\n---\ntext\noriginal: stays\n"}
