"""Two editions of the book compared: the pages, outputs and figures that a reviewer has to look at."""

from __future__ import annotations

import difflib
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .embed import fenced
from .policy import policy
from .project import FIGURES, Page
from .stale import KEY

# What a summary of a pull request shows at most; the page beside it has all of it.
LINES = 1500
FIGURE = re.compile(rf"(?P<language>\w+)/{FIGURES}/(?P<name>.+)\.(?P=language)\.(?P<theme>light|dark)\.svg")
# Which version of its original a translation was made from: not for readers.
VERSION = re.compile(rf"^{KEY}: .*\n", re.MULTILINE)
Texts = Mapping[str, str]
"""Paths with slashes -> texts."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What readers get at one commit: staged pages and figures by language, and the records of the outputs."""

    pages: Texts
    figures: Texts
    records: Texts


@dataclass(frozen=True, slots=True)
class TextChange:
    """A text that differs; an empty one is not there."""

    path: str
    old: str
    new: str

    @property
    def kind(self) -> str:
        """What became of it, in a word."""
        return "new" if not self.old else "changed" if self.new else "gone"

    @property
    def diff(self) -> list[str]:
        """The lines that differ, with three around them, in the form of a unified diff without its head."""
        return list(difflib.unified_diff(self.old.splitlines(), self.new.splitlines(), lineterm=""))[2:]

    @property
    def size(self) -> str:
        """How many lines came and went."""
        signs = [line[0] for line in self.diff]
        return f"+{signs.count('+')} −{signs.count('-')}"


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure that differs, in the theme in which it is shown: paths below the reports' folder, or none."""

    name: str
    language: str
    theme: str
    alt: str
    old: str
    new: str

    @property
    def kind(self) -> str:
        """What became of it, in a word."""
        return "new" if not self.old else "changed" if self.new else "gone"


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs. `problem` says why there are no pages and figures to compare with."""

    base: str
    pages: tuple[TextChange, ...]
    records: tuple[TextChange, ...]
    figures: tuple[FigureChange, ...]
    problem: str = ""


def read_edition(staged: Path, root: Path) -> Edition:
    """The edition of a checkout whose pages were staged; without them where they could not be."""
    return Edition(
        {path: VERSION.sub("", text, count=1) for path, text in _texts(staged, "*.md").items()},
        _texts(staged, "*.svg"),
        {f"snippets/{path}": text for path, text in _texts(root / "snippets", "*.record").items()},
    )


def _texts(folder: Path, pattern: str) -> dict[str, str]:
    files = sorted(file for file in folder.rglob(pattern) if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8") for file in files}


def compare(base: str, old: Edition, new: Edition, problem: str = "") -> Changes:
    """What differs between the editions; pages and figures only where there is no problem with the old ones."""
    figures = () if problem else tuple(_figures(old, new))
    drawn = {(figure.language, figure.name) for figure in figures if figure.kind == "changed"}
    pages = [
        TextChange(path, before, now)
        for path, before, now in _pairs(old.pages, new.pages)
        if not problem and (before != now or any(_shows(path, now, *one) for one in drawn))
    ]
    records = [TextChange(*pair) for pair in _pairs(old.records, new.records) if pair[1] != pair[2]]
    return Changes(base, tuple(pages), tuple(records), figures, problem)


def _pairs(old: Texts, new: Texts) -> Iterator[tuple[str, str, str]]:
    for path in sorted({*old, *new}):
        yield path, old.get(path, ""), new.get(path, "")


def _figures(old: Edition, new: Edition) -> Iterator[FigureChange]:
    """The figures that differ, each in one theme: the light one, unless only the dark one differs."""
    found: dict[tuple[str, str], FigureChange] = {}
    for path, before, now in _pairs(old.figures, new.figures):
        match = FIGURE.fullmatch(path)
        if match is None or before == now:
            continue
        language, name, theme = match["language"], match["name"], match["theme"]
        alt = _alt(new if now else old, language, name)
        paths = (f"before/{path}" if before else "", f"after/{path}" if now else "")
        # "light" comes after "dark".
        found[language, name] = FigureChange(name, language, theme, alt, *paths)
    yield from found.values()


def _alt(edition: Edition, language: str, name: str) -> str:
    """What pages say that one sees in a figure."""
    shown = re.compile(rf"!\[(?P<alt>.*)\]\(\S*{re.escape(f'{FIGURES}/{name}.{language}.light.svg')}\)")
    for path, text in edition.pages.items():
        if path.startswith(f"{language}/") and (match := shown.search(text)):
            return re.sub(r"\\(.)", r"\1", match["alt"])
    return ""


def _shows(path: str, text: str, language: str, name: str) -> bool:
    return path.startswith(f"{language}/") and f"{FIGURES}/{name}.{language}.light.svg" in text


def address(path: str) -> str:
    """Where a staged page is on the site."""
    language, _, rest = path.partition("/")
    return Page(rest, language, "", ()).url or "./"


def markdown(changes: Changes) -> str:
    """The summary, as hosts show it beside a pull request."""
    return "\n".join([f"# What changes since {changes.base[:12]}", "", *_lines(changes)]) + "\n"


def _lines(changes: Changes) -> Iterator[str]:
    if changes.problem:
        yield from ("Pages and figures are not compared: the book of that commit does not come about here.", "")
        yield from (*fenced(changes.problem, "text"), "")
    elif not changes.pages:
        yield from ("No page changes.", "")
    if changes.pages:
        yield from (f"## {_count(changes.pages, 'page')}", "", "| page | on the site | | lines |", "|---|---|---|---|")
        for page in changes.pages:
            yield f"| docs/{page.path} | `{address(page.path)}` | {page.kind} | {page.size} |"
        yield ""
    if changes.records:
        yield from (f"## {_count(changes.records, 'accepted output')}", "", *_outputs(changes.records))
    if changes.figures:
        yield from (f"## {_count(changes.figures, 'figure')}", "")
        yield from ("`index.html`, beside this summary, shows them before and after, side by side.", "")
        yield from (f"- {one.name} ({one.language}): {one.kind}" for one in changes.figures)


def _outputs(records: tuple[TextChange, ...]) -> Iterator[str]:
    left = LINES
    for record in records:
        diff = record.diff
        yield from ("<details>", f"<summary>{record.path}: {record.kind}, {record.size}</summary>", "")
        if left:
            yield from (*fenced("\n".join(diff[:left]), "diff"), "")
        if len(diff) > left:
            yield from (f"{len(diff) - left} more lines are in `index.html`.", "")
        yield from ("</details>", "")
        left = max(left - len(diff), 0)


def headline(changes: Changes) -> str:
    """How much differs, in a line."""
    counts = (_count(changes.pages, "page"), _count(changes.records, "accepted output"))
    return f"{', '.join(counts)} and {_count(changes.figures, 'figure')}"


def _count(things: tuple[object, ...], word: str) -> str:
    return f"{len(things)} {word}{'s' * (len(things) != 1)}"


def html(changes: Changes) -> str:
    """The same as a page, with the figures before and after."""
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    text = environment.get_template("changes.html").render(changes=changes, address=address, count=_count)
    return policy(text)


def write(changes: Changes, old: Edition, new: Edition, folder: Path) -> None:
    """Write `summary.md`, `index.html` and the figures that it shows, in the place of what the folder held."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as made:
        ready = Path(made) / "ready"
        for figure in changes.figures:
            for path, edition in ((figure.old, old), (figure.new, new)):
                if path:
                    file = ready / path
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(edition.figures[path.partition("/")[2]], encoding="utf-8")
        ready.mkdir(exist_ok=True)
        (ready / "index.html").write_text(html(changes), encoding="utf-8")
        (ready / "summary.md").write_text(markdown(changes), encoding="utf-8")
        if folder.exists():
            shutil.move(folder, Path(made) / "last")
        ready.rename(folder)
