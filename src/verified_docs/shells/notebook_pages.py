"""Notebooks as pages of MkDocs: mkdocs-jupyter writes their code and outputs, with our template."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from ..files import write_atomically
from ..flavours import WORDS as WORDS_OF_PAGES
from ..notebooks import WORDS, Notebook, in_place, ipynb, page_markdown
from ..project import NOTEBOOKS

PLUGIN = "mkdocs-jupyter"
TEMPLATES = Path(__file__).parents[1] / "notebook"
CELL, END = "<!--cell-->", "<!--end-->"
# Names and spaces look like the text around them; operators and punctuation look alike.
PLAIN = re.compile(r'<span class="[nw]">([^<]*)</span>')
SIGNS = re.compile(r'(?:<span class="[op]">[^<]*</span>){2,}')


def add(found: list[Notebook], files: Files, config: MkDocsConfig, site_url: str) -> None:
    """Write the notebooks into the site, where readers download them, and have pages made of these very files."""
    # Here and not above: it loads all of nbconvert, which a site without notebooks need not wait for.
    from mkdocs_jupyter.config import settings

    settings.templates_dir = str(TEMPLATES)
    site = Path(config.site_dir)
    (site / NOTEBOOKS).mkdir(parents=True, exist_ok=True)
    for notebook in found:
        path = f"{NOTEBOOKS}/{notebook.file}"
        write_atomically(site / path, ipynb(notebook, site_url))
        files.append(File(path, config.site_dir, config.site_dir, config.use_directory_urls))


def describe(notebook: Notebook, page: Page) -> None:
    """What the page says of itself. Who searches finds the chapter's pages, and not everything twice."""
    title = WORDS[notebook.language]["title"].format(title=notebook.title)
    page.meta.update({"title": html.escape(title), "search": {"exclude": True}})


def show(notebook: Notebook, page: Page, repo_url: str) -> None:
    """Have the page rendered: prose by the site's own Markdown, code and outputs by mkdocs-jupyter."""
    cells_of: Callable[[MkDocsConfig, Files], None] = page.render

    def render(config: MkDocsConfig, files: Files) -> None:
        cells_of(config, files)
        marked = f">{WORDS_OF_PAGES[notebook.language]['raises']}<"
        text = lighter(str(page.content).partition(END)[0])
        copy = f'title="{WORDS[notebook.language]["copy"]}"'
        cells = text.replace(">raises-exception<", marked).replace('title="copy"', copy).split(CELL)[1:]
        page.markdown = page_markdown(notebook, repo_url)
        Page.render(page, config, files)
        page.content = in_place(str(page.content), cells)

    page.render = render  # type: ignore[method-assign]


def lighter(html: str) -> str:
    """The same code with half the elements: a chapter has thousands, and a phone lays out each of them."""
    text = PLAIN.sub(r"\1", html)
    return SIGNS.sub(lambda found: f'<span class="p">{re.sub("<[^>]*>", "", found[0])}</span>', text)
