"""Editions to keep: the book of each language as a PDF, and the site as a zip that needs no server."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config import load_config

from ..build import Book
from ..errors import DocsError
from ..evidence import FILE
from ..files import zipped
from ..offline import offline
from ..paper import Chapter, Edition, document
from ..project import EVIDENCE, LANGUAGES, ORIGINAL, PDF, ZIP, Project, config_name, url_of
from .chromium import ARGUMENTS, HOW, chromium
from .mkdocs_plugin import address_of_language

try:
    from playwright.sync_api import Page, sync_playwright

    from ..pdf import mended, page_numbers
except ImportError:
    raise DocsError(
        "verified-docs editions", 0, "Playwright or pypdf is missing", "use `make editions`, which installs them"
    ) from None

PLACE = "make editions"
# What is on the site in another form, or has no use on paper.
NOT_PRINTED = re.compile(rf"index\.md|{re.escape(EVIDENCE)}|notebooks/.*")
NAMES = {"tensorflow": "TensorFlow", "keras": "Keras", "python": "Python"}
# A browser draws the same box for each character that no font has.
SAME_BOX = """() => {
  const drawn = [..."汉字"].map(text => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 40 })
    const context = canvas.getContext("2d")
    context.font = "32px sans-serif"
    context.fillText(text, 0, 32)
    return canvas.toDataURL()
  })
  return drawn[0] === drawn[1]
}"""
NUMBERS = """numbers => {
  for (const one of document.querySelectorAll("[data-page-of]")) one.textContent = numbers[one.dataset.pageOf]
}"""


class Editions:
    """Makes the editions of a site that has been built; holds a browser until it is closed."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def write(self, book: Book, site: Path) -> None:
        """Write the editions into the folder of the site."""
        archive = site / ZIP
        archive.parent.mkdir()
        archive.write_bytes(zipped((f"{archive.stem}/{path}", content) for path, content in offline(site)))
        for language in LANGUAGES:
            root = site if language == ORIGINAL else site / language
            edition = edition_of(book.project, site, root, language)
            (site / PDF[language]).write_bytes(self.printed(edition, root))

    def printed(self, edition: Edition, root: Path) -> bytes:
        """The PDF. It is printed twice, as only a printed book tells on which pages its chapters begin."""
        file = root / ".book.html"
        file.write_text(document(edition), encoding="utf-8")
        self.page.goto(file.as_uri(), timeout=0)
        self.page.evaluate(NUMBERS, page_numbers(self.page.pdf(prefer_css_page_size=True, print_background=True)))
        pdf = self.page.pdf(prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
        file.unlink()
        return mended(pdf, edition.day)


@contextlib.contextmanager
def editions() -> Iterator[Editions]:
    """What makes editions; raises DocsError where the machine has no browser or no Chinese font."""
    program = chromium()
    if program is None:
        raise DocsError(PLACE, 0, "Chromium is missing", HOW)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        page = browser.new_page()
        if page.evaluate(SAME_BOX):
            raise DocsError(PLACE, 0, "no font has Chinese characters", "install one: apt-get install fonts-noto-cjk")
        yield Editions(page)
        browser.close()


def edition_of(project: Project, site: Path, root: Path, language: str) -> Edition:
    """What is printed in a language, from `root`, its folder in the built site."""
    config = load_config(str(project.root / config_name(language)))
    evidence = json.loads((site / FILE).read_text(encoding="utf-8"))
    return Edition(
        language,
        config.site_name,
        tuple(chapters(config.nav or [])),
        lambda url: (root / url / "index.html").read_text(encoding="utf-8"),
        address_of_language(config.site_url, language) if config.site_url else "",
        config.copyright or "",
        tuple(f"{name} {evidence['environment'][key]}" for key, name in NAMES.items()),
        max(cell["ran"] for cell in evidence["cells"])[:10],
    )


def chapters(nav: list[Any]) -> Iterator[Chapter]:
    """The pages to print, as the navigation of MkDocs has them: a path, or a title with paths below it."""
    for entry in nav:
        title, paths = next(iter(entry.items())) if isinstance(entry, dict) else ("", [entry])
        pages = tuple(url_of(path) for path in _flat(paths) if not NOT_PRINTED.fullmatch(path))
        if pages:
            yield Chapter(title, pages)


def _flat(paths: Any) -> Iterator[str]:
    if isinstance(paths, str):
        yield paths
    else:
        for one in paths:
            yield from _flat(next(iter(one.values())) if isinstance(one, dict) else one)
