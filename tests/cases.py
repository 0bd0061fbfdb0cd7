"""Readable case files, in the manner of markdown-it-py: a title, then an input and what it gives, between dots."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "cases"
CASE = re.compile(r"(?P<title>[^\n]+)\n\.\n(?P<input>.*?)^\.\n(?P<expected>.*?)^\.\n", re.DOTALL | re.MULTILINE)
PICTURES = {code + 0x2400: code for code in range(0x20)}


def cases(name: str) -> list:
    """The cases of a file, as parameters `given` and `expected`, without the newline before each dot."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert not CASE.sub("", text).strip(), f"{name} has something that is no case: {CASE.sub('', text).strip()}"
    found = list(CASE.finditer(text))
    titles = [match["title"] for match in found]
    assert found and len(set(titles)) == len(titles), f"{name} has a title twice"
    return [
        pytest.param(match["input"].removesuffix("\n"), match["expected"].removesuffix("\n"), id=match["title"])
        for match in found
    ]


def with_controls(text: str) -> str:
    """Control characters in the place of their pictures: ␍ is a carriage return, ␈ a backspace, ␛ an escape."""
    return text.translate(PICTURES)
