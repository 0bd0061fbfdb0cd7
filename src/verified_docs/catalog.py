"""The translations of a module: a gettext catalog beside it, read and kept up to date."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polib

from .errors import DocsError
from .files import write_atomically
from .parse import Module

# From how much likeness on a text counts as changed, not as new: what msgmerge and difflib use too.
LIKENESS = 0.6


@dataclass(frozen=True, slots=True)
class Entry:
    """One translation, and the line where the catalog gives it. It is `fuzzy` while a person has to look at it."""

    text: str
    line: int
    fuzzy: bool = False


@dataclass(frozen=True, slots=True)
class Catalog:
    """The translations of a module by their keys; `entries` is None where there is no file."""

    language: str
    entries: Mapping[str, Entry] | None = None

    def shown_path(self, module: Module) -> str:
        """The path of the module's catalog as messages give it."""
        return f"{module.shown_path.removesuffix('.py')}.{self.language}.po"


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of a catalog. `fuzzied` has pairs: the text before and now."""

    added: tuple[str, ...]
    fuzzied: tuple[tuple[str, str], ...]
    dropped: tuple[str, ...]
    written: bool


def catalog_path(file: Path, language: str) -> Path:
    """Where the catalog of the module in `file` is."""
    return file.with_suffix(f".{language}.po")


def read_catalog(path: Path) -> Catalog:
    """Read `<name>.<language>.po`, which may be missing; raises DocsError where it is not a catalog."""
    language = path.suffixes[-2].removeprefix(".")
    if not path.exists():
        return Catalog(language)
    entries = {entry.msgid: Entry(entry.msgstr, entry.linenum or 0, entry.fuzzy) for entry in _read(path)}
    return Catalog(language, entries)


def extract(module: Module, path: Path, language: str) -> Changes:
    """Bring the catalog at `path` up to date with the module; raises DocsError where it cannot be read.

    The file is written only if it changes, at once or not at all, and the same for the same module and translations.
    """
    old = _read(path) if path.exists() else polib.POFile()
    known = {entry.msgid: entry for entry in old}
    cells = _cells_by_text(module)
    new = [text for text in cells if text not in known]
    gone = [text for text in known if text not in cells]
    before = _likely_before(new, [text for text in gone if known[text].msgstr])
    catalog = polib.POFile(wrapwidth=0)
    catalog.header = old.header or f"Translations of {module.shown_path}"
    catalog.metadata = _metadata(old, language)
    for text, names in cells.items():
        entry = _changed(text, known[before[text]]) if text in before else known.get(text) or polib.POEntry(msgid=text)
        catalog.append(_tidied(entry, names))
    return Changes(
        added=tuple(text for text in new if text not in before),
        fuzzied=tuple((before[text], text) for text in new if text in before),
        dropped=tuple(text for text in gone if text not in before.values()),
        written=_write(path, str(catalog).rstrip("\n") + "\n"),
    )


def _read(path: Path) -> polib.POFile:
    try:
        catalog = polib.pofile(str(path), encoding="utf-8", wrapwidth=0, check_for_duplicates=True)
    except (OSError, ValueError) as error:
        line = re.search(r"\(line (\d+)\)", str(error))
        fact = re.sub(r"^Syntax error in po file \S* ?\(line \d+\):? ?", "", str(error)) or "syntax error"
        raise DocsError(
            _shown(path),
            int(line[1]) if line else 0,
            f"not a gettext catalog: {fact}",
            "mend it, then run 'verified-docs extract'",
        ) from None
    kept = polib.POFile(wrapwidth=0)
    kept.header, kept.metadata = catalog.header, catalog.metadata
    kept.extend(entry for entry in catalog if not entry.obsolete)
    return kept


def _shown(path: Path) -> str:
    parts = path.parts
    return "/".join(parts[parts.index("snippets") :] if "snippets" in parts else parts[-1:])


def _cells_by_text(module: Module) -> dict[str, list[str]]:
    """The cells in which each text stands, in the module's order; none for what stands before the first cell."""
    # With libcst, which only those need who look for texts.
    from .display import display_strings

    cells: dict[str, list[str]] = {}
    for string in display_strings(module):
        names, name = cells.setdefault(string.text, []), module.cell_at(string.line)
        if name and name not in names:
            names.append(name)
    return cells


def _likely_before(new: Iterable[str], gone: Iterable[str]) -> dict[str, str]:
    """Which gone text each new one was, the likest pairs first; each text is in one pair."""
    pairs = [(difflib.SequenceMatcher(None, was, now).ratio(), was, now) for now in new for was in gone]
    before: dict[str, str] = {}
    for likeness, was, now in sorted(pairs, key=lambda pair: -pair[0]):
        if likeness >= LIKENESS and now not in before and was not in before.values():
            before[now] = was
    return before


def _changed(text: str, was: polib.POEntry) -> polib.POEntry:
    # A translation that was fuzzy already belongs to an older text still.
    previous = was.previous_msgid if was.fuzzy and was.previous_msgid else was.msgid
    flags = list(dict.fromkeys(["fuzzy", *was.flags]))
    return polib.POEntry(msgid=text, msgstr=was.msgstr, tcomment=was.tcomment, flags=flags, previous_msgid=previous)


def _tidied(entry: polib.POEntry, cells: list[str]) -> polib.POEntry:
    entry.comment = f"cell: {', '.join(cells)}" if cells else "before the first cell"
    entry.occurrences = []
    if not entry.fuzzy:
        entry.previous_msgid = None
    return entry


def _metadata(old: polib.POFile, language: str) -> dict[str, str]:
    """What the catalog's header says, without dates, which would change with every edit."""
    ours = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    return {key: value for key, value in old.metadata.items() if not key.endswith("-Date")} | ours


def _write(path: Path, text: str) -> bool:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    write_atomically(path, text)
    return True
