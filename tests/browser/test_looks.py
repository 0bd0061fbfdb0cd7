"""How pages look: the first screen, every width, paper, Chinese text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from hosting import SlowLine, hosted
from reading import CHAPTER, DESKTOP, PAGES, PHONE, SITE, opened
from visits import PHONES, SHIFTS, TO_THE_END

FIGURES = [CHAPTER, "tensors/basics/", "zh/tour/"]
NARROW: ViewportSize = {"width": PHONES[0], "height": 844}
PAPER: ViewportSize = {"width": 718, "height": 1000}  # A4 less its margins, in CSS pixels
# Where a line of text begins: the characters that are further left than those before them, and lower.
LINE_STARTS = """article => {
  const starts = []
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT)
  for (let node, last; (node = walker.nextNode()); ) {
    if (node.parentElement.closest("pre, math, table, .headerlink")) continue
    for (let i = 0; i < node.length; i++) {
      const range = document.createRange()
      range.setStart(node, i)
      range.setEnd(node, i + 1)
      const box = range.getBoundingClientRect()
      if (!box.width) continue
      if (last && box.top > last.top + box.height / 2 && box.left < last.left) starts.push(node.data[i])
      last = box
    }
  }
  return starts
}"""


@pytest.mark.parametrize("path", ["", "zh/"])
def test_the_first_screen_shows_what_this_is(browser: Browser, address: str, path: str) -> None:
    page = browser.new_page(viewport=DESKTOP)
    page.goto(address + path)
    page.wait_for_load_state("networkidle")

    bottom = "one => one.getBoundingClientRect().bottom"
    for part in ("h1", ".lead", ".button", ".cell", ".output", "img.figure:visible"):
        assert page.locator(part).first.evaluate(bottom) <= DESKTOP["height"], part
    page.set_viewport_size({"width": 390, "height": 844})
    for part in ("h1", ".lead", ".button", ".cell", ".output"):
        assert page.locator(part).first.evaluate(bottom) <= 844, part
    page.close()


@pytest.mark.parametrize("path", ["", "zh/"])
def test_the_home_page_lists_every_chapter(context: BrowserContext, path: str) -> None:
    page = opened(context, path)
    links: list[str] = page.locator(".chapters a").evaluate_all("links => links.map(link => link.pathname)")

    elsewhere = ("notebooks/", "cheat-sheet/", "contributing/", "glossary/", "evidence/", "versions/", "benchmarks/")
    pages = {one.removeprefix("zh/") for one in PAGES if one.startswith("zh/") == bool(path)} - {""}
    listed = {link.lstrip("/").removeprefix("zh/") for link in links}
    assert {one for one in pages if not one.startswith(elsewhere)} <= listed


@pytest.mark.parametrize("path", FIGURES)
def test_nothing_moves_on_a_wide_screen(browser: Browser, address: str, path: str) -> None:
    page = browser.new_page(viewport=DESKTOP)
    page.goto(address + path)
    page.wait_for_load_state("networkidle")
    page.evaluate(TO_THE_END)

    assert page.locator("img.figure:visible").count() > 0
    assert page.evaluate(SHIFTS) == []
    page.close()


@pytest.fixture(scope="module")
def slow_line() -> Iterator[str]:
    """The address of the site at the end of a slow line."""
    with hosted(SITE, handler=SlowLine) as address:
        yield address


@pytest.mark.parametrize("screen", [NARROW, PHONE, DESKTOP], ids=["narrow", "phone", "desktop"])
@pytest.mark.parametrize("path", ["", "zh/", "cheat-sheet/", "zh/cheat-sheet/", "zh/legacy/", "versions/"])
def test_nothing_moves_while_a_page_arrives_in_pieces(
    browser: Browser, slow_line: str, path: str, screen: ViewportSize
) -> None:
    page = browser.new_page(viewport=screen)
    page.goto(slow_line + path)
    page.wait_for_load_state("networkidle")

    assert page.evaluate(SHIFTS) == []
    assert page.locator("article > :not(script)").last.is_visible()
    page.close()


@pytest.mark.parametrize("screen", [NARROW, PHONE, DESKTOP], ids=["narrow", "phone", "desktop"])
@pytest.mark.parametrize("path", ["", "zh/cheat-sheet/", "glossary/", "saving/formats/", "versions/"])
def test_what_scripts_add_has_its_place_before_they_come(
    browser: Browser, address: str, path: str, screen: ViewportSize
) -> None:
    page = browser.new_page(viewport=screen)
    heights = []
    for scripts in ("**/*.js", "**/none"):
        page.route(scripts, lambda route: route.abort())
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        page.evaluate(TO_THE_END)
        heights.append(page.evaluate("document.querySelector('article').offsetHeight"))
        page.unroute(scripts)

    assert page.locator("button.copy, .md-typeset__table").count() > 0
    assert heights[0] == heights[1]
    page.close()


def test_figures_have_their_place_before_they_come(context: BrowserContext) -> None:
    heights = "[...document.querySelectorAll('img.figure')].filter(i => i.offsetParent).map(i => i.offsetHeight)"
    page = opened(context, CHAPTER)
    before = page.evaluate(heights)
    page.evaluate(TO_THE_END)

    assert before == page.evaluate(heights)
    assert all(height > 100 for height in before)


@pytest.fixture
def printed(browser: Browser, address: str) -> Page:
    """A chapter as it is printed by somebody who reads in the dark."""
    page = browser.new_context(viewport=PAPER, color_scheme="dark").new_page()
    page.goto(address + CHAPTER)
    page.wait_for_load_state("networkidle")
    page.evaluate(TO_THE_END)
    page.emulate_media(media="print", color_scheme="dark")
    return page


def test_paper_has_code_outputs_and_figures_and_no_navigation(printed: Page) -> None:
    for gone in (".md-header", ".md-sidebar", ".md-footer__inner", ".md-code__nav", ".headerlink", ".md-search"):
        assert not any(one.is_visible() for one in printed.locator(gone).all()), gone
    for block in printed.locator(".cell pre, .output pre").all():
        assert block.evaluate("one => one.scrollWidth <= one.clientWidth")
    figures = [str(one.get_attribute("src")) for one in printed.locator("img.figure").all() if one.is_visible()]
    assert figures
    assert all(source.endswith("#only-light") for source in figures)
    assert printed.locator("body").evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(255, 255, 255)"
    assert printed.locator(".output code").first.evaluate("one => getComputedStyle(one).color") == "rgb(31, 37, 49)"
    assert printed.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]


def test_figures_come_to_paper_that_nobody_has_scrolled_to(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address + CHAPTER)
    page.wait_for_load_state("networkidle")
    short = len(page.pdf(format="A4"))
    page.evaluate(TO_THE_END)

    assert abs(len(page.pdf(format="A4")) - short) < 0.05 * short
    page.close()


def test_chinese_lines_do_not_begin_with_what_ends_a_phrase(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto(f"{address}zh/{CHAPTER}")
    starts = page.locator("article").evaluate(LINE_STARTS)

    assert len(starts) > 100
    assert not set(starts) & set("，。、；：？！）》”’…")
    page.close()


def test_chinese_text_is_set_as_chinese(context: BrowserContext) -> None:
    page = opened(context, f"zh/{CHAPTER}")
    style = page.locator("article p").first.evaluate(
        "one => Object.fromEntries(['lineBreak', 'textAlign', 'textSpacingTrim', 'textAutospace', 'fontFamily']"
        ".map(name => [name, getComputedStyle(one)[name]]))"
    )

    assert style["lineBreak"] == "strict"
    assert style["textAlign"] in {"start", "left"}
    assert style["textSpacingTrim"] == "trim-start"
    assert style["textAutospace"] == "no-autospace"
    assert "PingFang SC" in style["fontFamily"]
    # A quotation mark is as wide as a character, but for the first in a line.
    width = page.evaluate(
        """async () => {
          await document.fonts.ready
          const one = document.createElement("span")
          one.textContent = "“"
          document.querySelector("article p").prepend("汉", one)
          return one.getBoundingClientRect().width / parseFloat(getComputedStyle(one).fontSize)
        }"""
    )
    assert width > 0.9
