"""What ran, as readers see it on the built site: below each block, and on the evidence page."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from books import TinyBook

PAGE = "basics/sums/index.html"
LANGUAGES = [("en", ""), ("zh", "zh/")]


class Ids(HTMLParser):
    """The ids of a page, and the addresses of its links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"] or "")
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")


def read(book: TinyBook, path: str) -> str:
    return (book.root / "site" / path).read_text(encoding="utf-8")


def listed(text: str) -> dict[str, list[str]]:
    """The cells of each row of the evidence page, as text, by its id."""
    rows = re.findall(r'<tr id="([^"]*)"[^>]*>(.*?)</tr>', text)
    return {name: [re.sub("<[^>]+>", "", part) for part in re.split("(?<=</t[hd]>)", row)[:-1]] for name, row in rows}


@pytest.mark.parametrize(("language", "prefix"), LANGUAGES)
def test_a_block_leads_to_its_row_and_back(built_book: TinyBook, language: str, prefix: str) -> None:
    page, evidence = Ids(read(built_book, prefix + PAGE)), Ids(read(built_book, prefix + "evidence/index.html"))

    for name in ("sums.py:numbers", "sums.py:mean", "sums.py:divide", "texts.py:escaped"):
        assert f"basics/{name}" in page.ids
        assert f"../../evidence/#{language}:basics/{name}" in page.links
        assert f"{language}:basics/{name}" in evidence.ids
    assert f"../{'../zh/' if prefix else ''}basics/sums/#basics/sums.py:mean" in evidence.links
    assert not [name for name, count in Counter(page.ids + evidence.ids).items() if "basics/" in name and count > 1]


@pytest.mark.parametrize(("language", "prefix"), LANGUAGES)
def test_the_evidence_page_lists_every_cell_of_every_language(built_book: TinyBook, language: str, prefix: str) -> None:
    rows = listed(read(built_book, prefix + "evidence/index.html"))

    cells = json.loads(read(built_book, "verification.json"))["cells"]
    assert sorted(rows) == sorted(f"{cell['language']}:{cell['id']}" for cell in cells)
    raised, hidden = ("raised as expected", "(on no page)") if language == "en" else ("如期引发异常", "（不在页面上）")
    assert rows["en:basics/sums.py:divide"] == ["divide", raised, "", ""]
    assert rows["zh:basics/sums.py:share"][2] == "share &gt; 0.5"
    assert rows["zh:basics/texts.py:secret"][0] == f"secret {hidden}"


def test_the_evidence_page_speaks_the_readers_language(built_book: TinyBook) -> None:
    english, chinese = (read(built_book, prefix + "evidence/index.html") for _, prefix in LANGUAGES)

    assert "Add numbers, and draw them." in english and "contracts: 1" in english
    assert "契约：1" in chinese and "contracts" not in chinese
    assert 'href="../verification.json"' in english
    assert 'href="../../verification.json"' in chinese


@pytest.mark.parametrize(("language", "prefix"), LANGUAGES)
def test_the_last_block_of_a_module_offers_the_program_that_ran(
    built_book: TinyBook, language: str, prefix: str
) -> None:
    text = read(built_book, prefix + PAGE)

    assert re.findall(r'<a download="(\w+\.py)" href="(\S+)">', text) == [
        ("sums.py", "../sums.py"),
        ("texts.py", "../texts.py"),
    ]
    assert (
        text.index('download="sums.py"') > text.index('id="basics/sums.py:share"') > text.index("basics/sums.py:mean")
    )
    program = read(built_book, f"{prefix}basics/sums.py")
    original = (built_book.root / "snippets/basics/sums.py").read_text(encoding="utf-8")
    assert (program == original) == (language == "en")
    assert program.count("\n") == original.count("\n")


@pytest.mark.parametrize(("language", "prefix"), LANGUAGES)
def test_a_page_carries_its_programs(built_book: TinyBook, language: str, prefix: str) -> None:
    text = read(built_book, prefix + PAGE)

    (data,) = re.findall(r'<script type="application/json" id="programs">(.*?)</script>', text)
    carried = json.loads(data)
    assert carried["evidence"] == "../../" + "../" * len(prefix.split("/")[:-1]) + "verification.json"
    sums, texts = carried["modules"]["basics/sums.py"], carried["modules"]["basics/texts.py"]
    title = re.search(r'"""(.*)"""', read(built_book, f"{prefix}basics/sums.py"))
    assert title and sums["start"] == title[0]
    assert [cell["name"] for cell in sums["cells"]] == ["numbers", "mean", "divide", "picture", "share"]
    assert sums["cells"][2]["caught"].startswith("try:\n    total / 0\nexcept")
    assert [cell["name"] for cell in sums["cells"] if cell.get("draws")] == ["picture"]
    assert [cell["name"] for cell in texts["cells"]] == ["join", "secret", "escaped"]
    assert "<script>alert(1)</script> & ```" in texts["cells"][1]["source"]


def test_search_finds_neither_programs_nor_what_stands_below_each_block(built_book: TinyBook) -> None:
    documents = json.loads(read(built_book, "search/search_index.json"))["docs"]

    found = "\n".join(document["text"] for document in documents)
    assert "the sum is 6.50" in found
    for text in ("Evidence</a>", "Download", "except Exception", "raised as expected"):
        assert text not in found


def test_a_page_without_blocks_carries_nothing(built_book: TinyBook) -> None:
    assert 'id="programs"' not in read(built_book, "index.html")


def test_a_row_leads_to_the_page_that_shows_the_module(tiny_book: TinyBook) -> None:
    for language in ("en", "zh"):
        page = tiny_book.root / f"docs/{language}/index.md"
        page.write_text(page.read_text() + '\n```python cell="basics/sums.py:mean"\n```\n')

    assert tiny_book.run("build").returncode == 0

    evidence = Ids(read(tiny_book, "evidence/index.html"))
    assert "../basics/sums/#basics/sums.py:mean" in evidence.links
    assert "../#basics/sums.py:mean" not in evidence.links
    assert "evidence/#en:basics/sums.py:mean" in Ids(read(tiny_book, "index.html")).links
