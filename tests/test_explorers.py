"""Explorers: the table and the HTML that a page gets, and what is wrong with the data of one."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from books import TINY_BOOK, TinyBook
from verified_docs.explorers import FORMS, LIMIT, NAMES, WORDS, Explorer, Unfit, fixed, loss, read
from verified_docs.runs import CellRun, Output

ROW = {"tn": 1, "fp": 0, "fn": 1, "tp": 2, "precision": 1.0, "recall": 2 / 3, "f1": 0.8, "fpr": 0.0}
DATA = {
    "labels": [0, 1, 1, 1],
    "scores": [0.2, 0.4, 0.6, 0.9],
    "rows": [{"threshold": 0.5, **ROW}, {"threshold": 0.3, **ROW, "fn": 0, "tp": 3, "recall": 1.0, "f1": 1.0}],
}
FENCE = '```explorer name="threshold" from="basics/sums.py:scores"\n```\n'


def run_that_printed(text: str) -> CellRun:
    return CellRun("scores", "passed", outputs=(Output("stream", text),))


def unfit(name: str, data: Any) -> str:
    with pytest.raises(Unfit) as caught:
        read(name, run_that_printed(data if isinstance(data, str) else json.dumps(data)))
    return caught.value.fact


def explored(root: Path) -> TinyBook:
    """A copy of the tiny book, with an explorer on a page."""
    shutil.copytree(TINY_BOOK, root)
    module = root / "snippets/basics/sums.py"
    cell = f"\n# %% scores hide=true\nimport json\n\nprint(json.dumps({DATA!r}))\n"
    module.write_text(module.read_text(encoding="utf-8") + cell, encoding="utf-8")
    for language in ("en", "zh"):
        page = root / f"docs/{language}/basics/sums.md"
        page.write_text(f"{page.read_text(encoding='utf-8')}\n{FENCE}", encoding="utf-8")
    return TinyBook(root)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyBook]:
    """A tiny book with an explorer, built once, and as plain Markdown in `plain/`."""
    book = explored(tmp_path_factory.mktemp("explored") / "tiny book")
    book.run("accept")
    for command in (["build"], ["stage", "plain"]):
        done = book.run(*command)
        assert done.returncode == 0, done.stderr
    yield book


@pytest.mark.parametrize(("language", "words"), [("en", ["Threshold", "Precision"]), ("zh", ["阈值", "精确率"])])
def test_a_page_has_the_table_the_controls_and_what_they_compute_with(
    book: TinyBook, language: str, words: list[str]
) -> None:
    page = (book.root / f"site/{'zh/' if language == 'zh' else ''}basics/sums/index.html").read_text()
    box = page[page.index('<div class="explorer"') : page.index("</script>", page.index('<div class="explorer"'))]

    assert "```" not in box
    live, static = box.split('<table class="static">')
    assert 'class="live" hidden' in live
    assert '<input type="range" min="0.01" max="0.99" step="0.01" value="0.5"' in live
    assert re.findall(r'data-slot="([\w-]+)">([^<]*)<', live) == [
        *[("chosen", "0.50"), ("tn", "1"), ("fp", "0"), ("fn", "1"), ("tp", "2")],
        *[("precision", "1.000"), ("recall", "0.667"), ("f1", "0.800"), ("fpr", "0.000")],
    ]
    assert re.findall(r'<th scope="row">(.*?)</th>', static) == ["0.30", "0.50"]
    assert all(f">{word}<" in static for word in words)
    assert json.loads(static.split('<script type="application/json">')[1]) == {
        "labels": DATA["labels"],
        "scores": DATA["scores"],
    }
    assert "style=" not in box


def test_the_evidence_of_its_hidden_cell_leads_to_the_page_with_the_explorer(book: TinyBook) -> None:
    evidence = (book.root / "site/zh/evidence/index.html").read_text(encoding="utf-8")

    links = dict(re.findall(r'<tr id="([^"]*:scores)"[^>]*><th scope="row"><a href="([^"]*)">', evidence))
    assert links == {
        "zh:basics/sums.py:scores": "../../zh/basics/sums/",
        "en:basics/sums.py:scores": "../../basics/sums/",
    }


def test_plain_markdown_has_the_table_alone(book: TinyBook) -> None:
    page = (book.root / "plain/zh/basics/sums.md").read_text(encoding="utf-8")

    assert page.endswith(
        "同一批得分，几个不同的阈值\n\n"
        "| 阈值 | TN | FP | FN | TP | 精确率 | 召回率 | F1 分数 |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
        "| 0.30 | 1 | 0 | 0 | 3 | 1.000 | 1.000 | 1.000 |\n"
        "| 0.50 | 1 | 0 | 1 | 2 | 1.000 | 0.667 | 0.800 |\n\n"
    )


def test_an_explorer_whose_cell_prints_something_else_is_an_error(tmp_path: Path) -> None:
    book = explored(tmp_path / "book")
    book.replace("snippets/basics/sums.py", "'labels': [0, ", "'labels': [")
    book.run("accept")

    done = book.run("check")

    assert done.returncode == 1
    assert done.stderr.splitlines()[-4:] == [
        "docs/en/basics/sums.md:40: the explorer 'threshold' cannot use cell 'scores', which prints 4 numbers as "
        "'scores' where 3 are needed",
        "  print one JSON object with labels, scores, rows",
        "docs/zh/basics/sums.md:41: the explorer 'threshold' cannot use cell 'scores', which prints 4 numbers as "
        "'scores' where 3 are needed",
        "  print one JSON object with labels, scores, rows",
    ]


def test_an_explorer_names_a_cell_that_exists_in_both_languages(tmp_path: Path) -> None:
    book = explored(tmp_path / "book")
    book.replace("docs/en/basics/sums.md", ":scores", ":score")
    assert "docs/en/basics/sums.md:40: no cell 'score' in snippets/basics/sums.py\n  did you mean 'scores'?" in (
        book.run("check").stderr
    )

    book.replace("docs/en/basics/sums.md", ":score", ":scores")
    book.replace("docs/zh/basics/sums.md", FENCE, "")
    assert (
        "docs/zh/basics/sums.md:1: lacks the cell 'explorer threshold from scores', which docs/en/basics/sums.md:40 "
        "shows" in book.run("check").stderr
    )


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("", "does not print JSON"),
        ("the sum is 6", "does not print JSON"),
        ('{"labels": [NaN]}', "does not print JSON"),
        ("[1]", "prints something as 'JSON' that is not an object"),
        (" " * LIMIT + "{}", f"prints {LIMIT + 2} characters"),
    ],
)
def test_what_is_no_object_of_json_is_said(text: str, fact: str) -> None:
    assert unfit("threshold", text) == fact


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        ({"labels": None}, "prints something as 'labels' that is not a list"),
        ({"labels": []}, "prints nothing as 'labels'"),
        ({"labels": [0, 1, 1, True]}, "prints something as 'labels' that is not a whole number"),
        ({"scores": [0.1, 0.2, 0.3, "0.4"]}, "prints something as 'scores' that is not a number"),
        ({"scores": [0.1]}, "prints 1 numbers as 'scores' where 4 are needed"),
        ({"rows": [ROW]}, "prints no 'threshold'"),
        ({"more": 1}, "prints an unknown 'more'"),
    ],
)
def test_what_is_not_as_it_should_be_is_said(change: dict[str, Any], fact: str) -> None:
    assert read("threshold", run_that_printed(json.dumps(DATA))).data == DATA
    assert unfit("threshold", DATA | change) == fact


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("learning-rate", {"rates": [1, 2], "losses": [[1], [2, 3]], "floor": 1}),
        ("huber", {**FORMS["huber"], "absolute": [1, 2]}),
        ("averages", {**FORMS["averages"], "names": ["a", "b"]}),
    ],
)
def test_lists_have_the_same_length(name: str, data: Any) -> None:
    assert re.fullmatch(r"prints \d numbers as '\w+' where \d are needed", unfit(name, data))


def test_halves_are_rounded_as_the_script_rounds_them() -> None:
    assert [fixed(0.0625), fixed(0.9375), fixed(2.5, 0), fixed(0.0005)] == ["0.063", "0.938", "3", "0.001"]
    assert [loss(0.28597), loss(36.86), loss(371.92), loss(10183.0)] == ["0.286", "36.9", "372", "10183"]


def test_both_languages_have_the_same_words() -> None:
    assert WORDS["en"].keys() == WORDS["zh"].keys()
    for key, text in WORDS["en"].items():
        assert sorted(re.findall(r"\{.*?\}", text)) == sorted(re.findall(r"\{.*?\}", WORDS["zh"][key])), key


@pytest.mark.parametrize("name", NAMES)
def test_no_text_of_the_data_becomes_html(name: str) -> None:
    attack = '</script><img src=x onerror="1">'
    data = json.loads(json.dumps(FORMS[name]).replace('"class"', json.dumps(attack)))
    html = Explorer(name, data).html("en")

    assert "<img" not in html
    assert html.count("</script>") == 1
    assert "" not in html.split("\n")
