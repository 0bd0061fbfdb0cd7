"""The MkDocs plugin: hands pages to the line, and what comes back to MkDocs."""

from __future__ import annotations

import html
import logging
import re
from typing import Any, ClassVar

import jieba
from latex2mathml.converter import convert
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage

from ..build import Book, Broken, Runs, good_book
from ..errors import DocsError
from ..evidence import FILE, LANGUAGE_NAMES, listing
from ..flavours import Site, with_font_note
from ..project import EVIDENCE, LANGUAGES, ORIGINAL, Page, find_project
from ..runnable import as_json

FORMULA = re.compile(r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<tex>.*?)\\[)\]]</(?P=tag)>', re.DOTALL)
# It reports on its dictionary each time it is loaded.
jieba.setLogLevel(logging.WARNING)


class _Options(Config):  # type: ignore[no-untyped-call]
    language = config_options.Choice(LANGUAGES, default=ORIGINAL)


class VerifiedDocsPlugin(BasePlugin[_Options]):  # type: ignore[no-untyped-call]
    """Fills references to cells and values, adds the figures, turns formulas into MathML, links the languages."""

    book: ClassVar[Book | None] = None
    """Set by who has made the book already; without it the plugin makes one."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Make sure that there is a book."""
        if VerifiedDocsPlugin.book is None:
            try:
                project = find_project()
                with Runs(project) as runs:
                    VerifiedDocsPlugin.book = good_book(project, runs)
            except (Broken, DocsError) as error:
                raise PluginError(str(error)) from None
        # For pages that are not in the navigation, such as the 404: the home pages.
        config.extra["alternate"] = alternates(self.config.language, "")
        return config

    def on_nav(self, nav: Navigation, **_: Any) -> None:
        """Give pages that a partial build does not read their titles."""
        titles = {
            page.path: dict(page.meta).get("title")
            for page in _known(self.book).text.pages
            if page.language == self.config.language
        }
        for page in nav.pages:
            if title := titles.get(page.file.src_uri):
                page.title = title

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Add the figures and programs of this language, and what learners take with them."""
        for path, content in _known(self.book).files(self.config.language):
            files.append(File.generated(config, path, content=content))
        return files

    def on_page_markdown(self, markdown: str, page: MkDocsPage, **_: Any) -> str | None:
        """Put code, outputs, figures and numbers in their places."""
        book, source = _known(self.book), self._source(page)
        if source is None:
            return None
        flavour = Site(self.config.language, source.address_of_figure, source.address_of)
        filled = with_font_note(_without_front_matter(book.page(source, flavour)), self.config.language)
        if source.path == EVIDENCE:
            filled += "\n" + listing(book, source)
        problem = book.problems.get((source.shown_path, "", ""))
        above = [*(flavour.problem(problem) if problem else []), "", *book.notice(source), ""]
        return "\n".join([*above, filled]) if any(above) else filled

    def on_page_content(self, html: str, page: MkDocsPage, **_: Any) -> str:
        """Turn formulas into MathML: no script, no request. Add the programs that readers copy."""
        html, source = FORMULA.sub(_mathml, html), self._source(page)
        programs = _known(self.book).runnables(source) if source else {}
        if source and programs:
            data = as_json(programs, source.address_on_site(FILE))
            html += f'\n<script type="application/json" id="programs">{data}</script>'
        return html

    def _source(self, page: MkDocsPage) -> Page | None:
        """The page as the book has it."""
        place = self.config.language, page.file.src_uri
        return next((one for one in _known(self.book).text.pages if (one.language, one.path) == place), None)

    def on_page_context(self, context: Any, page: MkDocsPage, config: MkDocsConfig, **_: Any) -> None:
        """Let the language switch lead to this page in the other language."""
        config.extra["alternate"] = alternates(self.config.language, page.url)


def alternates(language: str, url: str) -> list[dict[str, str]]:
    """Entries of the theme's language switch for a page; links are relative to the root of the page's language."""
    up = "" if language == ORIGINAL else "../"
    return [
        {"name": LANGUAGE_NAMES[one], "lang": one, "link": up + ("" if one == ORIGINAL else f"{one}/") + url or "."}
        for one in LANGUAGES
    ]


def _known(book: Book | None) -> Book:
    if book is None:
        raise PluginError("the plugin's on_config was not called")
    return book


def _without_front_matter(text: str) -> str:
    """MkDocs has taken the front matter off already."""
    return re.sub(r"\A---\n.*?\n---\n", "", text, count=1, flags=re.DOTALL)


def _mathml(match: re.Match[str]) -> str:
    display = "block" if match["tag"] == "div" else "inline"
    formula: str = convert(html.unescape(match["tex"]), display=display)
    return f'<div class="formula">{formula}</div>' if display == "block" else formula
