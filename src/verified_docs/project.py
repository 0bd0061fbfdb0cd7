"""Where things are in a project, and what its pages and modules say."""

from __future__ import annotations

import functools
import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from .errors import DocsError
from .exercises import exercise_of
from .parse import Module, read_module

LANGUAGES = ("en", "zh")
ORIGINAL = LANGUAGES[0]
# Where the figures of a language are, below its root.
FIGURES = "assets/figures"
# The page of each language that shows what ran.
EVIDENCE = "evidence.md"
# The page of each language that says with which versions the modules run.
COMPATIBILITY = "versions.md"
# The folder of each language's notebooks, and the page that lists them.
NOTEBOOKS = "notebooks"
# In a page's front matter: it begins anew what pages above it in a notebook have left in the kernel, or it has a
# notebook of its own.
NOTEBOOK, RESET, ALONE = "notebook", "reset", "alone"
# Editions to keep, below the root of the site: a PDF for each language, and a zip.
PDF = {language: f"editions/verified-tensorflow-{language}.pdf" for language in LANGUAGES}
ZIP = "editions/verified-tensorflow-offline.zip"
FRONT_MATTER = re.compile(r"---\n(.*?\n)---\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """One Markdown file of one language. `path` is relative to docs/<language>/, with slashes."""

    path: str
    language: str
    text: str
    meta: tuple[tuple[str, str], ...]

    @property
    def shown_path(self) -> str:
        """The path as messages give it."""
        return f"docs/{self.language}/{self.path}"

    def address_of(self, path: str) -> str:
        """The link from this page's source to another file of its language."""
        return posixpath.relpath(path, posixpath.dirname(self.path) or ".")

    def address_of_figure(self, name: str) -> str:
        """The link from this page's source to a figure."""
        return self.address_of(f"{FIGURES}/{name}")

    @property
    def root(self) -> str:
        """The address of the page's language, relative to the site's root."""
        return "" if self.language == ORIGINAL else f"{self.language}/"

    @property
    def url(self) -> str:
        """The page's address, relative to the site's root."""
        return self.root + url_of(self.path)

    def address_on_site(self, url: str) -> str:
        """The link from this page as it is on the site to an address relative to the site's root."""
        return "../" * self.url.count("/") + url or "./"


@dataclass(frozen=True)
class Project:
    """A checkout. All paths are derived from its root."""

    root: Path

    @property
    def snippets(self) -> Path:
        """The modules, their records and catalogs."""
        return self.root / "snippets"

    @property
    def docs(self) -> Path:
        """The pages, a folder per language."""
        return self.root / "docs"

    @property
    def cache(self) -> Path:
        """What may be deleted at any time: kept runs, half-built sites."""
        return self.root / ".cache" / "verified-docs"

    @functools.cached_property
    def module_files(self) -> list[Path]:
        """The module files, in order; those that begin with `_` are helpers."""
        return sorted(
            file
            for file in self.snippets.rglob("*.py")
            if not any(part.startswith(("_", ".")) for part in file.relative_to(self.snippets).parts)
        )

    def modules(self) -> tuple[dict[str, Module], list[DocsError]]:
        """The modules by path, and what is wrong with those that cannot be read or are exercises in part."""
        modules, errors = {}, []
        for file in self.module_files:
            try:
                module = read_module(file, self.snippets)
                exercise_of(module)
                modules[module.path] = module
            except DocsError as error:
                errors.append(error)
        return modules, errors

    def pages(self) -> tuple[list[Page], list[DocsError]]:
        """The pages of all languages, and what is wrong with those that cannot be read."""
        pages, errors = [], []
        for language in LANGUAGES:
            for file in sorted((self.docs / language).rglob("*.md")):
                try:
                    pages.append(read_page(file, self.docs / language, language))
                except DocsError as error:
                    errors.append(error)
        return pages, errors


def url_of(path: str) -> str:
    """The address of a page from the root of its language."""
    name = path.removesuffix(".md").removesuffix("index").rstrip("/")
    return f"{name}/" if name else ""


def config_name(language: str) -> str:
    """The MkDocs configuration of a language."""
    return "mkdocs.yml" if language == ORIGINAL else f"mkdocs.{language}.yml"


def read_page(file: Path, folder: Path, language: str) -> Page:
    """Read one page; raises DocsError where its front matter is not YAML."""
    path = file.relative_to(folder).as_posix()
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "save it as UTF-8"
        raise DocsError(f"docs/{language}/{path}", 0, f"not UTF-8 at byte {error.start}", hint) from None
    match = FRONT_MATTER.match(text)
    try:
        # Everything is text: an id of digits, or with an e among them, is no number.
        meta = yaml.load(match[1], Loader=yaml.BaseLoader) if match else {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise DocsError(
            f"docs/{language}/{path}",
            (mark.line + 2) if mark else 1,
            "the front matter is not YAML",
            "mend it: 'key: value' lines between two lines '---'",
        ) from None
    if not isinstance(meta or {}, dict):
        raise DocsError(f"docs/{language}/{path}", 2, "the front matter is no mapping", "write 'key: value' lines")
    return Page(path, language, text, tuple((str(key), str(value)) for key, value in (meta or {}).items()))


def find_project(start: Path | None = None) -> Project:
    """The project that `start` (or the working directory) is in; raises DocsError if it is in none."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "snippets").is_dir() and (folder / "mkdocs.yml").is_file():
            return Project(folder)
    raise DocsError(str(here), 0, "not in a project", "go to the folder that holds snippets/ and mkdocs.yml")
