"""Both languages built by MkDocs, side by side, and swapped into `site/` at once."""

from __future__ import annotations

import ctypes
import logging
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort, ConfigurationError

from ..build import Book, Broken
from ..errors import DocsError
from ..evidence import FILE, SCHEMA, verification
from ..project import LANGUAGES, ORIGINAL, config_name
from .mkdocs_plugin import VerifiedDocsPlugin

LINK = re.compile(r"Doc file '(?P<page>[^']+)' (?P<fact>contains an? .*?link '(?P<link>[^']+)'.*)", re.DOTALL)
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def build_site(book: Book, add: Callable[[Book, Path], None] | None = None) -> Path:
    """Build the site of a good book; raises Broken where MkDocs warns, and then leaves `site/` as it was.

    `add` writes the editions into the folder of the new site, before anybody sees it; the site links to them.
    """
    project = book.project
    project.cache.mkdir(parents=True, exist_ok=True)
    site = project.root / "site"
    with tempfile.TemporaryDirectory(dir=project.cache, prefix="site-") as folder:
        new = Path(folder)
        VerifiedDocsPlugin.editions = add is not None
        if errors := _build_languages(book, new):
            raise Broken(errors)
        for language in LANGUAGES[1:]:
            (new / language).rename(new / ORIGINAL / language)
        (new / ORIGINAL / FILE).write_text(verification(book), encoding="utf-8")
        shutil.copyfile(SCHEMA, new / ORIGINAL / SCHEMA.name)
        if add:
            add(book, new / ORIGINAL)
        swap(new / ORIGINAL, site)
    return site


def _build_languages(book: Book, folder: Path) -> list[DocsError]:
    """Build each language in a process of its own, forked, so that it has the book; what MkDocs complains about."""
    VerifiedDocsPlugin.book = book
    context = multiprocessing.get_context("fork")
    children = []
    for language in LANGUAGES:
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_build_language, args=(book.project.root, language, folder / language, theirs))
        process.start()
        theirs.close()
        children.append((language, process, ours))
    errors: list[DocsError] = []
    for language, process, connection in children:
        try:
            said = connection.recv()
        except EOFError:
            said = ["MkDocs ended without a word"]
        process.join()
        errors += [_error(book.project.root, language, text) for text in said]
    return errors


def _error(root: Path, language: str, text: str) -> DocsError:
    """What MkDocs says, at its place where it names a page and a link in it."""
    hint = "mend it; the site is as it was before"
    match = LINK.match(text)
    if not match:
        return DocsError(config_name(language), 0, text, hint)
    page = f"docs/{language}/{match['page']}"
    lines = (root / page).read_text(encoding="utf-8").splitlines()
    line = next((number for number, line in enumerate(lines, 1) if match["link"] in line), 0)
    return DocsError(page, line, match["fact"], hint)


def _build_language(root: Path, language: str, target: Path, connection: Connection) -> None:
    warnings = _Warnings()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(warnings)
    logger.propagate = False
    try:
        mkdocs_build(load_config(str(root / config_name(language)), site_dir=str(target)))
    except (Abort, ConfigurationError) as error:
        # In strict mode the warnings are the reason, and have been said.
        warnings.texts = warnings.texts or [str(error)]
    except Exception as error:  # whatever themes, templates and extensions raise
        warnings.texts.append(f"{type(error).__name__}: {error}")
    connection.send(warnings.texts)
    connection.close()


class _Warnings(logging.Handler):
    """Keeps what MkDocs warns of: a warning is an error here."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage().strip())


def swap(new: Path, site: Path) -> None:
    """Put the new folder in the place of the old one. On Linux at once; elsewhere there is a moment without any."""
    if not site.exists():
        new.rename(site)
    elif not _exchange(new, site):
        aside = Path(tempfile.mkdtemp(dir=new.parent)) / "site"
        site.rename(aside)
        new.rename(site)
    else:
        shutil.rmtree(new)


def _exchange(one: Path, other: Path) -> bool:
    if sys.platform != "linux":
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    names = (os.fsencode(one), os.fsencode(other))
    return renameat2 is not None and renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0
