"""Every page of the site, visited once: several at a time, and all that is looked at on each visit in one go."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
from playwright.async_api import BrowserContext, Error, Page, async_playwright, expect

from reading import PAGES

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PHONES = (320, 390)
DESKTOP = 1280
# What axe looks at: the system's scheme, the theme's name for it, and the width of the window.
LOOKS: tuple[tuple[Literal["light", "dark"], str, int], ...] = (
    ("light", "default", DESKTOP),
    ("dark", "slate", PHONES[-1]),
    ("dark", "slate", DESKTOP),
)
# Colours come with the scheme, not with the width, and to judge them takes most of the time: once in each scheme.
NO_COLOURS = {"color-contrast": {"enabled": False}}
# What a page of code holds a thousand times looks the same each time: of the words of one kind in one kind of block,
# those after the first become plain text, or the look at contrast takes seconds per page. (Of single characters axe
# does not judge the contrast.) Nor is anything to be laid out anew each time that axe looks at it.
ONE_OF_A_KIND = """() => {
  for (const block of document.querySelectorAll(".highlight")) block.style.contentVisibility = "visible"
  const seen = new Set()
  for (const word of document.querySelectorAll(".highlight code span, .highlight code a")) {
    const kind = word.closest(".highlight").className + "|" + word.parentElement.className + "|" + word.className
    if (seen.has(kind) || word.textContent.length < 2) word.replaceWith(...word.childNodes)
    else seen.add(kind)
  }
}"""
VIOLATIONS = """rules => axe.run({ resultTypes: ["violations"], rules }).then(found =>
  found.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 200)}`)))"""
# Everything below the fold comes late: go there as a reader does, and wait for the figures that are shown; what is
# folded away never comes.
TO_THE_END = """async () => {
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
    scrollTo(0, y)
    await new Promise(requestAnimationFrame)
  }
  await Promise.all([...document.images].filter(one => one.checkVisibility()).map(one => one.decode()))
  await new Promise(requestAnimationFrame)
}"""
SHIFTS = """() => new Promise(resolve => {
  new PerformanceObserver(list => resolve(list.getEntries().map(one => one.value)))
    .observe({ type: "layout-shift", buffered: true })
  setTimeout(resolve, 100, [])
})"""


@dataclass
class Visit:
    """What was seen on a page."""

    said: list[str] = field(default_factory=list)
    """What stood on the console, and errors."""
    language: str = ""
    headings: int = 0
    """How many there are of the first level."""
    widths: dict[int, int] = field(default_factory=dict)
    """How wide the page is on a screen of so many pixels."""
    shift: float = 0.0
    """How much moved while the page and its figures came, on a phone."""
    violations: dict[str, list[str]] = field(default_factory=dict)
    """What axe finds, in each scheme."""


def visit_all(browser: dict[str, Any], address: str, paths: Iterable[str]) -> dict[str, Visit]:
    """Visit the pages; `browser` says how to start one."""
    return asyncio.run(_visit_all(browser, address, list(paths)))


async def _visit_all(browser: dict[str, Any], address: str, paths: list[str]) -> dict[str, Visit]:
    places = asyncio.Semaphore((os.cpu_count() or 1) + 1)
    visits = {path: Visit() for path in paths}

    async def visit(context: BrowserContext, path: str) -> None:
        async with places:
            page = await context.new_page()
            try:
                await _look(page, path, visits[path])
            except (Error, AssertionError) as error:
                visits[path].said.append(str(error))
            await page.close()

    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(**browser)
        context = await chromium.new_context(base_url=address, reduced_motion="reduce")
        await asyncio.gather(*(visit(context, path) for path in paths))
        await chromium.close()
    return visits


async def _look(page: Page, path: str, visit: Visit) -> None:
    address = ""
    page.on("console", lambda message: message.type in {"error", "warning"} and visit.said.append(message.text))
    page.on("pageerror", lambda error: visit.said.append(str(error)))
    page.on("request", lambda one: one.url.startswith((address, "data:")) or visit.said.append(f"asked for {one.url}"))
    await page.set_viewport_size({"width": PHONES[-1], "height": 844})
    await page.goto(path)
    address = page.url.removesuffix(path)
    await page.wait_for_load_state("networkidle")
    await page.evaluate(TO_THE_END)
    visit.shift = sum(await page.evaluate(SHIFTS))
    visit.language = await page.evaluate("document.documentElement.lang")
    visit.headings = await page.locator("h1").count()
    for width in PHONES:
        await page.set_viewport_size({"width": width, "height": 844})
        visit.widths[width] = await page.evaluate("document.documentElement.scrollWidth")
    await page.evaluate(ONE_OF_A_KIND)
    await page.evaluate(AXE)
    for scheme, name, width in LOOKS:
        await page.set_viewport_size({"width": width, "height": 844})
        await page.emulate_media(color_scheme=scheme)
        if path in PAGES:  # the 404 page has no switch; it looks as the system does
            await expect(page.locator("body")).to_have_attribute("data-md-color-scheme", name)
        visit.violations[f"{scheme}, {width} px"] = await page.evaluate(
            VIOLATIONS, {} if width == DESKTOP else NO_COLOURS
        )
