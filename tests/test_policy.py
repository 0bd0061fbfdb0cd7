"""The policy of a page: nothing from elsewhere, and of what stands inline only what the templates brought."""

from __future__ import annotations

import base64
import hashlib
import re

from books import TinyBook
from verified_docs.policy import policy

PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><script>one()</script><style>p{{}}</style></head>
<body><script type="application/json">{{}}</script><script src="two.js"></script>
<article>{article}</article><script>one()</script></body></html>"""


def hash_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def rules(html: str) -> dict[str, list[str]]:
    """The directives of the one policy in the page."""
    (text,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', html)
    return {name: sources for name, *sources in (one.split() for one in text.split(";"))}


def test_everything_comes_from_the_site_and_nothing_inline_but_by_its_hash() -> None:
    found = rules(policy(PAGE.format(article="")))

    assert found["default-src"] == ["'none'"]
    assert found["script-src"] == ["'self'", hash_of("one()")]
    assert found["style-src"] == ["'self'", hash_of("p{}")]
    assert "unsafe" not in str(found)
    assert "http" not in str(found)


def test_it_stands_before_all_that_it_is_about() -> None:
    page = policy(PAGE.format(article=""))

    assert page.index("Content-Security-Policy") < page.index("<script") < page.index("<style")
    assert page.index("<meta charset") < page.index("Content-Security-Policy")
    assert policy("<html><head><title>x</title></head></html>").startswith("<html><head><meta http-equiv=")


def test_what_stands_in_the_article_is_not_let_through() -> None:
    for text in ("<script>bad()</script>", "</article><SCRIPT >bad()</SCRIPT ><article>", "<style>bad</style>"):
        assert policy(PAGE.format(article=text)).count("sha256-") == 2


def test_what_has_no_head_is_left_alone() -> None:
    assert policy("<p>a page of nothing") == "<p>a page of nothing"


def test_every_page_of_a_book_has_one(built_book: TinyBook) -> None:
    pages = {name: text.decode() for name, text in built_book.files().items() if name.endswith(".html")}

    assert {"index.html", "404.html", "zh/basics/sums/index.html"} <= set(pages)
    for page in pages.values():
        # The theme as it comes has scripts of its own in the page.
        inline = re.findall(r"<script>(.+?)</script>", page, re.DOTALL)
        assert inline
        assert rules(page)["script-src"] == ["'self'", *dict.fromkeys(map(hash_of, inline))]
