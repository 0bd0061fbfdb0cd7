"""The sentences that must hold: each function says one, and yields what breaks it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from . import explorers
from .embed import ExplorerReference, Reference, References, prose
from .errors import DocsError, did_you_mean
from .exercises import exercise_of
from .names import Found, Missing, Names
from .parse import Cell, Module
from .project import ALONE, LANGUAGES, NOTEBOOK, ORIGINAL, RESET, Page
from .runs import CellRun, Outcome

# As Python-Markdown has it: no space is needed after the signs.
HEADING = re.compile(r"(?P<level>#{1,6})\s*(?P<text>.*?)(?:\s*\{:?[^{}]*#(?P<id>[\w-]+)[^{}]*\})?\s*#*\s*$")
COVERAGE = "docs/coverage.yml"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a page: its line, its level, the id it is given, and its text."""

    line: int
    level: int
    id: str
    title: str


@dataclass(frozen=True)
class Text:
    """Everything that is written, before anything is run."""

    modules: Mapping[str, Module]
    pages: tuple[Page, ...]
    references: Mapping[Page, References]

    def cell(self, reference: Reference) -> Cell | None:
        """The cell that is referred to, if it exists."""
        module = self.modules.get(reference.module)
        return module.cell(reference.cell) if module else None


def headings(page: Page) -> list[Heading]:
    """The headings of a page, outside of blocks and front matter."""
    found = []
    for number, line in prose(page.text):
        if match := HEADING.fullmatch(line):
            found.append(Heading(number, len(match["level"]), match["id"] or "", match["text"]))
    return found


def references_are_well_formed(text: Text) -> Iterator[DocsError]:
    """Nothing on a page looks like a reference and is none."""
    for page in text.pages:
        yield from text.references[page].errors


def references_resolve(text: Text) -> Iterator[DocsError]:
    """Each reference names a module and a cell of it, or a value that a cell of it keeps."""
    for page in text.pages:
        for reference in text.references[page].blocks:
            yield from _names_a_module(text, page, reference.line, reference.module)
            module = text.modules.get(reference.module)
            if isinstance(reference, Reference) and module and (problem := _shown_as_it_is(module, reference)):
                yield DocsError(page.shown_path, reference.line, *problem)
            elif module and reference.cell and not module.cell(reference.cell):
                names = [cell.name for cell in module.cells]
                yield DocsError(
                    page.shown_path,
                    reference.line,
                    f"no cell '{reference.cell}' in {module.shown_path}",
                    did_you_mean(reference.cell, names, f"its cells are {', '.join(names)}"),
                )
        for value in text.references[page].values:
            yield from _names_a_module(text, page, value.line, value.module)
            module = text.modules.get(value.module)
            kept = [name for cell in module.cells for name in cell.keep] if module else []
            if module and value.name not in kept:
                yield DocsError(
                    page.shown_path,
                    value.line,
                    f"{module.shown_path} keeps no value '{value.name}'",
                    did_you_mean(value.name, kept, 'a cell keeps one with the option keep="name"'),
                )


def _shown_as_it_is(module: Module, reference: Reference) -> tuple[str, str] | None:
    """A fact and a next step, where an exercise is shown by its cells or another module as an exercise."""
    if exercise_of(module) is None:
        hint = f'show its cells: cell="{module.path}:{module.cells[0].name}"'
        return None if reference.cell else (f"{module.shown_path} is no exercise", hint)
    hint = f'show it whole: exercise="{module.path}"'
    return (f"{module.shown_path} is an exercise", hint) if reference.cell else None


def _names_a_module(text: Text, page: Page, line: int, name: str) -> Iterator[DocsError]:
    if name not in text.modules:
        yield DocsError(
            page.shown_path,
            line,
            f"no module 'snippets/{name}'",
            did_you_mean(name, text.modules, "the path is relative to snippets/"),
        )


def cells_are_shown(text: Text) -> Iterator[DocsError]:
    """Every cell of every module is shown by a page of each language, unless it is hidden; exercises as a whole."""
    shown = {
        (language, reference.module, reference.cell)
        for page in text.pages
        for reference in text.references[page].cells
        for language in [page.language]
    }
    for module in text.modules.values():
        if exercise_of(module):
            if not any((language, module.path, "") in shown for language in LANGUAGES):
                fact, hint = "the exercise is shown by no page", f'show it with exercise="{module.path}"'
                yield DocsError(module.shown_path, module.cells[0].line, fact, hint)
            continue
        for cell in module.cells:
            showing = [language for language in LANGUAGES if (language, module.path, cell.name) in shown]
            # What one language shows and the other does not is said by languages_agree.
            if bool(showing) == cell.hide:
                yield _shown_wrongly(module, cell, ", ".join(showing or LANGUAGES))


def _shown_wrongly(module: Module, cell: Cell, language: str) -> DocsError:
    if cell.hide:
        return DocsError(
            module.shown_path,
            cell.line,
            f"cell '{cell.name}' is hidden, and a page shows it ({language})",
            "take 'hide=true' away, or the reference",
        )
    return DocsError(
        module.shown_path,
        cell.line,
        f"cell '{cell.name}' is shown by no page ({language})",
        f'show it with cell="{module.path}:{cell.name}", or say hide=true',
    )


def cells_are_in_order(text: Text) -> Iterator[DocsError]:
    """A page shows the cells of a module in the module's order, each once."""
    for page in text.pages:
        last: dict[str, tuple[int, str]] = {}
        for reference in text.references[page].cells:
            cell = text.cell(reference)
            if cell is None:
                continue
            line, name = last.get(reference.module, (0, ""))
            if cell.line <= line:
                fact = (
                    "is shown twice"
                    if name == cell.name
                    else f"is shown after '{name}', which comes later in the module"
                )
                yield DocsError(
                    page.shown_path, reference.line, f"cell '{cell.name}' {fact}", "follow the order of the module"
                )
            last[reference.module] = (cell.line, cell.name)


def notebooks_know_what_to_do(text: Text) -> Iterator[DocsError]:
    """What a page says of its notebook is understood, and said in all languages."""
    said = {(page.path, page.language): dict(page.meta).get(NOTEBOOK) for page in text.pages}
    for page in text.pages:
        value = said[page.path, page.language]
        if value not in {None, RESET, ALONE}:
            fact = f"'{NOTEBOOK}: {value}' in the front matter means nothing"
            yield DocsError(
                page.shown_path, 1, fact, did_you_mean(str(value), (RESET, ALONE), f"write {RESET} or {ALONE}")
            )
        elif value != said.get((page.path, ORIGINAL), value):
            original = said[page.path, ORIGINAL]
            hint = f"write '{NOTEBOOK}: {original}'" if original else "take it out"
            yield DocsError(page.shown_path, 1, f"'{NOTEBOOK}' in the front matter is not as in the original", hint)


def languages_agree(text: Text) -> Iterator[DocsError]:
    """Each page has its translation, with the same cells and the same headings in the same order."""
    by_path = {(page.language, page.path): page for page in text.pages}
    for page in text.pages:
        if page.language != ORIGINAL:
            if (ORIGINAL, page.path) not in by_path:
                yield DocsError(
                    page.shown_path,
                    1,
                    f"it translates docs/{ORIGINAL}/{page.path}, which does not exist",
                    "rename it, or write the original",
                )
            continue
        for language in LANGUAGES[1:]:
            other = by_path.get((language, page.path))
            if other is None:
                yield DocsError(page.shown_path, 1, f"it has no translation docs/{language}/{page.path}", "write one")
            else:
                yield from _same_cells(text, page, other)
                yield from _same_headings(page, other)
                yield from _same_values(text, page, other)


def _same_cells(text: Text, page: Page, other: Page) -> Iterator[DocsError]:
    ours = [(one.module, one.name, one.line) for one in text.references[page].blocks]
    theirs = [(one.module, one.name, one.line) for one in text.references[other].blocks]
    for (module, cell, line), (their_module, their_cell, their_line) in zip(ours, theirs, strict=False):
        if (module, cell) != (their_module, their_cell):
            yield DocsError(
                other.shown_path,
                their_line,
                f"shows '{their_cell}' where {page.shown_path}:{line} shows '{cell}'",
                "show the same cells in the same order",
            )
            return
    if len(ours) != len(theirs):
        longer, extra = (page, ours[len(theirs)]) if len(ours) > len(theirs) else (other, theirs[len(ours)])
        lacking = other if longer is page else page
        yield DocsError(
            lacking.shown_path,
            1,
            f"lacks the cell '{extra[1]}', which {longer.shown_path}:{extra[2]} shows",
            "show the same cells in the same order",
        )


def _same_headings(page: Page, other: Page) -> Iterator[DocsError]:
    ours, theirs = headings(page), headings(other)
    for our, their in zip(ours, theirs, strict=False):
        if (our.level, our.id) != (their.level, their.id):
            yield DocsError(
                other.shown_path,
                their.line,
                f"the heading is level {their.level} '{their.id}' where {page.shown_path}:{our.line} has level "
                f"{our.level} '{our.id}'",
                "give both the same level and the same {#id}",
            )
            return
    if len(ours) != len(theirs):
        yield DocsError(
            other.shown_path,
            1,
            f"has {len(theirs)} headings where {page.shown_path} has {len(ours)}",
            "give both the same headings",
        )
    lines: dict[str, int] = {}
    for heading in ours:
        if heading.level > 1 and not heading.id:
            yield DocsError(page.shown_path, heading.line, "the heading has no id", "end it with {#an-english-id}")
        elif heading.id and lines.setdefault(heading.id, heading.line) != heading.line:
            yield DocsError(
                page.shown_path,
                heading.line,
                f"the id '{heading.id}' is taken by the heading at line {lines[heading.id]}",
                "give one of them another id",
            )


def _same_values(text: Text, page: Page, other: Page) -> Iterator[DocsError]:
    ours = Counter((one.module, one.name) for one in text.references[page].values)
    theirs = Counter((one.module, one.name) for one in text.references[other].values)
    for module, name in (ours - theirs) + (theirs - ours):
        lacking, having = (other, page) if (module, name) in ours - theirs else (page, other)
        line = next(one.line for one in text.references[having].values if (one.module, one.name) == (module, name))
        yield DocsError(
            lacking.shown_path,
            1,
            f"quotes '{module}:{name}' less often than {having.shown_path}:{line}",
            "quote the same values on both pages",
        )


def names_exist(text: Text, names: Names) -> Iterator[DocsError]:
    """A name of a library in inline code exists in the installed version; one that is marked as gone does not."""
    for page in text.pages:
        for reference in text.references[page].names:
            found = names[reference.name]
            if isinstance(found, Missing) and not reference.gone:
                parts = reference.name.split(".")
                missing = ".".join(parts[: found.at + 1])
                known = [".".join([*parts[: found.at], name]) for name in found.known]
                yield DocsError(
                    page.shown_path,
                    reference.line,
                    f"'{missing}' does not exist",
                    did_you_mean(missing, known, "if it is gone on purpose, mark it: `name`{ .gone }"),
                )
            if isinstance(found, Found) and reference.gone:
                yield DocsError(
                    page.shown_path,
                    reference.line,
                    f"'{reference.name}' is marked as gone, and exists",
                    "take the mark away",
                )


def contracts_can_fail(text: Text) -> Iterator[DocsError]:
    """A contract is broken by a value just beyond its bound."""
    for module in text.modules.values():
        for cell in module.cells:
            if cell.contract and not cell.contract.can_fail():
                yield DocsError(
                    module.shown_path, cell.line, f"the contract '{cell.contract}' cannot fail", "give it a bound"
                )


def figures_have_alt(text: Text, outcomes: Mapping[tuple[str, str], Outcome]) -> Iterator[DocsError]:
    """A reference says what its figure shows, exactly where there is a figure."""
    for page in text.pages:
        for reference in text.references[page].cells:
            outcome = outcomes.get((reference.module, page.language))
            runs = [run for run in outcome.cells if reference.cell in {"", run.name}] if outcome else []
            if not runs or any(run.status in {"failed", "skipped"} for run in runs):
                continue
            drawn = sum(output.figure is not None for run in runs for output in run.outputs)
            fact, hint = "", ""
            if drawn and not (reference.alt or "").strip():
                fact, hint = f"the figure of '{reference.name}' has no alt text", 'say what one sees in it: alt="…"'
            if reference.alt is not None and not drawn:
                fact, hint = f"'{reference.name}' has an alt text and draws nothing", "take the alt text away"
            if drawn > 1:
                fact, hint = f"'{reference.name}' draws {drawn} figures", "draw one per exercise: alt describes it"
            if fact:
                yield DocsError(page.shown_path, reference.line, fact, hint)


def values_fit_their_formats(text: Text, outcomes: Mapping[tuple[str, str], Outcome]) -> Iterator[DocsError]:
    """A value can be written in the format that a page asks for."""
    for page in text.pages:
        for value in text.references[page].values:
            outcome = outcomes.get((value.module, page.language))
            for run in outcome.cells if outcome else ():
                if value.name in run.values:
                    try:
                        format(run.values[value.name], value.format)
                    except ValueError as error:
                        yield DocsError(
                            page.shown_path,
                            value.line,
                            f"'{value.format}' does not fit {value.name}: {error}",
                            "write a Python format such as .3f, .1% or d",
                        )
                        break


def explorers_have_their_data(text: Text, outcomes: Mapping[tuple[str, str], Outcome]) -> Iterator[DocsError]:
    """The cell that an explorer names has printed what it plays with."""
    for page in text.pages:
        for reference in text.references[page].explorers:
            outcome = outcomes.get((reference.module, page.language))
            runs = [run for run in outcome.cells if run.name == reference.cell] if outcome else []
            for run in runs:
                if run.status not in {"failed", "skipped"} and (problem := _unfit(reference, run)):
                    yield DocsError(page.shown_path, reference.line, *problem)


def _unfit(reference: ExplorerReference, run: CellRun) -> tuple[str, str] | None:
    """A fact and a next step, where a cell has not printed what the explorer needs."""
    try:
        explorers.read(reference.explorer, run)
    except explorers.Unfit as unfit:
        return f"the explorer '{reference.explorer}' cannot use cell '{run.name}', which {unfit.fact}", unfit.hint
    return None


def coverage_is_true(text: Text, file: Path) -> Iterator[DocsError]:
    """`docs/coverage.yml` names cells, and headings of both languages, that exist."""
    if not file.exists():
        return
    source = file.read_text(encoding="utf-8")
    try:
        entries = yaml.safe_load(source) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        yield DocsError(COVERAGE, mark.line + 1 if mark else 1, "not YAML", "mend it")
        return
    if not isinstance(entries, dict):
        yield DocsError(COVERAGE, 1, "not a mapping of ids to entries", "write lines 'id: {title: …, by: […]}'")
        return
    lines = source.split("\n")
    for name, entry in entries.items():
        places = [number for number, line in enumerate(lines, 1) if re.match(rf"{re.escape(str(name))}\s*:", line)]
        if len(places) > 1:
            yield DocsError(COVERAGE, places[1], f"'{name}' is there twice", "keep one of them")
        yield from _entry_is_true(text, name, entry, places[0] if places else 1)


def _entry_is_true(text: Text, name: object, entry: object, line: int) -> Iterator[DocsError]:
    places = entry.get("by") if isinstance(entry, dict) and entry.get("title") else None
    if not isinstance(places, list) or not places:
        yield DocsError(COVERAGE, line, f"'{name}' is incomplete", "give it a title, and by: a list of places")
        return
    for place in places:
        if not _exists(text, str(place)):
            yield DocsError(
                COVERAGE,
                line,
                f"'{name}' is covered by '{place}', which does not exist",
                "name a cell (chapter/module.py:cell) or a heading (chapter/page.md#id)",
            )


def _exists(text: Text, place: str) -> bool:
    path, _, heading = place.partition("#")
    if heading:
        pages = [page for page in text.pages if page.path == path]
        return len(pages) == len(LANGUAGES) and all(heading in {one.id for one in headings(page)} for page in pages)
    module, _, cell = place.partition(":")
    return module in text.modules and text.modules[module].cell(cell) is not None


def first_broken(*groups: Iterable[DocsError]) -> list[DocsError]:
    """What breaks the first group that is broken at all: what follows from it is not said again."""
    for group in groups:
        if errors := list(group):
            return errors
    return []
