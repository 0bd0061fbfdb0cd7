"""What machines read: each page as Markdown beside its HTML, and `llms.txt`, which lists them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from .build import Book
from .embed import prose
from .flavours import Plain
from .jupyter import relinked
from .project import FIGURES, Page

LIST = "llms.txt"
WORDS = {
    "en": {
        "about": "Each page is Markdown, with its code and with the outputs and figures that this code gave. "
        "[verification.json]({evidence}) says of every cell when it ran and with which versions.",
        "between": ": ",
    },
    "zh": {
        "about": "每一页都是 Markdown，带有代码和这些代码运行出来的输出和图。"
        "[verification.json]({evidence}) 记录了每个单元何时运行、用的是哪些版本。",
        "between": "：",
    },
}
# What the format calls whatever may be left out where there is little room.
REST = "Optional"


def markdown_path(path: str) -> str:
    """Where the Markdown of the page with this path is, below the root of its language: beside its `index.html`."""
    folder = path.removesuffix(".md").removesuffix("index").rstrip("/")
    return f"{folder}/index.md".lstrip("/")


def markdown(book: Book, page: Page) -> str:
    """The page as `stage` writes it, with figures and links as they are from where it is published."""
    folder = posixpath.dirname(markdown_path(page.path)) or "."
    text = book.page(page, Plain(page.language, lambda name: posixpath.relpath(f"{FIGURES}/{name}", folder)))
    lines = text.split("\n")
    for number, line in prose(text):
        lines[number - 1] = relinked(line, lambda target: _address(page, folder, target))
    return "\n".join(lines)


def _address(page: Page, folder: str, target: str) -> str:
    parts = urlsplit(target)
    if parts.scheme or not parts.path or posixpath.normpath(posixpath.join(folder, parts.path)).startswith(FIGURES):
        return target
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page.path), parts.path))
    found = posixpath.relpath(markdown_path(path) if path.endswith(".md") else path, folder)
    return found + (f"#{parts.fragment}" if parts.fragment else "")


def llms(book: Book, language: str, title: str, summary: str, contents: Mapping[str, Sequence[str]], root: str) -> str:
    """The list of the pages of a language, as llmstxt.org has it.

    `contents` has the paths of the pages of each section; `root` is where the language is, or empty.
    """
    pages = {page.path: page for page in book.text.pages if page.language == language}
    first = next(iter(pages.values()))
    about = WORDS[language]["about"].format(evidence=("" if not first.root else "../") + "verification.json")
    lines = [f"# {title}", "", f"> {summary}", "", about]
    for name, paths in contents.items():
        entries = list(_entries([pages[path] for path in paths if path in pages], root))
        lines += ["", f"## {name or REST}", "", *entries] if entries else []
    return "\n".join(lines) + "\n"


def _entries(pages: Sequence[Page], root: str) -> Iterator[str]:
    for page in pages:
        meta = dict(page.meta)
        described = WORDS[page.language]["between"] + meta["description"] if "description" in meta else ""
        yield f"- [{meta.get('title', page.path)}]({root}{markdown_path(page.path)}){described}"
