"""Built pages -> what they do not show of what the cells have to give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup

from .tutorials import PROSE, Edition, Part, Tutorial

# Where themes have the text of a page.
MAIN = "article, [role=main], main"
# Texts that begin and end a line, however the HTML is written.
BLOCKS = ["p", "pre", "div", "li", "td", "h1", "h2", "figure"]
ERROR = re.compile(r"^(?:[\w.]+\.)?\w*(?:Error|Exception): .*")
LONGEST = 160


@dataclass(frozen=True, slots=True)
class Problem:
    """What is not as it has to be: `kind` is one of lost, wrong, error, stale, exit; `said` is what stands there."""

    tutorial: str
    cell: str
    kind: str
    said: str


@dataclass(frozen=True)
class PageText:
    """What a reader sees of a page."""

    lines: frozenset[str]
    figures: int

    @property
    def errors(self) -> list[str]:
        """The lines that name an error."""
        return sorted(line for line in self.lines if ERROR.match(line))


def read(file: Path) -> PageText:
    """What the page shows; nothing where there is none."""
    if not file.exists():
        return PageText(frozenset(), 0)
    soup = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
    for part in soup(["script", "style", "nav"]):
        part.decompose()
    main = soup.select_one(MAIN) or soup
    for block in main(BLOCKS):
        block.insert(0, "\n")
        block.append("\n")
    lines = frozenset(line.strip() for line in main.get_text().splitlines())
    return PageText(lines, len(main.select("img, svg[width$=pt]")))


def problems(tutorial: Tutorial, page: PageText) -> Iterator[Problem]:
    """What a page does not show, or shows in another way."""
    meant = {part.raises for part in tutorial.parts if part.raises}
    errors = [line for line in page.errors if not any(f"{name}:" in line for name in meant)]
    for part in tutorial.parts:
        for text in part.texts:
            if text not in page.lines:
                yield _missing(tutorial, part, text, page)
        if part.raises and not any(part.raises in line for line in page.lines):
            yield Problem(tutorial.name, part.name, "lost", part.raises)
        if part.draws and not page.figures:
            yield Problem(tutorial.name, part.name, "lost", "figure")
    for error in errors:
        yield Problem(tutorial.name, "", "error", error[:LONGEST])


def _missing(tutorial: Tutorial, part: Part, text: str, page: PageText) -> Problem:
    label, colon, _ = text.partition(":")
    others = sorted(line for line in page.lines if colon and line.startswith(label + colon))
    kind, said = ("wrong", others[0]) if others else ("lost", text)
    return Problem(tutorial.name, part.name, kind, said[:LONGEST])


def found(tutorials: Sequence[Tutorial], files: Sequence[Path], edition: Edition) -> list[Problem]:
    """The problems of all pages; the first one has to be of this edition."""
    pages = [read(file) for file in files]
    listed = [one for tutorial, page in zip(tutorials, pages, strict=True) for one in problems(tutorial, page)]
    draft = PROSE.format(edition.prose)
    if not any(draft in line for line in pages[0].lines):
        listed.append(Problem(tutorials[0].name, "", "stale", draft))
    return listed
