"""What holds for every page of the site: its language, its width, its peace, and who can read it."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from reading import CHAPTER, PAGES, PHONE, search
from visits import AXE, ONE_OF_A_KIND, VIOLATIONS, Visit


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


@pytest.mark.parametrize("path", ["", f"zh/{CHAPTER}"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_while_the_menu_or_the_search_is_open(
    browser: Browser, address: str, path: str, scheme: Literal["light", "dark"]
) -> None:
    page = browser.new_context(viewport=PHONE, color_scheme=scheme, reduced_motion="reduce").new_page()
    page.goto(address + path)
    page.evaluate(ONE_OF_A_KIND)
    page.evaluate(AXE)
    page.locator("button.menu").press("Enter")
    expect(page.locator("button.menu")).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".md-sidebar--primary a").last).to_be_visible()
    assert page.evaluate(VIOLATIONS, {}) == []

    page.locator("button.menu").press("Enter")
    page.locator("label[for=__search]").first.click()
    search(page, "tensor")
    expect(page.locator(".md-search-result__item").first).to_be_visible()
    assert page.evaluate(VIOLATIONS, {}) == []
    page.context.close()
