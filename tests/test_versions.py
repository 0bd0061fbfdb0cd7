"""What is known of other versions of the libraries: how it is found, kept, and told to readers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from books import TinyBook
from verified_docs import upcoming, versions
from verified_docs.build import read_text
from verified_docs.errors import DocsError
from verified_docs.parse import Module, parse_module
from verified_docs.project import Project
from verified_docs.shells.matrix import pairs
from verified_docs.stale import blob_id
from verified_docs.versions import Environment, Report, Trials, Tried, span

MODULE = '# %%\n"""Two cells."""\n\n# %% first\n1\n\n# %% second\n2\n'
OLD, MIDDLE, NEW = (
    Environment(one, two, "2.0", "3.11.7") for one, two in (("1.9.2", "3.0.0"), ("1.9.2", "3.9.0"), ("1.10.1", "3.9.0"))
)
NEWER = Environment("1.11.0", "3.10.0", "2.0", "3.11.7")
GOOD, BAD, LATE = Tried(), Tried("first", "ValueError"), Tried("second", "ValueError")
WORDS = {"en": "runs on TensorFlow 1.9 – 1.10", "zh": "可运行于 TensorFlow 1.9 – 1.10"}


@pytest.fixture
def module() -> Module:
    return parse_module(MODULE, "basics/two.py")


@pytest.mark.parametrize(
    ("tried", "first", "second"),
    [
        ({}, "", ""),
        ({OLD: GOOD, NEW: GOOD}, "TensorFlow 1.9 – 1.10", "TensorFlow 1.9 – 1.10"),
        ({OLD: GOOD}, "TensorFlow 1.9", "TensorFlow 1.9"),
        ({OLD: BAD}, "", ""),
        # What fails after a cell says nothing against it.
        ({OLD: LATE, NEW: GOOD}, "TensorFlow 1.9 – 1.10", "TensorFlow 1.10"),
        # The newest of two ranges that are as wide.
        ({OLD: GOOD, NEW: BAD, NEWER: GOOD}, "TensorFlow 1.11", "TensorFlow 1.11"),
        # A Keras within the range of TensorFlow that fails.
        ({OLD: BAD, MIDDLE: GOOD, NEW: GOOD}, "TensorFlow 1.9 – 1.10, Keras 3.9", "TensorFlow 1.9 – 1.10, Keras 3.9"),
        # A run that ended before its first cell.
        ({OLD: Tried("(start)", "killed"), NEW: GOOD}, "TensorFlow 1.10", "TensorFlow 1.10"),
    ],
)
def test_a_range_holds_nothing_that_fails(
    module: Module, tried: dict[Environment, Tried], first: str, second: str
) -> None:
    assert (span(module, "first", tried), span(module, "second", tried)) == (first, second)


def test_what_was_said_of_a_module_that_has_changed_does_not_count() -> None:
    report = Report((OLD,), {"a.py": Trials("1", {OLD.id: GOOD}), "b.py": Trials("1", {OLD.id: GOOD})})
    later = report.having(Report((NEW,), {"a.py": Trials("2", {NEW.id: BAD}), "b.py": Trials("1", {NEW.id: BAD})}))

    assert later.environments == (OLD, NEW)
    assert later.of("a.py", "2") == {NEW: BAD}
    assert later.of("a.py", "1") == {}
    assert later.of("b.py", "1") == {OLD: GOOD, NEW: BAD}
    assert later.only(["b.py"], [NEW.id]) == Report((NEW,), {"b.py": Trials("1", {NEW.id: BAD})})


def test_a_report_is_the_same_after_it_was_kept(tmp_path: Path) -> None:
    other = Tried("", "", {"first": (("stream", "1\n"), ("values", "a = 1"))})
    report = Report((OLD, MIDDLE, NEW), {"a.py": Trials("1", {OLD.id: other, MIDDLE.id: other, NEW.id: BAD})})
    (tmp_path / "snippets").mkdir()
    versions.write(tmp_path, report)

    assert versions.read(tmp_path) == report
    # What several environments give alike is said once.
    assert (tmp_path / versions.REPORT).read_text(encoding="utf-8").count("a = 1") == 1


@pytest.mark.parametrize("text", ["", "[]", '{"environments": [{}], "modules": {}}', '{"environments": []}'])
def test_a_report_that_cannot_be_read_is_one_error(tiny_book: TinyBook, text: str) -> None:
    (tiny_book.root / versions.REPORT).write_text(text, encoding="utf-8")

    done = tiny_book.run("check")

    assert done.returncode == 1
    assert done.stderr.splitlines()[-2:] == [
        f"{versions.REPORT}: is no report of `make matrix`",
        "  restore it, or remove it and try again",
    ]


def test_the_pairs_are_two_versions_each(tmp_path: Path) -> None:
    file = tmp_path / "requirements" / "matrix.in"
    file.parent.mkdir()
    file.write_text("# TensorFlow and Keras\n\n2.16.2 3.0.0\n2.17.1 3.2.0 # newer\n", encoding="utf-8")
    found = pairs(Project(tmp_path))
    assert [(one.name, one.asked) for one in found] == [
        ("2.16.2-3.0.0", ("tensorflow==2.16.2", "keras==3.0.0")),
        ("2.17.1-3.2.0", ("tensorflow==2.17.1", "keras==3.2.0")),
    ]

    file.write_text("2.16.2\n", encoding="utf-8")
    with pytest.raises(DocsError, match=re.escape("requirements/matrix.in:1: '2.16.2' is not two versions")):
        pairs(Project(tmp_path))


# A real trial, with the libraries that are installed here


@pytest.fixture
def trial(tiny_book: TinyBook) -> Report:
    """What became of a tiny book: one output that its record does not say, one broken contract, one good module."""
    tiny_book.replace("snippets/basics/sums.en.record", "2.1666666666666665", "2.2")
    tiny_book.replace("snippets/basics/sums.py", "share > 0.5", "share > 0.9")
    done = tiny_book.run("trial", "found.json")
    assert done.returncode == 0, done.stderr
    return versions.read_file(tiny_book.root / "found.json", "found.json")


def test_a_trial_says_what_became_of_every_module(trial: Report) -> None:
    (environment,) = trial.environments
    found = {path: trials.tried[environment.id] for path, trials in trial.modules.items()}

    assert found == {
        "basics/sums.py": Tried(
            "share", "share is 0.5384615, not share > 0.9", {"mean": (("execute_result", "2.1666666666666665"),)}
        ),
        "basics/texts.py": Tried(),
    }
    assert trial.count(environment.id) == "2 modules, 1 fail, 1 give something else"


def test_what_comes_next_is_reported_page_by_page(tiny_book: TinyBook, trial: Report) -> None:
    text = read_text(Project(tiny_book.root))
    lines = upcoming.section("nightly", text, trial, tiny_book.root / "snippets")
    report = upcoming.markdown([lines, upcoming.impossible("newest", DocsError("uv", 0, "no", "wait"))])

    assert "1 of 2 modules give what their records say." in report
    assert "### docs/en/basics/sums.md\n\n`basics/sums.py:mean`\n\n```diff\n" in report
    assert "-2.2\n+2.1666666666666665\n```\n" in report
    assert "`basics/sums.py:share` fails\n\n```text\nshare is 0.5384615, not share > 0.9\n```" in report
    assert report.endswith("## newest\n\nNothing was tried:\n\n```text\nuv: no\n  wait\n```\n")


# What readers see


@pytest.fixture
def told(tiny_book: TinyBook) -> TinyBook:
    """A tiny book of which something is known, with a page that tells it."""
    done = tiny_book.run("trial", "found.json")
    assert done.returncode == 0, done.stderr
    modules = {}
    for path, trials in versions.read_file(tiny_book.root / "found.json", "found.json").modules.items():
        late = Tried("escaped", "ValueError: <b> no `escape`", {"join": (("stream", "a+b"),)})
        old = late if path == "basics/texts.py" else GOOD
        modules[path] = Trials(trials.digest, {OLD.id: old, NEW.id: GOOD})
    versions.write(tiny_book.root, Report((OLD, NEW), modules))
    page = "# Versions\n\n{{ versions }}\n\n{{ versions-failures }}\n\n{{ versions-outputs }}\n"
    for language, head in (("en", ""), ("zh", f"---\noriginal: {blob_id(page)}\n---\n")):
        (tiny_book.root / f"docs/{language}/versions.md").write_text(head + page, encoding="utf-8")
    tiny_book.replace("mkdocs.yml", "evidence.md]", "evidence.md, versions.md]")
    return tiny_book


def texts(book: TinyBook, path: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", (book.root / path).read_text(encoding="utf-8")))


def test_a_block_says_where_it_runs_and_the_page_says_the_rest(told: TinyBook) -> None:
    done = told.run("build")
    assert done.returncode == 0, done.stderr

    for prefix, language in (("", "en"), ("zh/", "zh")):
        page = (told.root / f"site/{prefix}basics/sums/index.html").read_text(encoding="utf-8")
        link = f'<a class="versions" href="../../versions/">{WORDS[language]}</a>'
        newer = link.replace("1.9 – ", "")
        # One block runs with the newer one only.
        assert page.count(link) == 6
        assert page.count(newer) == 1
        page = texts(told, f"site/{prefix}versions/index.html")
        assert "1.9 3.0 1.10 3.9 basics/sums.py ✓ ✓ basics/texts.py ✗ ✓" in page
        assert "ValueError: &lt;b&gt; no `escape`" in page
        assert "a+b" in page


def test_a_block_that_has_changed_says_nothing_until_it_was_tried_again(told: TinyBook) -> None:
    told.replace("snippets/basics/texts.py", "words[-1]", "words[-1:][0]")
    done = told.run("build")
    assert done.returncode == 0, done.stderr

    page = (told.root / "site/basics/sums/index.html").read_text(encoding="utf-8")
    assert page.count(WORDS["en"]) == 5
    assert "basics/texts.py" not in texts(told, "site/versions/index.html")


def test_evidence_of_versions_is_small_enough_to_keep() -> None:
    file = Path(__file__).parents[1] / versions.REPORT
    assert file.stat().st_size < 300_000
    assert json.loads(file.read_text(encoding="utf-8"))["environments"]
