"""Both languages under one address, rebuilt and reloaded after each change to a page or a module."""

from __future__ import annotations

import hashlib
import logging
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import Files

from ..build import Book, Broken, Runs, live_book
from ..errors import DocsError
from ..evidence import FILE, listing, verification
from ..flavours import Plain
from ..project import EVIDENCE, LANGUAGES, ORIGINAL, Project, config_name
from ..runnable import as_json
from .mkdocs_plugin import VerifiedDocsPlugin
from .progress import Progress

WATCHED = ("docs", "snippets", "overrides", "mkdocs.yml", *(config_name(language) for language in LANGUAGES[1:]))


def serve(project: Project, port: int) -> int:
    """Serve until interrupted. The parent that has imported TensorFlow stays warm."""
    with (
        tempfile.TemporaryDirectory(prefix="verified-docs-serve-") as folder,
        Progress() as progress,
        Runs(project, listen=progress.listen) as runs,
    ):
        runs.warm()
        builder = _Builder(project, runs, Path(folder))
        builder()
        server = _Server(builder, "127.0.0.1", port, folder, polling_interval=0.2)
        server.error_handler = lambda code: (Path(folder) / "404.html").read_bytes()
        for name in WATCHED:
            if (project.root / name).exists():
                server.watch(str(project.root / name))
        try:
            server.serve()  # type: ignore[no-untyped-call]
        finally:
            server.shutdown()
    return 0


class _Server(LiveReloadServer):
    """Names its addresses once they answer, not before."""

    def server_activate(self) -> None:
        super().server_activate()
        print(f"{self.url} and {self.url}zh/ (end with Ctrl-C)", file=sys.stderr)


class _Builder:
    """Builds what changed since the last time it was called."""

    def __init__(self, project: Project, runs: Runs, target: Path) -> None:
        self.project = project
        self.runs = runs
        self.target = target
        self.pages: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.theme = ""
        logging.getLogger("mkdocs").setLevel(logging.ERROR)

    def __call__(self) -> None:
        """Build; what is wrong is shown in the pages and said here."""
        began = time.monotonic()
        project = Project(self.project.root)
        try:
            book, errors = live_book(project, self.runs)
        except (Broken, DocsError) as broken:
            print(f"{broken}\nthe pages stay as they were", file=sys.stderr)
            return
        for error in errors:
            print(error, file=sys.stderr)
        VerifiedDocsPlugin.book, VerifiedDocsPlugin.live = book, True
        pages, files, theme = _pages(book), _files(book), _theme(project)
        partly = theme == self.theme and pages.keys() == self.pages.keys()
        unchanged = {key for key, text in pages.items() if partly and self.pages[key] == text}
        kept = {key for key, digest in files.items() if partly and self.files.get(key) == digest}
        for language in LANGUAGES:
            self._build(language, partly, unchanged, kept)
        (self.target / FILE).write_text(verification(book), encoding="utf-8")
        self.pages, self.files, self.theme = pages, files, theme
        said = f"{len(pages) - len(unchanged)} of {len(pages)} pages in {time.monotonic() - began:.1f} s"
        print(f"built {said}" + (f", {len(errors)} to mend" if errors else ""), file=sys.stderr)

    def _build(self, language: str, partly: bool, unchanged: set[str], kept: set[str]) -> None:
        target = self.target if language == ORIGINAL else self.target / language
        config = load_config(str(self.project.root / config_name(language)), site_dir=str(target), strict=False)
        config.plugins["serve"] = _Partial(language, unchanged, kept)  # type: ignore[assignment]
        config.plugins._register_event("files", config.plugins["serve"].on_files)
        # A full build cleans its folder first; the English one would take the Chinese one with it, but comes before it.
        mkdocs_build(config, dirty=partly)


class _Partial:
    """Tells MkDocs which files are as they were."""

    def __init__(self, language: str, unchanged: set[str], kept: set[str]) -> None:
        self.language = language
        self.unchanged = unchanged
        self.kept = kept

    def on_files(self, files: Files, **_: Any) -> Files:
        """Mark the pages, figures and programs that did not change."""
        for file in files:
            path = f"{self.language}/{file.src_uri}"
            if f"docs/{path}" in self.unchanged or path in self.kept:
                file.is_modified = lambda: False  # type: ignore[method-assign]
            elif file.is_documentation_page():
                file.is_modified = lambda: True  # type: ignore[method-assign]
        return files


def _pages(book: Book) -> dict[str, str]:
    """For each page, everything that its HTML is made from."""
    found = {}
    for page in book.text.pages:
        problem = book.problems.get((page.shown_path, "", ""), "")
        shown = book.page(page, Plain(page.language, lambda name: name))
        below = listing(book, page) if page.path == EVIDENCE else as_json(book.runnables(page), "")
        found[page.shown_path] = problem + shown + below
    return found


def _files(book: Book) -> dict[str, str]:
    """A digest of each figure, program and folder of exercises."""
    return {
        f"{language}/{path}": hashlib.sha256(content).hexdigest()
        for language in LANGUAGES
        for path, content in book.files(language)
    }


def _theme(project: Project) -> str:
    """A digest of what every page depends on."""
    files = [project.root / config_name(language) for language in LANGUAGES]
    files += sorted(file for file in (project.root / "overrides").rglob("*") if file.is_file())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
