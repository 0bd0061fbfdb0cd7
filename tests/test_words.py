"""Long Chinese words are cut where readers would look for the second part."""

from __future__ import annotations

import json

import pytest

from books import TinyBook
from verified_docs.words import finer, parts


@pytest.mark.parametrize(
    ("word", "cut"),
    [
        ("神经网络", ("神经", "网络")),
        ("不规则", ("不", "规则")),
        ("历史记录", ("历史", "记录")),
        ("平均值", ("平均值",)),  # "平均" is found as its beginning
        ("人工智能", ("人工", "智能")),
        ("张量", ("张量",)),
    ],
)
def test_words_are_cut_into_words(word: str, cut: tuple[str, ...]) -> None:
    assert parts(word) == cut


def test_only_long_chinese_words_change() -> None:
    assert finer("<code>keras</code> 的\u200b神经网络") == "<code>keras</code> 的\u200b神经\u200b网络"


def test_an_index_stays_whole_where_the_theme_cannot_fetch_it_later(built_book: TinyBook) -> None:
    index = json.loads(built_book.files()["zh/search/search_index.json"])

    assert index["docs"]
