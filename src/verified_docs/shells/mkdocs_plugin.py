"""The MkDocs plugin: hands pages to the line, and what comes back to MkDocs."""

from __future__ import annotations

import html
import json
import logging
import re
from pathlib import Path
from typing import Any, ClassVar

import jieba
from latex2mathml.converter import convert
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage

from .. import machines
from ..build import Book, Broken, Runs, good_book
from ..contents import chapters, sections
from ..errors import DocsError
from ..evidence import FILE, LANGUAGE_NAMES, listing
from ..files import write_atomically
from ..flavours import Site, with_font_note
from ..notebooks import Notebook, notebooks
from ..notebooks import listing as list_of_notebooks
from ..policy import policy
from ..project import EVIDENCE, LANGUAGES, NOTEBOOKS, ORIGINAL, PDF, ZIP, Page, find_project
from ..runnable import as_json
from ..words import finer
from . import notebook_pages

# With the signs that follow it: no line may begin with one of them, and browsers break lines after a formula.
FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<tex>.*?)\\[)\]]</(?P=tag)>'
    "(?P<after>[,.;:!?)，。；：、！？）”’…]*)",
    re.DOTALL,
)
# The theme looks at the width of each block by itself, and a phone lays out the page each time. These have their own
# buttons, and site.js looks at their widths when they are near: the theme does not find them in one more element.
OWN_BLOCK = re.compile(
    r'<div (?P<head>[^>]*\bno-copy\b[^>]*>(?:<span class="filename">[^<]*</span>)?<pre[^>]*>)'
    r"<span></span><code>(?P<code>.*?)</code></pre>",
    re.DOTALL,
)
DOTTED = re.compile(r"<code>(?=[\w.]{20})\w+(?:\.\w+)+</code>")
# It reports on its dictionary each time it is loaded.
jieba.setLogLevel(logging.WARNING)
# A worker of overrides/ that fetches the texts to search, `search/docs.json`, with the first query.
LATE_WORKER = "assets/javascripts/workers/search.js"
# Where the page of the notebooks has their list.
NOTEBOOKS_HERE = "<!-- notebooks -->"
# What a page's front matter says to readers.
TEXTS = {"title", "description"}


class _Options(Config):  # type: ignore[no-untyped-call]
    language = config_options.Choice(LANGUAGES, default=ORIGINAL)


class VerifiedDocsPlugin(BasePlugin[_Options]):  # type: ignore[no-untyped-call]
    """Fills references to cells and values, adds the figures, turns formulas into MathML, links the languages."""

    book: ClassVar[Book | None] = None
    """Set by who has made the book already; without it the plugin makes one."""
    editions: ClassVar[bool] = False
    """Set by who makes editions to keep: only then does the site link to them."""
    live: ClassVar[bool] = False
    """Set by the live server: it adds a script to each page after the plugin, which a policy would not let through."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Make sure that there is a book."""
        if VerifiedDocsPlugin.book is None:
            try:
                project = find_project()
                with Runs(project) as runs:
                    VerifiedDocsPlugin.book = good_book(project, runs)
            except (Broken, DocsError) as error:
                raise PluginError(str(error)) from None
        self.site_url = config.site_url or ""
        if config.site_url:
            config.site_url = address_of_language(config.site_url, self.config.language)
        config.extra["editions"] = {"pdf": PDF[self.config.language], "zip": ZIP} if self.editions else None
        # For pages that are not in the navigation, such as the 404: the home pages.
        config.extra["alternate"] = alternates(self.config.language, "")
        return config

    def on_nav(self, nav: Navigation, **_: Any) -> None:
        """Give pages that a partial build does not read their titles."""
        titles = {
            page.path: html.escape(dict(page.meta).get("title", ""))
            for page in _known(self.book).text.pages
            if page.language == self.config.language
        }
        for page in nav.pages:
            if title := titles.get(page.file.src_uri):
                page.title = title

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Add the figures and programs of this language, and what learners take with them."""
        book, language = _known(self.book), self.config.language
        for path, content in book.files(language):
            files.append(File.generated(config, path, content=content))
        # They take seconds, which whoever writes a page would wait for after each change.
        with_notebooks = notebook_pages.PLUGIN in config.plugins and not self.live
        self.notebooks = list(notebooks(book, language, chapters(config.nav or []))) if with_notebooks else []
        notebook_pages.add(self.notebooks, files, config, self.site_url)
        return files

    def on_page_markdown(self, markdown: str, page: MkDocsPage, **_: Any) -> str | None:
        """Put code, outputs, figures and numbers in their places."""
        book, source = _known(self.book), self._source(page)
        # The theme prints these as they are; they are text, not HTML.
        page.meta.update({key: html.escape(str(page.meta[key])) for key in TEXTS & page.meta.keys()})
        if source is None:
            if notebook := self._notebook(page):
                notebook_pages.describe(notebook, page)
            return None
        flavour = Site(
            self.config.language, source.address_of_figure, source.address_of, self._place_in_notebook(source)
        )
        filled = with_font_note(_without_front_matter(book.page(source, flavour)), self.config.language)
        if source.path == EVIDENCE:
            filled += "\n" + listing(book, source)
        filled = filled.replace(NOTEBOOKS_HERE, list_of_notebooks(self.config.language, self.notebooks))
        problem = book.problems.get((source.shown_path, "", ""))
        above = [*(flavour.problem(problem) if problem else []), "", *book.notice(source), ""]
        return "\n".join([*above, filled]) if any(above) else filled

    def on_page_content(self, html: str, page: MkDocsPage, **_: Any) -> str:
        """Turn formulas into MathML: no script, no request. Make blocks light. Let long names break at their dots. Add
        the programs that readers copy.
        """
        html, source = FORMULA.sub(_mathml, html), self._source(page)
        html = OWN_BLOCK.sub(_own_block, html)
        html = DOTTED.sub(lambda match: match[0].replace(".", ".<wbr>"), html)
        programs = _known(self.book).runnables(source) if source else {}
        if source and programs:
            data = as_json(programs, source.address_on_site(FILE))
            html += f'\n<script type="application/json" id="programs">{data}</script>'
        return html

    def _source(self, page: MkDocsPage) -> Page | None:
        """The page as the book has it."""
        place = self.config.language, page.file.src_uri
        return next((one for one in _known(self.book).text.pages if (one.language, one.path) == place), None)

    def _notebook(self, page: MkDocsPage) -> Notebook | None:
        """The notebook that the page shows."""
        return next((one for one in self.notebooks if f"{NOTEBOOKS}/{one.file}" == page.file.src_uri), None)

    def _place_in_notebook(self, page: Page) -> str:
        """The link from a page's source to where its notebook has it; empty where none does."""
        for notebook in self.notebooks:
            if page in notebook.pages:
                place = "" if notebook.alone else "#" + notebook.ids[page.path, ""]
                return page.address_of(f"{NOTEBOOKS}/{notebook.file}") + place
        return ""

    @event_priority(-50)  # after mkdocs-jupyter
    def on_pre_page(self, page: MkDocsPage, config: MkDocsConfig, **_: Any) -> MkDocsPage:
        """Let a notebook's page be what our template and the site's Markdown make of it."""
        if notebook := self._notebook(page):
            notebook_pages.show(notebook, page, config.repo_url or "")
        return page

    def on_page_context(self, context: Any, page: MkDocsPage, config: MkDocsConfig, **_: Any) -> None:
        """Let the language switch lead to this page in the other language."""
        config.extra["alternate"] = alternates(self.config.language, page.url)

    @event_priority(-100)  # after every other plugin: what they add is to be seen
    def on_post_page(self, output: str, **_: Any) -> str:
        """Give the page its policy."""
        return output if self.live else policy(output)

    @event_priority(-100)
    def on_post_template(self, output_content: str, template_name: str, **_: Any) -> str:
        """Give pages that come from a template alone, such as the 404, theirs."""
        return output_content if self.live or not template_name.endswith(".html") else policy(output_content)

    @event_priority(-100)  # after the search plugin has written its index
    def on_post_build(self, config: MkDocsConfig) -> None:
        """Make the search index one that finds short Chinese words, and that comes when somebody searches."""
        site = Path(config.site_dir)
        if not self.live:
            self._write_for_machines(site, config)
        index = site / "search/search_index.json"
        if not index.exists():
            return
        whole = json.loads(index.read_text(encoding="utf-8"))
        whole["docs"] = [{**doc, "title": finer(doc["title"]), "text": finer(doc["text"])} for doc in whole["docs"]]
        if (site / LATE_WORKER).exists():
            write_atomically(index.with_name("docs.json"), _json(whole["docs"]))
            whole["docs"] = []
        write_atomically(index, _json(whole))

    def _write_for_machines(self, site: Path, config: MkDocsConfig) -> None:
        """Each page as Markdown, and their list."""
        book, language = _known(self.book), self.config.language
        notebooks = list_of_notebooks(language, self.notebooks)
        for page in book.text.pages:
            if page.language == language:
                text = machines.markdown(book, page).replace(NOTEBOOKS_HERE, notebooks)
                write_atomically(site / machines.markdown_path(page.path), text)
        root = f"{config.site_url.rstrip('/')}/" if config.site_url else ""
        summary = config.site_description or config.site_name
        text = machines.llms(book, language, config.site_name, summary, sections(config.nav or []), root)
        write_atomically(site / machines.LIST, text)


def alternates(language: str, url: str) -> list[dict[str, str]]:
    """Entries of the theme's language switch for a page; links are relative to the root of the page's language."""
    up = "" if language == ORIGINAL else "../"
    return [
        {"name": LANGUAGE_NAMES[one], "lang": one, "link": up + ("" if one == ORIGINAL else f"{one}/") + url or "."}
        for one in LANGUAGES
    ]


def address_of_language(site_url: str, language: str) -> str:
    """Where the pages of a language are, from where the site is: one setting does for all languages."""
    return site_url if language == ORIGINAL else f"{site_url.rstrip('/')}/{language}/"


def _known(book: Book | None) -> Book:
    if book is None:
        raise PluginError("the plugin's on_config was not called")
    return book


def _without_front_matter(text: str) -> str:
    """MkDocs has taken the front matter off already."""
    return re.sub(r"\A---\n.*?\n---\n", "", text, count=1, flags=re.DOTALL)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _own_block(match: re.Match[str]) -> str:
    """The block in our own element, with the number of its lines: site.css keeps their room."""
    code = match["code"]
    head = f'<div data-lines="{code.count(chr(10))}" {match["head"]}'
    return f'{head}<span class="scroll"><code>{code}</code></span></pre>'


def _mathml(match: re.Match[str]) -> str:
    display = "block" if match["tag"] == "div" else "inline"
    formula: str = convert(html.unescape(match["tex"]), display=display)
    if display == "block":
        return f'<div class="formula">{formula}</div>{match["after"]}'
    return f'<span class="together">{formula}{match["after"]}</span>' if match["after"] else formula
