"""A term has one translation: in pages and in catalogs."""

from __future__ import annotations

import pytest

from books import TinyBook

TABLE = """---
title: {title}
{original}---

# {title}

| term | word | not |
|---|---|---|
| sum | 和 | 总数、合计 |
| mean | 平均 | |
"""


@pytest.fixture
def book(tiny_book: TinyBook) -> TinyBook:
    """The tiny book with a glossary."""
    original = TABLE.format(title="Terms", original="")
    (tiny_book.root / "docs/en/glossary.md").write_text(original)
    version = "original: " + "0" * 40 + "\n"
    (tiny_book.root / "docs/zh/glossary.md").write_text(TABLE.format(title="术语", original=version))
    return tiny_book


def test_a_page_and_a_catalog_that_use_another_word_are_errors(book: TinyBook) -> None:
    assert book.run("check").returncode == 0
    book.replace("docs/zh/basics/sums.md", "和是", "合计是")
    book.replace("snippets/basics/sums.zh.po", "和是", "总数是")

    said = book.run("check").stderr

    assert (
        "docs/zh/basics/sums.md:8: '合计' is not this site's word for 'sum'\n  write '和', as the glossary says" in said
    )
    assert "snippets/basics/sums.zh.po:13: '总数' is not this site's word for 'sum'" in said
    assert said.count("is not this site's word") == 2


def test_code_in_a_page_is_left_alone(book: TinyBook) -> None:
    page = book.root / "docs/zh/basics/sums.md"
    page.write_text(page.read_text() + "\n名字 `合计` 是代码。\n\n```text\n总数\n```\n")

    assert "is not this site's word" not in book.run("check").stderr
