"""A page is light, and the site works wherever it is put."""

from __future__ import annotations

import gzip
import re
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from hosting import hosted
from reading import CHAPTER, PAGES, PHONE, SITE, search
from visits import TO_THE_END

PAGE_LIMIT = 60_000
FIRST_PAGE_LIMIT = 300_000
ADDRESS = re.compile(r'\s(?:href|src)="([^"]*)"')


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_at_most_60_kb(path: str) -> None:
    assert len(gzip.compress((SITE / path / "index.html").read_bytes(), 6)) <= PAGE_LIMIT


@pytest.mark.parametrize("path", ["", "zh/", CHAPTER, f"zh/{CHAPTER}"])
def test_the_first_page_of_a_visit_with_all_its_figures_is_at_most_300_kb(
    browser: Browser, address: str, path: str
) -> None:
    page = browser.new_context(viewport=PHONE).new_page()
    page.goto(address + path, wait_until="networkidle")
    page.evaluate(TO_THE_END)
    page.wait_for_load_state("networkidle")
    sizes = page.evaluate(
        "['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind)).map(one => one.transferSize)"
    )
    page.context.close()

    assert len(sizes) > 5 and all(sizes)
    assert sum(sizes) <= FIRST_PAGE_LIMIT


@pytest.mark.parametrize("path", PAGES)
def test_links_are_relative_and_lead_somewhere(path: str) -> None:
    text = re.sub(r"<pre.*?</pre>", "", (SITE / path / "index.html").read_text(encoding="utf-8"), flags=re.DOTALL)
    for address in ADDRESS.findall(text):
        parts = urlsplit(address)
        if parts.scheme or not parts.path:
            continue
        assert not parts.path.startswith("/"), address
        target = SITE.joinpath(path, unquote(parts.path)).resolve()
        assert target == SITE or SITE in target.parents, f"{address} leads out of the site"
        assert (target / "index.html" if target.is_dir() else target).is_file(), address


def test_the_site_works_below_another_path(browser: Browser) -> None:
    with hosted(SITE, "/sub/path/") as address:
        context = browser.new_context()
        bad: list[str] = []
        context.on("response", lambda answer: answer.status >= 400 and bad.append(answer.url))
        context.on("request", lambda one: one.url.startswith((address, "data:")) or bad.append(one.url))
        page = context.new_page()
        page.goto(address)
        page.locator(".chapters a").first.click()
        page.wait_for_url(f"{address}tour/")
        page.evaluate(TO_THE_END)
        page.locator("nav.languages a").click()
        page.wait_for_url(f"{address}zh/tour/*")
        search(page, "混淆矩阵")
        expect(page.locator(".md-search-result__item").first).to_be_visible()
        page.locator(f".md-search-result__item a[href*='{CHAPTER}']").first.click()
        page.wait_for_url(f"{address}zh/{CHAPTER}*")
        page.evaluate(TO_THE_END)
        context.close()

    assert bad == []


def test_light_and_dark_are_remembered_for_both_languages(browser: Browser, address: str) -> None:
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(address)
    body = page.locator("body")
    for _ in range(2):  # from "as the system" to light, and to dark
        page.locator("label[for^=__palette]:visible").click()
    expect(body).to_have_attribute("data-md-color-scheme", "slate")

    page.goto(f"{address}zh/{CHAPTER}")

    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    context.close()
