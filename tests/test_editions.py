"""Editions to keep, as far as no browser is needed: the document that is printed, and the files that need no server."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from books import TinyBook
from verified_docs.files import zipped
from verified_docs.offline import offline, page, with_file
from verified_docs.paper import Chapter, Edition, document, place

HOME = """<html><head><link rel="stylesheet" href="assets/site.css"></head><body><article>
<h1 id="home">Home</h1><p class="lead">What it is.</p><h2 id="why">Why</h2><p><a href="one/#tasks">one</a></p>
</article></body></html>"""
ONE = """<html><body><article><h1 id="one">One<a class="headerlink" href="#one">#</a></h1>
<p><a href="../#why">home</a> <a href="two/#gone">two</a> <a href="../one.zip">zip</a> <a href="https://example.org/">out</a></p>
<img src="../assets/a.svg#only-light" loading="lazy"><img src="../assets/b.svg#only-dark">
<h2 id="tasks">Tasks</h2><div class="cell"><pre><code><span class="n">task</span></code></pre></div>
<details class="answer"><summary>Hint 1</summary><p id="deep"><a href="two/">look</a></p></details>
<details class="answer"><summary>Solution</summary><div class="highlight"><pre><code>answer</code></pre></div></details>
<p class="evidence">copy</p><script type="application/json" id="programs">{}</script>
</article></body></html>"""
TWO = '<html><body><article><h1 id="two">Two</h1><p id="deep">…</p></article></body></html>'
PAGES = {"": HOME, "one/": ONE, "one/two/": TWO}


def printed(site_url: str = "", **more: object) -> BeautifulSoup:
    chapters = (Chapter("Part", ("one/",)), Chapter("", ("one/two/",)))
    edition = Edition("en", "Book", chapters, PAGES.__getitem__, site_url, "licence", ("Keras 3",), "2026-11-22")
    return BeautifulSoup(document(edition), "html.parser")


def test_each_link_of_the_document_leads_to_a_place_in_it() -> None:
    book = printed()
    names = [str(tag["id"]) for tag in book.select("[id]")]
    assert len(names) == len(set(names))
    targets = [str(tag["href"]) for tag in book.select("a[href]")]
    assert {target for target in targets if not target.startswith("#")} == {"https://example.org/"}
    assert {target[1:] for target in targets if target.startswith("#")} <= set(names)
    assert {str(tag["data-page-of"]) for tag in book.select("[data-page-of]")} <= set(names)
    # A section that is not there is no reason to lose the page; a file that is not in the book has no link.
    assert place("one/two/") in names and f"#{place('one/two/')}" in targets
    assert not book.select("a[href*=zip]") and "zip" in book.get_text()


def test_what_is_not_in_the_book_is_linked_on_the_site_if_that_has_an_address() -> None:
    assert printed("https://example.org/book/").select_one('a[href="https://example.org/book/one.zip"]')


def test_headings_are_those_of_a_book() -> None:
    headings = [(tag.name, tag.get_text()) for tag in printed().select("h1, h2, h3")]
    assert headings == [
        ("h1", "Why"),
        ("h1", "Contents"),
        ("h1", "Part"),
        ("h2", "One"),
        ("h3", "Tasks"),
        ("h1", "Two"),
        ("h1", "Hints and solutions"),
        ("h2", "One"),
        ("h3", "Tasks"),
    ]


def test_answers_stand_at_the_end() -> None:
    book = printed()
    (page,) = [tag for tag in book.select("section.page") if tag.find("h2", string="One")]
    assert "answer" not in page.get_text().replace("answers", "") and "Hint 1" not in page.get_text()
    (link,) = page.select(f'a[href="#answers:{place("one/", "tasks")}"]')
    answers = book.select_one("section.answers")
    assert answers and answers.find(id=str(link["href"])[1:])
    assert [tag.get_text() for tag in answers.select(".answer-title")] == ["Hint 1", "Solution"]
    assert not book.select("details") and not answers.select(
        f"a:not([href='#{place('one/', 'tasks')}'], [href^='#one/two/'])"
    )


def test_what_is_only_for_a_screen_is_not_printed() -> None:
    book = printed()
    assert not book.select(".headerlink, .evidence, script, img[src*=only-dark], img[loading]")
    assert [tag["src"] for tag in book.select("img")] == ["assets/a.svg"]
    assert [tag["href"] for tag in book.select("link")] == ["assets/site.css"]
    assert not book.select("span.n") and "task" in book.get_text()


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("../tour/", "../tour/index.html"),
        ("../tour/#graph", "../tour/index.html#graph"),
        ("..", "../index.html"),
        (".", "./index.html"),
        ("./", "./index.html"),
        ("../../zh/tour/?h=a#b", "../../zh/tour/index.html?h=a#b"),
        ("", "index.html"),
        ("#verified", "index.html#verified"),
        ("../site.css", "../site.css"),
        ("https://example.org/", "https://example.org/"),
        ("//example.org/", "//example.org/"),
    ],
)
def test_links_name_files(address: str, file: str) -> None:
    assert with_file(address) == file


def test_a_page_takes_what_stands_in_for_a_server_first() -> None:
    html = """<html><head><meta content="worker-src 'self'; base-uri 'none'"></head><body><a href="#x">x</a>
      <p class="editions"><a href="editions/a.pdf">pdf</a></p><code> href=&quot;a/&quot;</code></body></html>"""
    found = page(html, "../")
    assert '<script src="../assets/offline.js"></script></head>' in found
    assert "frame-src 'self'" in found and "worker-src" not in found
    assert 'href="#x"' in found and "editions" not in found and " href=&quot;a/&quot;" in found


def test_the_files_of_a_book_need_no_server(built_book: TinyBook) -> None:
    files = dict(offline(built_book.root / "site"))
    assert not {name for name in files if name.startswith("editions/") or name.endswith((".map", "404.html"))}
    for name, script in files.items():
        if name.endswith(".json.js"):
            data = json.loads(script.decode().removeprefix("document.currentScript.data = "))
            assert name.endswith("verification.json.js") == ("cells" in data)
    assert json.loads(files["zh/search/search_index.js"].decode().removeprefix("var __index = "))["docs"]
    for name, text in files.items():  # the language switch of the bare theme leads nowhere on any site
        for address in (
            re.findall(r'<a (?![^>]*hreflang)[^>]*href="([^"#?]+)', text.decode()) if name.endswith(".html") else ()
        ):
            target = (Path("/") / name).parent / address
            assert ":" in address or str(target.resolve())[1:] in files, f"{name}: {address}"


def test_an_archive_is_the_same_bytes_on_any_day() -> None:
    files = [("书/a.txt", b"a"), ("b", b"b")]
    assert zipped(files) == zipped(files)
    assert b"\x00\x00!\x00" in zipped(files)  # the first of January 1980
