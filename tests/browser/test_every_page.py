"""What holds for every page of the site: its language, its width, its peace, and who can read it."""

from __future__ import annotations

import pytest

from reading import CHAPTER, PAGES
from visits import Visit


def test_there_are_pages_of_both_languages() -> None:
    assert {"", "zh/", CHAPTER, f"zh/{CHAPTER}"} <= set(PAGES)


@pytest.mark.parametrize("path", [*PAGES, "404.html"])
def test_a_page_is_in_its_language_and_neither_complains_nor_asks_elsewhere(
    visits: dict[str, Visit], path: str
) -> None:
    assert visits[path].said == []
    assert visits[path].language == ("zh" if path.startswith("zh/") else "en")
    assert visits[path].headings == 1


@pytest.mark.parametrize("path", [*PAGES, "404.html"])
def test_a_page_fits_every_phone_and_nothing_on_it_moves(visits: dict[str, Visit], path: str) -> None:
    assert all(found <= width for width, found in visits[path].widths.items())
    assert visits[path].shift == 0


@pytest.mark.parametrize("path", [*PAGES, "404.html"])
def test_axe_finds_nothing_in_either_scheme(visits: dict[str, Visit], path: str) -> None:
    assert len(visits[path].violations) == 3
    assert [f"{scheme}: {one}" for scheme, found in visits[path].violations.items() for one in found] == []
