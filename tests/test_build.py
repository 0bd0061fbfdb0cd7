"""The build as a whole: incremental, repeatable, safe against company and sudden death, true in what it publishes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from books import TinyBook
from chance import CHANCE

EVIDENCE = "verification.json"


def same_site(one: TinyBook, other: TinyBook) -> bool:
    """Whether the sites are the same bytes, apart from the evidence, which carries times."""
    ours, theirs = one.files(), other.files()
    ours.pop(EVIDENCE)
    theirs.pop(EVIDENCE)
    return ours == theirs


def runs_of(said: str) -> list[str]:
    """The modules that were run, from what a command said."""
    return sorted(set(re.findall(r"^(?:passed|failed)\s+\S+ s\s+(\S+)", said, re.MULTILINE)))


def test_pages_hold_code_outputs_figures_and_values(built_book: TinyBook) -> None:
    page = (built_book.root / "site/basics/sums/index.html").read_text()
    text = re.sub(r"<[^>]+>", "", page)

    assert "the sum is 6.50" in text
    assert "The sum is 6.5." in text
    assert "ZeroDivisionError: float division by zero" in text
    assert page.count('loading="lazy"') == 2
    assert 'alt="Three numbers, rising"' in page
    assert "<math" in page
    assert "\\(" not in text
    for theme in ("light", "dark"):
        assert f"basics/sums.picture.en.{theme}.svg#only-{theme}" in page
        assert (built_book.root / f"site/assets/figures/basics/sums.picture.en.{theme}.svg").exists()
        assert (built_book.root / f"site/zh/assets/figures/basics/sums.picture.zh.{theme}.svg").exists()


def test_references_work_in_admonitions_and_quotes(built_book: TinyBook) -> None:
    page = (built_book.root / "site/basics/sums/index.html").read_text()

    note = page[page.index('class="admonition note"') : page.index("ZeroDivisionError")]
    assert "2.1666666666666665" in note
    assert re.search(r"<blockquote>.*?words.*?</blockquote>", page, re.DOTALL)
    assert "cell=" not in page


def test_outputs_cannot_inject_html(built_book: TinyBook) -> None:
    page = (built_book.root / "site/basics/sums/index.html").read_text()

    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; ```" in page
    assert "<script>alert(1)" not in page


def test_whoever_copies_a_chinese_figure_is_told_how_its_labels_show(built_book: TinyBook) -> None:
    english = (built_book.root / "site/basics/sums/index.html").read_text()
    chinese = (built_book.root / "site/zh/basics/sums/index.html").read_text()

    assert chinese.count('class="font-note"') == 1
    assert chinese.index('class="font-note"') > chinese.index("#only-dark")
    assert "font-note" not in english


def test_the_evidence_has_an_entry_for_every_cell_and_language(built_book: TinyBook) -> None:
    evidence = json.loads((built_book.root / "site" / EVIDENCE).read_text())

    cells = {(cell["id"], cell["language"]): cell for cell in evidence["cells"]}
    assert len(cells) == len(evidence["cells"]) == 2 * (5 + 3)
    assert cells["basics/sums.py:divide", "zh"]["status"] == "raised-as-expected"
    assert cells["basics/sums.py:mean", "zh"]["pages"] == ["zh/basics/sums/"]
    assert cells["basics/texts.py:secret", "en"]["pages"] == []
    assert {"id", "language", "status", "seconds", "ran", "digest", "pages"} == set(cells["basics/sums.py:mean", "en"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", cells["basics/sums.py:mean", "en"]["ran"])
    assert {"python", "platform"} <= set(evidence["environment"])
    share = cells["basics/sums.py:share", "zh"]
    assert share["contract"] == "share > 0.5"
    assert sum("contract" in cell for cell in evidence["cells"]) == 2


def test_only_what_changed_runs(built_book: TinyBook, tiny_book: TinyBook) -> None:
    shutil.copytree(built_book.root, tiny_book.root, dirs_exist_ok=True)
    # The copy's path is another one, and what a run gives does not depend on it.
    assert runs_of(tiny_book.run("build").stderr) == []

    tiny_book.replace("docs/en/index.md", "Read", "Do read")
    tiny_book.replace("snippets/basics/sums.py", "# %% mean", "\n\n# %% mean")
    assert runs_of(tiny_book.run("build").stderr) == []

    tiny_book.replace("snippets/basics/texts.py", '"a", "b"', '"a", "c"')
    tiny_book.run("accept")
    (tiny_book.root / "snippets/_words.py").write_text("WORDS = ['a', 'c']\n")
    (tiny_book.root / "words.txt").write_text("a c")
    tiny_book.replace("snippets/basics/texts.py", 'words = ["a", "c"]', "from _words import WORDS\nwords = list(WORDS)")
    assert runs_of(tiny_book.run("build").stderr) == ["basics/texts.py"]
    (tiny_book.root / "snippets/_words.py").write_text("WORDS = ['a'] + ['c']\n")
    assert runs_of(tiny_book.run("build").stderr) == ["basics/texts.py"]


def test_a_changed_data_file_runs_the_modules_that_read_it(tiny_book: TinyBook) -> None:
    data = tiny_book.root / "snippets/basics/words.txt"
    data.write_text("a b")
    read = f"words = open({str(data)!r}).read().split()"
    tiny_book.replace("snippets/basics/texts.py", 'words = ["a", "b"]', read)
    assert tiny_book.run("build").returncode == 0
    assert runs_of(tiny_book.run("build").stderr) == []

    data.write_text("a  b")

    assert runs_of(tiny_book.run("build").stderr) == ["basics/texts.py"]


def test_a_damaged_entry_runs_again_and_builds_the_same(built_book: TinyBook, tiny_book: TinyBook) -> None:
    shutil.copytree(built_book.root, tiny_book.root, dirs_exist_ok=True)
    for entry in (tiny_book.root / ".cache/verified-docs/runs").glob("*.json"):
        entry.write_text(entry.read_text().replace("6.50", "7.50"))

    done = tiny_book.run("build")

    assert runs_of(done.stderr) == ["basics/sums.py"]
    assert same_site(built_book, tiny_book)


def test_two_cold_builds_are_the_same_bytes(built_book: TinyBook, tiny_book: TinyBook) -> None:
    assert tiny_book.run("build").returncode == 0

    assert same_site(built_book, tiny_book)


def test_two_builds_at_once_both_end_right(built_book: TinyBook, tiny_book: TinyBook) -> None:
    command = [sys.executable, "-m", "verified_docs", "build"]
    builds = [
        subprocess.Popen(command, cwd=tiny_book.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    said = [build.communicate(timeout=600)[0] for build in builds]

    assert [build.returncode for build in builds] == [0, 0], said
    assert same_site(built_book, tiny_book)
    assert not list((tiny_book.root / ".cache/verified-docs").glob("site-*"))


def test_after_sudden_death_at_any_moment_the_next_build_is_right(built_book: TinyBook, tiny_book: TinyBook) -> None:
    began = time.monotonic()
    tiny_book.run("build")
    whole = time.monotonic() - began
    for moment in range(20):
        if moment % 2:
            shutil.rmtree(tiny_book.root / ".cache")
            shutil.rmtree(tiny_book.root / "site")
        build = subprocess.Popen(
            [sys.executable, "-m", "verified_docs", "build"],
            cwd=tiny_book.root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(CHANCE.uniform(0, whole))
        build.send_signal(signal.SIGKILL)
        build.wait()
        site = tiny_book.root / "site"
        assert not site.exists() or same_site(built_book, tiny_book), "a half-written site"

        done = tiny_book.run("build")

        assert done.returncode == 0, done.stderr
        assert same_site(built_book, tiny_book)


def test_the_commands_work_from_a_folder_below(tiny_book: TinyBook) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "verified_docs", "build"], cwd=tiny_book.root / "docs/zh", capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    assert (tiny_book.root / "site/zh/index.html").exists()


def test_outside_of_a_project_there_is_one_message(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "verified_docs", "build"], cwd=tmp_path, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert done.stderr == f"{tmp_path}: not in a project\n  go to the folder that holds snippets/ and mkdocs.yml\n"


def test_mkdocs_by_itself_builds_a_language(tiny_book: TinyBook) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q", "-f", "mkdocs.zh.yml", "-d", "out"],
        cwd=tiny_book.root,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert "和是 6.5" in (tiny_book.root / "out/basics/sums/index.html").read_text()


def test_accept_shows_the_difference_and_ends_it(tiny_book: TinyBook) -> None:
    tiny_book.replace("snippets/basics/texts.py", '"a", "b"', '"a", "z"')
    assert "gives 'a-z', the record says 'a-b'" in tiny_book.run("run").stderr

    done = tiny_book.run("accept", "basics/texts.py")

    assert done.returncode == 0
    assert "-   a-b\n+   a-z\n" in done.stdout
    assert tiny_book.run("run").returncode == 0
    assert tiny_book.run("accept").stdout == ""


def test_an_unknown_module_is_one_message(tiny_book: TinyBook) -> None:
    done = tiny_book.run("accept", "basics/text.py")

    assert done.returncode == 1
    assert done.stderr == "snippets/basics/text.py: no such module\n  did you mean 'basics/texts.py'?\n"


@pytest.mark.parametrize("broken", [False, True])
def test_pytest_has_a_test_for_each_cell_and_language(tiny_book: TinyBook, broken: bool) -> None:
    if broken:
        tiny_book.replace("snippets/basics/sums.py", "total / len(numbers)", "total / len(numbesr)")
        tiny_book.replace("snippets/basics/texts.py", "print(words[-1])", "print(words[0])")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-v",
            "--rootdir",
            ".",
            "-c",
            "/dev/null",
            "snippets",
        ],
        cwd=tiny_book.root,
        capture_output=True,
        text=True,
        env=os.environ | {"COLUMNS": "200"},
    )
    results = dict(re.findall(r"^(snippets/\S+::\S+) (PASSED|FAILED|SKIPPED)", done.stdout, re.MULTILINE))

    assert len(results) == 16, done.stdout
    sums = [
        results[f"snippets/basics/sums.py::{name}[zh]"] for name in ("numbers", "mean", "divide", "picture", "share")
    ]
    if not broken:
        assert set(results.values()) == {"PASSED"}
        return
    assert sums == ["PASSED", "FAILED", "SKIPPED", "SKIPPED", "SKIPPED"]
    assert results["snippets/basics/texts.py::join[en]"] == "PASSED"
    assert results["snippets/basics/texts.py::escaped[en]"] == "FAILED"
    assert "snippets/basics/sums.py:10: cell 'mean' raised NameError" in done.stdout
    assert "gives 'a', the record says '<script>" in done.stdout
