"""A PDF that a browser printed, mended: the pages of its places, the date of the book, and text that can be found."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, StreamObject

DATE = re.compile(rb"(?<=Date \(D:)\d{14}")
# A line of the table that says which characters the glyphs of a font stand for: one glyph, or a range of them.
GLYPHS = re.compile(r"^<(?P<first>\w{2,4})>(?: <(?P<last>\w{2,4})>)? <(?P<character>\w{4})>$", re.MULTILINE)
# Signs for parts of characters that are drawn like a whole one: those that Unicode calls equivalent, and those that it
# does not, or that in simplified Chinese are drawn like another one.
WHOLE = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
WHOLE |= zip(
    "⼾⾭⺟⺠⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
    "户青母民西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
    strict=True,
)


def page_numbers(pdf: bytes) -> dict[str, int]:
    """The names of places that links in the PDF lead to, and the numbers of their pages."""
    reader = PdfReader(io.BytesIO(pdf))
    numbers = {name: reader.get_destination_page_number(one) for name, one in reader.named_destinations.items()}
    return {name.removeprefix("/"): number + 1 for name, number in numbers.items() if number is not None}


def mended(pdf: bytes, day: str) -> bytes:
    """The PDF with this day (as 2026-11-22) in the place of that of its printing, and with characters as people type
    them.

    A browser knows a font's glyphs and has to guess what they stand for. Where a character looks like the sign for a
    part of characters, as 文 does, it takes that: the page looks right, and nobody finds the word.
    """
    writer = PdfWriter(io.BytesIO(DATE.sub(day.replace("-", "").encode() + b"000000", pdf)), incremental=True)
    tables = {id(table): table for page in writer.pages for table in _tables(page["/Resources"])}
    for table in tables.values():
        text = table.get_data().decode()
        if (right := GLYPHS.sub(_whole, text)) != text:
            table.set_data(right.encode())
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _tables(resources: Any) -> Iterator[StreamObject]:
    """What the glyphs of each font stand for, also in figures, which have resources of their own."""
    for font in resources.get("/Font", DictionaryObject()).get_object().values():
        if "/ToUnicode" in font.get_object():
            yield font.get_object()["/ToUnicode"]
    for part in resources.get("/XObject", DictionaryObject()).get_object().values():
        if "/Resources" in part.get_object():
            yield from _tables(part.get_object()["/Resources"])


def _whole(line: re.Match[str]) -> str:
    """The line with whole characters."""
    first = int(line["first"], 16)
    last = int(line["last"] or line["first"], 16)
    characters = [chr(int(line["character"], 16) + glyph - first) for glyph in range(first, last + 1)]
    if not WHOLE.keys() & set(characters):
        return line[0]
    whole = [f"<{ord(WHOLE.get(one, one)):04X}>" for one in characters]
    return (
        f"<{line['first']}> <{line['last']}> [{' '.join(whole)}]" if line["last"] else f"<{line['first']}> {whole[0]}"
    )
