"""What readers do, and what they look at."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from books import TINY_BOOK, TinyBook

ROOT = Path(__file__).parents[2]
SITE = ROOT / "site"
PAGES = sorted(file.relative_to(SITE).as_posix().removesuffix("index.html") for file in SITE.rglob("index.html"))
CHAPTER = "evaluation/classification/"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}


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


def search(page: Page, query: str) -> None:
    """Put a query into the search box, as somebody does who had typed something else before; all of it at once."""
    box = page.locator("[data-md-component=search-query]")
    box.fill("")
    box.press("Shift")
    expect(page.locator(".md-search-result__item")).to_have_count(0)
    page.keyboard.insert_text(query)
    box.press("Shift")


def dressed(root: Path) -> TinyBook:
    """A copy of the tiny book that looks and behaves like the real one."""
    shutil.copytree(TINY_BOOK, root)
    shutil.copytree(ROOT / "overrides", root / "overrides")
    for name in ("mkdocs.yml", "mkdocs.zh.yml"):
        text = (ROOT / name).read_text(encoding="utf-8")
        text = re.sub(
            r"^nav:\n(?:  .*\n)+", "nav: [index.md, basics/sums.md, evidence.md]\n", text, count=1, flags=re.MULTILINE
        )
        (root / name).write_text(text, encoding="utf-8")
    return TinyBook(root)
