"""One translation for each term: pages and catalogs are held to the table of the glossary page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .catalog import Catalog
from .check import Text
from .embed import INLINE_CODE, prose
from .errors import DocsError
from .project import ORIGINAL, Page

PAGE = "glossary.md"
ROW = re.compile(r"\|(?P<term>[^|]+)\|(?P<word>[^|]+)\|(?P<others>[^|]*)\|\s*$")
BETWEEN = re.compile(r"[、,，]\s*")


@dataclass(frozen=True, slots=True)
class Term:
    """A term, its translation, and the translations that are not used."""

    term: str
    word: str
    others: tuple[str, ...]


def terms(page: Page) -> list[Term]:
    """The rows of the table, but for its head."""
    matches = [match for line in page.text.splitlines() if (match := ROW.match(line))]
    return [
        Term(
            match["term"].strip(),
            match["word"].strip(),
            tuple(other for other in BETWEEN.split(match["others"].strip()) if other),
        )
        for match in matches[2:]
    ]


def terms_are_translated_in_one_way(text: Text, catalogs: Mapping[str, Catalog]) -> Iterator[DocsError]:
    """No page or catalog of a translation uses a word that the glossary replaces by another.

    `catalogs` has the catalogs of all languages, by the path that messages give them.
    """
    for glossary in text.pages:
        if glossary.language == ORIGINAL or glossary.path != PAGE:
            continue
        known = terms(glossary)
        for page in text.pages:
            if page.language == glossary.language and page is not glossary:
                lines = [(number, INLINE_CODE.sub("", line)) for number, line in prose(page.text)]
                yield from _in_lines(page.shown_path, lines, known)
        for path, catalog in catalogs.items():
            if catalog.language == glossary.language:
                lines = [(entry.line, entry.text) for entry in (catalog.entries or {}).values()]
                yield from _in_lines(path, lines, known)


def _in_lines(path: str, lines: list[tuple[int, str]], known: list[Term]) -> Iterator[DocsError]:
    for number, line in lines:
        for term in known:
            for other in term.others:
                if other in line:
                    fact = f"'{other}' is not this site's word for '{term.term}'"
                    yield DocsError(path, number, fact, f"write '{term.word}', as the glossary says")
