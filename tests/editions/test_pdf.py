"""The book of each language as a PDF: complete, in order, with links that lead somewhere and numbers that are right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from mkdocs.config import load_config
from pypdf import PdfReader
from pypdf.generic import Destination

from reading import ROOT, SITE
from verified_docs.paper import WORDS
from verified_docs.project import LANGUAGES, PDF, config_name
from verified_docs.shells.editions import NOT_PRINTED

LIMIT = 15_000_000
# Sentences of a page in the middle of the book, and titles of figures.
SENTENCES = {
    "en": ["Never average ratios or roots over batches.", "In such coarse images the two loops hardly show."],
    "zh": ["这时来了一位客户，快递员刚到，门就开了", "所以导出是在 .keras 文件之外再做一份"],
}
IN_FIGURES = {"en": ["Reliability diagram (test)"], "zh": ["人工神经元"]}


@dataclass(frozen=True)
class Book:
    """A PDF, read once."""

    language: str
    reader: PdfReader
    pages: tuple[str, ...]
    outline: tuple[tuple[str, int], ...]
    """Titles and the pages that they lead to, counted from 1."""

    @property
    def text(self) -> str:
        return squeezed("".join(self.pages))

    def starts(self) -> Iterator[tuple[str, int]]:
        """The titles of the pages that belong into the book, and the page numbers that the outline has for them."""
        entries = iter(self.outline)
        for title in titles(self.language):
            number = next((number for entry, number in entries if squeezed(entry) == squeezed(title)), None)
            assert number, f"{title} is not in the outline, or not in its place"
            yield title, number

    def links(self) -> Iterator[Any]:
        """What each link does."""
        for page in self.reader.pages:
            for annotation in page.get("/Annots", []):
                one = annotation.get_object()
                if one["/Subtype"] == "/Link":
                    yield one.get("/A", {"/S": "/GoTo", "/D": one.get("/Dest")})


def squeezed(text: str) -> str:
    """The text without spaces: where lines end, a PDF has some and lacks others."""
    return re.sub(r"\s+", "", text)


def flat(outline: list[Any]) -> Iterator[Destination]:
    for one in outline:
        if isinstance(one, list):
            yield from flat(one)
        else:
            yield one


@pytest.fixture(scope="module", params=LANGUAGES)
def book(request: pytest.FixtureRequest) -> Book:
    file = SITE / PDF[request.param]
    assert file.exists(), "make the editions first: make editions"
    reader = PdfReader(file)
    outline = [(str(one.title), reader.get_destination_page_number(one)) for one in flat(reader.outline)]
    texts = tuple(page.extract_text() for page in reader.pages)
    return Book(
        request.param, reader, texts, tuple((title, number + 1) for title, number in outline if number is not None)
    )


def paths(nav: Any) -> Iterator[str]:
    """The paths in a navigation of MkDocs."""
    if isinstance(nav, str):
        yield nav
    else:
        for one in nav.values() if isinstance(nav, dict) else nav:
            yield from paths(one)


def titles(language: str) -> list[str]:
    """The titles of all pages that belong into the book, as they are written."""
    nav = load_config(str(ROOT / config_name(language))).nav
    printed = [path for path in paths(nav) if not NOT_PRINTED.fullmatch(path)]
    texts = [(ROOT / "docs" / language / path).read_text(encoding="utf-8") for path in printed]
    found = [re.search(r"^# (.+?)(?: \{.*\})?$", text, re.MULTILINE) for text in texts]
    return [one[1].replace("`", "") for one in found if one]


def test_it_is_small_and_says_what_it_is(book: Book) -> None:
    assert (SITE / PDF[book.language]).stat().st_size <= LIMIT
    assert (
        book.reader.metadata
        and book.reader.metadata.title == load_config(str(ROOT / config_name(book.language))).site_name
    )
    assert book.reader.trailer["/Root"]["/Lang"] == book.language
    assert book.reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_the_outline_has_every_page_in_order_and_leads_there(book: Book) -> None:
    assert len(list(book.starts())) > 40
    for title, number in book.starts():
        assert squeezed(title) in squeezed(book.pages[number - 1])
    assert all(one <= other for (_, one), (_, other) in pairwise(book.outline))


def test_every_page_but_the_first_has_its_number_and_something_to_read(book: Book) -> None:
    assert len(book.pages) > 250
    for number, (page, text) in enumerate(zip(book.reader.pages, book.pages, strict=True), 1):
        lines = text.split()
        assert (str(number) in (lines[-1], lines[0])) == (number > 1), number
        assert len(squeezed(text)) > 20 or "/XObject" in page["/Resources"], f"page {number} is empty"


def test_the_contents_have_the_right_numbers(book: Book) -> None:
    start = next(number for title, number in book.outline if title == WORDS[book.language]["contents"])
    first = next(number for title, number in book.outline if number > start)
    contents = squeezed("".join(book.pages[start - 1 : first - 1]))
    for title, number in book.starts():
        # The number of the page itself may follow that of its last line.
        assert re.search(rf"{re.escape(squeezed(title))}{number}(?!\d\d)", contents), title


def test_links_lead_to_a_place_in_the_book_or_to_another_host(book: Book) -> None:
    places = book.reader.named_destinations
    inside, outside = 0, 0
    for link in book.links():
        if link["/S"] == "/URI":
            assert re.match(r"https?://", link["/URI"]), link["/URI"]
            outside += 1
        else:
            target = link["/D"]
            assert str(target) in places or isinstance(target, list), target
            inside += 1
    assert inside > 150 < outside
    assert {place.lstrip("/") for place in places} >= {"evaluation/classification/:roc", "tour/"}


def test_text_and_figures_can_be_read(book: Book) -> None:
    for sentence in SENTENCES[book.language]:
        assert squeezed(sentence) in book.text, sentence
    for title in IN_FIGURES[book.language]:  # in the code, and in what it drew
        assert book.text.count(squeezed(title)) == 2, title


def test_characters_are_those_that_people_type(book: Book) -> None:
    """Browsers take some Chinese characters for signs that look alike: then nobody finds the word."""
    root = SITE / ("" if book.language == "en" else book.language)
    typed = {character for file in root.rglob("*.html") for character in file.read_text(encoding="utf-8")}
    strange = set(re.findall(r"[\u2e80-\u9fff\ufffd]", book.text)) - typed
    assert not strange, strange


def test_solutions_stand_at_the_end_and_not_below_their_tasks(book: Book) -> None:
    answers = next(number for title, number in book.outline if title == WORDS[book.language]["answers"])
    task, end = ("".join(map(squeezed, part)) for part in (book.pages[: answers - 1], book.pages[answers - 1 :]))
    solution = squeezed("self.true_negatives = self.add_weight")
    assert solution in end and solution not in task
    starter = squeezed("def result(self): return 0.0")
    page = next(number for number, text in enumerate(book.pages, 1) if starter in squeezed(text))
    there = numbers_after(book, "answer", book.pages[page - 1 : page + 1])[0]
    assert solution in squeezed("".join(book.pages[there - 1 : there + 1]))
    assert {page, page - 1} & set(numbers_after(book, "task", book.pages[there - 1 : there + 1]))


def numbers_after(book: Book, words: str, pages: tuple[str, ...]) -> list[int]:
    """The numbers of pages that follow these words of the book."""
    pattern = squeezed(str(WORDS[book.language][words]) + WORDS[book.language]["page"][0])
    return [int(number) for number in re.findall(rf"{pattern}(\d+)", squeezed("\n".join(pages)))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_beside_the_editions(language: str) -> None:
    assert not [file for file in SITE.rglob(".*")]
    assert sorted(file.name for file in (SITE / PDF[language]).parent.iterdir()) == sorted(
        [*(Path(one).name for one in PDF.values()), "verified-tensorflow-offline.zip"]
    )
