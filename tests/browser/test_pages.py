"""Pages as readers get them: whole, in their language, within the screen, without requests to other hosts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

SITE = Path(__file__).parents[2] / "site"
PAGES = sorted(file.relative_to(SITE).as_posix().removesuffix("index.html") for file in SITE.rglob("index.html"))
DOCS = Path(__file__).parents[2] / "docs"
CHAPTER = "evaluation/classification/"


def opened(context: BrowserContext, path: str) -> Page:
    """The page, with nothing on its console that should not be there."""
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: message.type in {"error", "warning"} and said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert said == []
    return page


def test_there_are_pages_of_both_languages() -> None:
    assert {"", "zh/", CHAPTER, f"zh/{CHAPTER}"} <= set(PAGES)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_its_language_and_fits_a_phone(context: BrowserContext, path: str) -> None:
    page = opened(context, path)

    assert page.locator("html").get_attribute("lang") == ("zh" if path.startswith("zh/") else "en")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("path", [CHAPTER, f"zh/{CHAPTER}"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_follow_the_theme_and_the_hidden_one_is_not_fetched(
    context: BrowserContext, path: str, scheme: str
) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    fetched: list[str] = []
    page.on("request", lambda request: "/figures/" in request.url and fetched.append(request.url))
    page.goto(path)
    for figure in page.locator("img.figure").all():
        if figure.is_visible():
            figure.scroll_into_view_if_needed()
            page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=figure.element_handle())

    assert fetched
    assert all(f".{scheme}.svg" in url for url in fetched)


@pytest.mark.parametrize("path", [CHAPTER, f"zh/{CHAPTER}"])
def test_the_language_switch_leads_to_the_same_page_and_back(context: BrowserContext, path: str) -> None:
    page = opened(context, path)
    start = page.url
    other = path.removeprefix("zh/") if path.startswith("zh/") else f"zh/{path}"

    page.locator("nav.languages a").click()
    page.wait_for_url(f"**/{other}")
    page.locator("nav.languages a").click()
    page.wait_for_url(start)


@pytest.mark.parametrize("path", [CHAPTER, f"zh/{CHAPTER}"])
def test_code_outputs_and_formulas_are_there(context: BrowserContext, path: str) -> None:
    page = opened(context, path)

    source = (DOCS / ("zh" if path.startswith("zh/") else "en") / f"{CHAPTER.rstrip('/')}.md").read_text()
    assert page.locator(".cell").count() == source.count("```python cell=")
    assert page.locator(".output").count() > page.locator(".cell").count() / 2
    assert page.locator(".cell.raises").count() == page.locator(".output.error").count() > 0
    assert page.locator("math").count() >= 4
    assert "\\(" not in page.locator("article").inner_text()


def test_nothing_moves_when_figures_arrive(context: BrowserContext) -> None:
    page = opened(context, CHAPTER)
    heights = "[...document.querySelectorAll('img.figure')].filter(i => i.offsetParent).map(i => i.offsetHeight)"
    before = page.evaluate(heights)
    page.keyboard.press("End")
    page.wait_for_load_state("networkidle")

    assert before == page.evaluate(heights)
    assert all(height > 100 for height in before)
