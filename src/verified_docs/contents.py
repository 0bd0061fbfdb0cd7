"""The navigation of a language -> its chapters, in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NavItem = str | dict[str, "str | list[NavItem]"]
"""An entry of `nav` in the MkDocs configuration."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """The pages of one folder below docs/<language>/, by their paths, in the order of the navigation.

    `title` is that of the navigation's section; empty where they stand in none.
    """

    name: str
    title: str
    pages: tuple[str, ...]


def chapters(nav: Sequence[NavItem]) -> tuple[Chapter, ...]:
    """The chapters; what lies in no folder belongs to none."""
    found: dict[str, Chapter] = {}
    for title, path in _pages(nav):
        name, slash, _ = path.partition("/")
        if slash:
            before = found.get(name) or Chapter(name, title, ())
            found[name] = Chapter(name, before.title, (*before.pages, path))
    return tuple(found.values())


def sections(nav: Sequence[NavItem]) -> dict[str, list[str]]:
    """The pages of each section of the navigation; at the end, without a title, those that are in none."""
    found: dict[str, list[str]] = {}
    single: list[str] = []
    for title, path in _pages(nav):
        (found.setdefault(title, []) if title else single).append(path)
    return {**found, "": single}


def _pages(items: Sequence[NavItem], title: str = "") -> Iterator[tuple[str, str]]:
    """The title of the section, and the page."""
    for item in items:
        named = item if isinstance(item, dict) else {"": item}
        for name, value in named.items():
            if isinstance(value, str):
                yield title, value
            else:
                yield from _pages(value, name)
