"""Translations whose original has moved on: which sections changed since the version that was translated."""

from __future__ import annotations

import difflib
import hashlib
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .check import headings
from .errors import DocsError
from .project import ORIGINAL, Page

KEY = "original"


@dataclass(frozen=True, slots=True)
class Stale:
    """A translation behind its original. `sections` are ids of headings whose text changed; empty if unknown."""

    page: Page
    original: Page
    sections: tuple[str, ...]

    @property
    def warning(self) -> DocsError:
        """What a translator is told. It does not block."""
        what = f" in {', '.join(self.sections)}" if self.sections else ""
        return DocsError(
            self.page.shown_path,
            1,
            f"{self.original.shown_path} has changed since it was translated{what}",
            f"see `git diff {translated_version(self.page)} {blob_id(self.original.text)}`, follow it, "
            f"then set '{KEY}: {blob_id(self.original.text)}'",
        )


def blob_id(text: str) -> str:
    """The name that git gives to a file with this text."""
    content = text.encode()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def translated_version(page: Page) -> str:
    """The version of the original that a translation was made from, or an empty text."""
    return dict(page.meta).get(KEY, "")


def versions_are_named(pages: Sequence[Page]) -> Iterator[DocsError]:
    """Each translation says which version of its original it was made from."""
    originals = {page.path: page for page in pages if page.language == ORIGINAL}
    for page in pages:
        if page.language != ORIGINAL and page.path in originals and len(translated_version(page)) != 40:
            yield DocsError(
                page.shown_path,
                1,
                "does not say which version of the original it was made from",
                f"write '{KEY}: {blob_id(originals[page.path].text)}' into its front matter",
            )


def stale_pages(pages: Sequence[Page], root: Path) -> list[Stale]:
    """The translations that are behind."""
    originals = {page.path: page for page in pages if page.language == ORIGINAL}
    behind = []
    for page in pages:
        original = originals.get(page.path)
        if page.language != ORIGINAL and original and translated_version(page) != blob_id(original.text):
            behind.append(Stale(page, original, _changed_sections(_old_text(page, root), original)))
    return behind


def _old_text(page: Page, root: Path) -> str | None:
    """The translated version of the original, from git; None where git does not have it."""
    command = ["git", "cat-file", "blob", translated_version(page)]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8")
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def _changed_sections(old: str | None, original: Page) -> tuple[str, ...]:
    if old is None:
        return ()
    matcher = difflib.SequenceMatcher(None, old.splitlines(), original.text.splitlines(), autojunk=False)
    changed = [
        line + 1
        for kind, *_, start, end in matcher.get_opcodes()
        if kind != "equal"
        for line in range(start, max(end, start + 1))
    ]
    found = []
    for line in changed:
        above = [heading.id for heading in headings(original) if heading.line <= line]
        found.append(above[-1] if above else "")
    return tuple(section for section in dict.fromkeys(found) if section)
