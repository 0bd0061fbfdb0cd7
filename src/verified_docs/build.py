"""The line put together: what is written, run where it is not fresh, compared, and handed to whoever shows it."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from . import check, compatibility, downloads, exercises, explorers, names, record, scores, versions
from .cache import Cache, digest_of, key_of
from .catalog import Catalog, catalog_path, read_catalog
from .check import Text
from .embed import MUTATION, ExplorerReference, References, Shown, ShownExercise, embed, references
from .errors import DocsError
from .execute import Engine, Listener
from .exercises import Exercise, exercise_of
from .explorers import Explorer, Unfit
from .files import write_atomically
from .flavours import Plain, figure_name, score_table, stale_notice
from .glossary import terms_are_translated_in_one_way
from .names import Found, Names
from .parse import Cell, Module
from .project import FIGURES, LANGUAGES, ORIGINAL, Page, Project
from .runnable import Runnable, runnable
from .runs import CellRun, CellTask, Number, Outcome, Task
from .scores import Score
from .stale import Stale, stale_pages, versions_are_named
from .versions import Environment, Tried

SOLUTION = "solution"
METHOD = "VERIFIED_DOCS_START_METHOD"
"""The variable that sets how processes are started: "forkserver", or "spawn" where forking does not work."""
Run = tuple[str, str]
"""A module's path and a language."""
AnswerRun = tuple[str, str, str]
"""A module's path, a language, and the answer of the exercise that stands in the solution's place; or none."""

Problems = dict[tuple[str, str, str], str]
"""A page's path, a module and a cell -> what is wrong there; module and cell are empty for the page as a whole."""


class Broken(Exception):
    """The project is not good: `errors` says where."""

    def __init__(self, errors: Iterable[DocsError]) -> None:
        self.errors = list(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


@dataclass(frozen=True)
class Book:
    """Everything a page can show: texts, programs, and what became of them."""

    project: Project
    text: Text
    programs: dict[Run, str]
    keys: dict[Run, str]
    outcomes: dict[Run, Outcome]
    answers: dict[AnswerRun, Outcome] = field(default_factory=dict)
    """What became of the starters and wrong answers of exercises."""
    names: Names = field(default_factory=dict)
    """The names of libraries that pages mention, as far as they were looked up."""
    stale: tuple[Stale, ...] = ()
    """The translations that are behind their originals."""
    scores: dict[str, Score] = field(default_factory=dict)
    """How many changes of their solutions the tests of exercises catch, as it was measured last."""
    tried: dict[str, dict[Environment, Tried]] = field(default_factory=dict)
    """What became of the modules, as they are now, with other versions of the libraries."""
    problems: Problems = field(default_factory=dict)
    """Live only: why a place of a page is not good."""

    def shown(self, page: Page, module: str, cell: str) -> Shown | ShownExercise:
        """What a page shows for a reference; an empty `cell` stands for an exercise."""
        run, problem = (module, page.language), self.problems.get((page.shown_path, module, cell), "")
        known = self.text.modules[module] if run in self.outcomes else None
        exercise = exercise_of(known) if known and not cell else None
        if exercise:
            return self.shown_exercise(exercise, page.language, problem)
        part = known.cell(cell) if known else None
        if part is None:  # live only: a good book has every cell that is referred to
            return Shown(module, "", CellRun(cell, "skipped"), problem)
        cells = self.shown_cells(page)[module]
        first, last = cells[0] == cell, cells[-1] == cell
        final = [one for one in self.text.references[page].cells if one.cell][-1]
        ends = (final.module, final.cell) == (module, cell)
        span = versions.span(known, cell, self.tried.get(module, {})) if known else ""
        source = self.source(run, part)
        return Shown(module, source, self.outcomes[run].cell(cell), problem, first, last, ends, versions=span)

    def shown_exercise(self, exercise: Exercise, language: str, problem: str = "") -> ShownExercise:
        """What a page of the language shows for an exercise."""
        path = exercise.module.path
        run = path, language
        source = functools.partial(self.source, run)
        starter = CellRun(exercise.starter.name, "passed")
        return ShownExercise(
            exercises.task_text(source(exercise.task)),
            Shown(path, exercises.learners_code(exercise, source), starter, problem, part=True),
            exercises.hints(exercise, source(exercise.tests), self.answers_of(exercise, language)),
            tuple(
                Shown(path, source(cell), self.outcomes[run].cell(cell.name), part=True)
                for cell in (exercise.solution, *exercise.uses)
            ),
        )

    def explorer(self, page: Page, reference: ExplorerReference) -> Explorer | str:
        """What an explorer of a page shows; live only: or why it cannot."""
        try:
            run = self.outcomes[reference.module, page.language].cell(reference.cell)
            return explorers.read(reference.explorer, run)
        except (KeyError, Unfit):  # in a good book neither
            return self.problems.get((page.shown_path, reference.module, reference.cell), reference.name)

    def shown_cells(self, page: Page) -> dict[str, list[str]]:
        """The cells that a page shows, by module."""
        shown: dict[str, list[str]] = {}
        for reference in self.text.references[page].cells:
            if reference.cell:  # not an exercise
                shown.setdefault(reference.module, []).append(reference.cell)
        return shown

    def runnables(self, page: Page) -> dict[str, Runnable]:
        """What the programs that readers copy from a page are put together from, by module."""
        found = {}
        for path, cells in self.shown_cells(page).items():
            run, module = (path, page.language), self.text.modules.get(path)
            known = {cell for cell in cells if module and module.cell(cell)}
            if module and known and run in self.outcomes:
                drawn = {cell.name for cell in self.outcomes[run].cells for output in cell.outputs if output.figure}
                found[path] = runnable(module, self.programs[run], drawn).until(known)
        return found

    def answers_of(self, exercise: Exercise, language: str) -> dict[str, Outcome]:
        """What became of the answers of an exercise, by their names."""
        runs = {answer.name: (exercise.module.path, language, answer.name) for answer in exercise.answers}
        return {name: self.answers[run] for name, run in runs.items() if run in self.answers}

    def taken_home(self, language: str) -> Iterator[tuple[str, bytes]]:
        """Paths, below the language's root, and contents of what learners take with them."""
        for page in self.text.pages:
            offered = list(self.offered(page)) if page.language == language else []
            if offered:
                title = dict(page.meta).get("title", page.path)
                archive, notebook = downloads.names(page.path)
                yield archive, downloads.folder(page.path, title, language, offered)
                yield notebook, downloads.notebook(title, language, offered).encode()

    def offered(self, page: Page) -> Iterator[downloads.Offered]:
        """The exercises of a page, under their headings."""
        titles = check.headings(page)
        for reference in self.text.references[page].cells:
            run = reference.module, page.language
            exercise = exercise_of(self.text.modules[reference.module]) if run in self.programs else None
            if exercise and not reference.cell:
                title = [heading.title for heading in titles if heading.line < reference.line][-1]
                yield downloads.Offered(exercise, title, functools.partial(self.source, run))

    def source(self, run: Run, cell: Cell) -> str:
        """The source of a cell in a language."""
        return "\n".join(self.programs[run].split("\n")[cell.start - 1 : cell.end])

    def value(self, language: str, module: str, name: str) -> Number:
        """A kept value; the last cell that keeps the name counts. NaN where its cell did not run (live only)."""
        outcome = self.outcomes.get((module, language))
        kept = [run.values[name] for run in outcome.cells if name in run.values] if outcome else []
        return kept[-1] if kept else float("nan")

    def page(self, page: Page, flavour: Plain) -> str:
        """The page with everything in its place."""
        return embed(
            page.text,
            self.text.references[page],
            functools.partial(self.shown, page),
            functools.partial(self.value, page.language),
            self.address,
            functools.partial(self.explorer, page),
            flavour,
            functools.partial(self.table, page, flavour),
        )

    def table(self, page: Page, flavour: Plain, name: str) -> list[str]:
        """The lines that take the place of `{{ name }}` on a page."""
        if name == MUTATION:
            return score_table(page.language, self.scores)
        entries = {self.text.modules[path]: tried for path, tried in self.tried.items() if tried}
        homes = self._homes(page.language)

        def link(module: str) -> str:
            return f"[`{module}`]({page.address_of(homes[module])})" if module in homes else f"`{module}`"

        return compatibility.lines(name, page.language, entries, link, flavour)

    def _homes(self, language: str) -> dict[str, str]:
        """The paths of the pages of a language that show most of a module."""
        shows = Counter(
            (reference.module, page.path)
            for page in self.text.pages
            for reference in self.text.references[page].cells
            if page.language == language
        )
        return {module: path for (module, path), _ in reversed(shows.most_common())}

    def notice(self, page: Page) -> list[str]:
        """The lines of the notice on a page that is behind its original; none on others."""
        for behind in self.stale:
            if behind.page == page:
                titles = {heading.id: heading.title for heading in check.headings(page)}
                return stale_notice(page.language, [(one, titles.get(one, one)) for one in behind.sections])
        return []

    def address(self, name: str) -> str | None:
        """Where the library documents a name; None where it is not known to."""
        found = self.names.get(name)
        return names.address(name, found) if isinstance(found, Found) else None

    def files(self, language: str) -> Iterator[tuple[str, bytes]]:
        """Paths and contents of what a language has beside its pages: figures, programs as they ran, exercises.

        The program of an exercise has its solution in it, and is not among them.
        """
        for name, svg in self.figures(language):
            yield f"{FIGURES}/{name}", svg.encode()
        for (module, spoken), program in self.programs.items():
            if spoken == language and not exercise_of(self.text.modules[module]):
                yield module, program.encode()
        yield from self.taken_home(language)

    def figures(self, language: str) -> Iterator[tuple[str, str]]:
        """File names and SVG texts of all figures of a language."""
        for (module, spoken), outcome in self.outcomes.items():
            for run in outcome.cells if spoken == language else ():
                for output in run.outputs:
                    if output.figure:
                        yield figure_name(module, run.name, language, "light"), output.figure.light
                        yield figure_name(module, run.name, language, "dark"), output.figure.dark


def exercises_of(text: Text) -> dict[str, Exercise]:
    """The exercises by their modules' paths."""
    found = ((path, exercise_of(module)) for path, module in text.modules.items())
    return {path: exercise for path, exercise in found if exercise}


def read_text(project: Project) -> Text:
    """All modules and pages; raises Broken where one cannot be read."""
    text, errors = read_what_can_be_read(project)
    if errors:
        raise Broken(errors)
    return text


def read_what_can_be_read(project: Project) -> tuple[Text, list[DocsError]]:
    """The modules and pages that can be read, and what is wrong with the others."""
    modules, module_errors = project.modules()
    pages, page_errors = project.pages()
    found: dict[Page, References] = {page: references(page.text, page.shown_path) for page in pages}
    return Text(modules, tuple(pages), found), [*module_errors, *page_errors]


def check_text(project: Project, text: Text) -> list[DocsError]:
    """What is wrong with the texts, before anything is run."""
    return check.first_broken(
        check.references_are_well_formed(text),
        check.references_resolve(text),
        check.cells_are_in_order(text),
        chain(
            check.cells_are_shown(text),
            check.languages_agree(text),
            check.contracts_can_fail(text),
            versions_are_named(text.pages),
            check.notebooks_know_what_to_do(text),
            programs_are_translated(project, text),
            terms_are_translated_in_one_way(text, catalogs_of(project, text)),
            check.coverage_is_true(text, project.docs / "coverage.yml"),
        ),
    )


def programs_of(project: Project, text: Text) -> dict[Run, str]:
    """The program of each module in each language; the original where a translation is not complete."""
    programs = {}
    for path, module in text.modules.items():
        programs[path, ORIGINAL] = module.text
        for language in LANGUAGES[1:]:
            programs[path, language] = _translated(module, catalog_of(project, module, language))
    return programs


def _translated(module: Module, catalog: Catalog) -> str:
    # libcst takes as long to load as everything else here: only where there is something to translate.
    from . import localize

    return module.text if localize.problems(module, catalog) else localize.translate(module, catalog)


def catalog_of(project: Project, module: Module, language: str) -> Catalog:
    """The translations of a module; raises DocsError where the catalog cannot be read."""
    return read_catalog(catalog_path(project.snippets / module.path, language))


def catalogs_of(project: Project, text: Text) -> dict[str, Catalog]:
    """The catalogs that can be read, by the paths that messages give them."""
    found = {}
    for module in text.modules.values():
        for language in LANGUAGES[1:]:
            with contextlib.suppress(DocsError):
                catalog = catalog_of(project, module, language)
                found[catalog.shown_path(module)] = catalog
    return found


def programs_are_translated(project: Project, text: Text) -> Iterator[DocsError]:
    """Every display string and comment has a translation, and the program that comes of it is the same program."""
    for module in text.modules.values():
        for language in LANGUAGES[1:]:
            try:
                catalog = catalog_of(project, module, language)
            except DocsError as error:
                yield error
                continue
            yield from _wrong_translations(module, catalog)


def _wrong_translations(module: Module, catalog: Catalog) -> Iterator[DocsError]:
    from . import localize

    wrong = localize.problems(module, catalog)
    yield from wrong
    if not wrong and not localize.programs_agree(module, localize.translate(module, catalog)):
        fact, hint = "the translated program is another program", "compare the placeholders"
        yield DocsError(catalog.shown_path(module), 0, fact, hint)


def task_of(project: Project, module: Module, language: str, program: str, cells: tuple[CellTask, ...]) -> Task:
    """The task that runs these cells of a program."""
    return Task(
        module.path,
        language,
        program,
        cells,
        module.limits,
        module.environment,
        module.interpreter,
        str(project.root),
    )


def original_task(project: Project, module: Module) -> Task:
    """The task that runs a module as it is written."""
    return task_of(project, module, ORIGINAL, module.text, exercises.cell_tasks(module))


def tasks_of(project: Project, module: Module, language: str, program: str) -> Iterator[Task]:
    """The task that runs the program; for an exercise, also those that try its answers."""
    yield task_of(project, module, language, program, exercises.cell_tasks(module))
    if exercise := exercise_of(module):
        for answer in exercise.answers:
            cells = exercises.answer_tasks(exercise, answer)
            yield replace(task_of(project, module, language, program, cells), answer=answer.name)


class Runs:
    """Runs of a project: kept ones where they are fresh, new ones otherwise. Keeps its engine warm until closed."""

    def __init__(self, project: Project, listen: Listener = lambda task, event: None) -> None:
        self.project = project
        self.cache = Cache(project.cache / "runs")
        self.method = os.environ.get(METHOD, "forkserver")
        self.listen = listen
        self.engine: Engine | None = None
        self.lock = threading.Lock()

    def __enter__(self) -> Runs:
        return self

    def __exit__(self, *_: object) -> None:
        if self.engine:
            self.engine.close()

    def book(self, text: Text, only: Callable[[str, str], bool] = lambda module, language: True) -> Book:
        """Run what is not fresh among the modules and languages that are asked for."""
        programs = {run: program for run, program in programs_of(self.project, text).items() if only(*run)}
        tasks = {
            (path, language, task.answer): task
            for (path, language), program in programs.items()
            for task in tasks_of(self.project, text.modules[path], language, program)
        }
        keys = {run: key_of(task) for run, task in tasks.items()}
        found = self.outcomes(tasks, keys)
        return Book(
            self.project,
            text,
            programs,
            {run: keys[*run, ""] for run in programs},
            {run: found[*run, ""] for run in programs},
            {run: outcome for run, outcome in found.items() if run[2]},
            scores=scores.read(self.project.root),
            tried=self.tried(text),
        )

    def tried(self, text: Text) -> dict[str, dict[Environment, Tried]]:
        """What is known of the modules, as they are now, with other versions of the libraries."""
        report = versions.read(self.project.root)
        return {
            path: report.of(path, digest_of(original_task(self.project, module)))
            for path, module in text.modules.items()
            if path in report.modules
        }

    def outcomes(self, tasks: Mapping[AnswerRun, Task], keys: Mapping[AnswerRun, str]) -> dict[AnswerRun, Outcome]:
        """What becomes of the tasks: kept runs where they are fresh, new ones otherwise."""
        outcomes = {run: kept for run, task in tasks.items() if (kept := self.cache.load(task, keys[run]))}
        self._run([(run, task) for run, task in tasks.items() if run not in outcomes], keys, outcomes)
        return {run: outcomes[run] for run in tasks}

    def score(self, exercise: Exercise) -> Score:
        """Try every mutant of the solution, each in a clean process; raises Broken where the solution itself fails."""
        # With libcst, which only those need who change or translate programs.
        from . import mutation

        wanted, left_out = mutation.wanted(exercise)
        unchanged = mutation.Mutant(0, SOLUTION, exercise.solution.source)
        tasks = {}
        for number, mutant in enumerate([unchanged, *wanted]):
            program, cells = mutation.program(exercise, mutant)
            task = task_of(self.project, exercise.module, ORIGINAL, program, cells)
            limits = replace(task.limits, seconds=min(task.limits.seconds, mutation.SECONDS))
            name = f"mutant-{number}" if number else SOLUTION
            tasks[task.module, task.language, name] = replace(task, limits=limits, answer=name)
        outcomes = list(self.outcomes(tasks, {run: key_of(task) for run, task in tasks.items()}).values())
        if failure := outcomes[0].failure:
            path = exercise.module.shown_path
            raise Broken([DocsError(path, failure.line, failure.message, "mend it first: `verified-docs check`")])
        return mutation.score(exercise, list(zip(wanted, outcomes[1:], strict=True)), left_out)

    def names(self, text: Text) -> Names:
        """Look up the names of libraries that pages mention; raises Broken where that cannot be done."""
        wanted = {one.name for page in text.pages for one in text.references[page].names}
        if not wanted:
            return {}
        task = names.task(wanted, str(self.project.root))
        key = key_of(task)
        outcome = self.cache.load(task, key)
        if outcome is None:
            with self.lock:
                (outcome,) = self._engine().run([task])
            self.cache.store(key, outcome)
        if failure := outcome.failure:
            raise Broken([DocsError("docs", 0, f"names cannot be looked up: {failure.message}", failure.hint)])
        return names.read(outcome)

    def warm(self) -> None:
        """Begin to import ahead what modules need, while other things are done."""
        self._engine().warm()

    def _engine(self) -> Engine:
        self.engine = self.engine or Engine(self.project.root, self.method)
        return self.engine

    def _run(
        self,
        stale: list[tuple[AnswerRun, Task]],
        keys: Mapping[AnswerRun, str],
        outcomes: dict[AnswerRun, Outcome],
    ) -> None:
        if not stale:
            return
        for _, task in stale:
            self.listen(task, "")
        try:
            with self.lock:
                for outcome in self._engine().run([task for _, task in stale], self.listen):
                    outcomes[outcome.module, outcome.language, outcome.answer] = outcome
        finally:  # what was finished before an interruption is kept
            for run, _ in stale:
                if run in outcomes:
                    self.cache.store(keys[run], outcomes[run])


def check_runs(book: Book) -> list[DocsError]:
    """What is wrong with the runs: failures first, then what differs from the records, then what pages say of them."""
    return check.first_broken(
        failures(book),
        chain(drifts(book), answers_are_told_apart(book)),
        chain(
            check.figures_have_alt(book.text, book.outcomes),
            check.values_fit_their_formats(book.text, book.outcomes),
            check.explorers_have_their_data(book.text, book.outcomes),
        ),
    )


def failures(book: Book) -> Iterator[DocsError]:
    """One error for each run that failed; where it fails alike in several languages, it is said once."""
    found = []
    for (module, language), outcome in book.outcomes.items():
        if failure := outcome.failure:
            hint = failure.hint + ("\n" + failure.traceback.rstrip() if failure.traceback else "")
            path = book.text.modules[module].shown_path
            found.append((language, DocsError(path, failure.line, failure.message, hint)))
    return _said_once(found)


def drifts(book: Book) -> Iterator[DocsError]:
    """What the runs give and the records do not, or the other way round."""
    found = []
    for (module, language), outcome in book.outcomes.items():
        for error in record.compare(book.text.modules[module], outcome, book.project.snippets):
            found.append((language, error))
    return _said_once(found)


def answers_are_told_apart(book: Book) -> Iterator[DocsError]:
    """The starter and each wrong answer of an exercise fail the test that they should, and every test has an answer."""
    found = []
    for module, language in book.outcomes:
        exercise = exercise_of(book.text.modules[module])
        if exercise is None:
            continue
        answers = book.answers_of(exercise, language)
        pairs = [(answer, answers[answer.name]) for answer in exercise.answers]
        wrong = [one for pair in pairs if (one := exercises.answer_problem(exercise, *pair))]
        # What follows from an answer that fails elsewhere is not said again.
        found += [(language, error) for error in wrong or exercises.idle_tests(exercise, answers)]
    return _said_once(found)


def _said_once(found: Iterable[tuple[str, DocsError]]) -> Iterator[DocsError]:
    """One error for what is wrong at the same line in several languages, with their names."""
    places: dict[tuple[str, int], list[tuple[str, DocsError]]] = {}
    for language, error in found:
        places.setdefault((error.path, error.line), []).append((language, error))
    for together in places.values():
        languages = ", ".join(sorted({language for language, _ in together}))
        first = together[0][1]
        yield DocsError(first.path, first.line, f"{first.message} ({languages})", first.hint)


def good_book(project: Project, runs: Runs) -> Book:
    """The book with everything checked; raises Broken."""
    text = read_text(project)
    if errors := check_text(project, text):
        raise Broken(errors)
    book = runs.book(text)
    if errors := check_runs(book):
        raise Broken(errors)
    book = replace(book, names=runs.names(text), stale=tuple(stale_pages(text.pages, project.root)))
    if errors := list(check.names_exist(text, book.names)):
        raise Broken(errors)
    return book


def live_book(project: Project, runs: Runs) -> tuple[Book, list[DocsError]]:
    """The book as it is, with what is wrong shown at its place, and all of that as errors.

    Raises Broken or DocsError where there is no book to be had, such as for a catalog that cannot be read.
    """
    text, errors = read_what_can_be_read(project)
    errors += check_text(project, text)
    book = runs.book(text)
    book = replace(book, names=runs.names(text), stale=tuple(stale_pages(text.pages, project.root)))
    bad = [
        *failures(book),
        *drifts(book),
        *answers_are_told_apart(book),
        *check.figures_have_alt(text, book.outcomes),
        *check.values_fit_their_formats(text, book.outcomes),
        *check.explorers_have_their_data(text, book.outcomes),
        *check.names_exist(text, book.names),
    ]
    return replace(book, problems=_placed(text, [*errors, *bad])), [*errors, *bad]


def _placed(text: Text, errors: Iterable[DocsError]) -> Problems:
    """The errors at the blocks where a reader of the page would look for them."""
    problems: Problems = {}
    for error in errors:
        module = text.modules.get(error.path.removeprefix("snippets/"))
        cell = module.cell_at(error.line) if module else None
        for page in text.pages:
            for reference in text.references[page].blocks:
                named = cell is None or reference.cell in {"", cell}
                at_cell = module is not None and reference.module == module.path and named
                at_line = error.path == page.shown_path and error.line == reference.line
                unread = module is None and error.path == f"snippets/{reference.module}"
                if at_cell or at_line or unread:
                    problems.setdefault((page.shown_path, reference.module, reference.cell), str(error))
            if error.path == page.shown_path:
                problems.setdefault((page.shown_path, "", ""), str(error))
    return problems


def stage(book: Book, folder: Path) -> None:
    """Write every page as plain Markdown, with code, outputs and figures in it, below `folder/<language>/`."""
    for language in LANGUAGES:
        for name, svg in book.figures(language):
            file = folder / language / FIGURES / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(svg, encoding="utf-8")
        for name, content in book.taken_home(language):
            file = folder / language / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    for page in book.text.pages:
        file = folder / page.language / page.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(book.page(page, Plain(page.language, page.address_of_figure)), encoding="utf-8")


def accept(book: Book) -> Iterator[tuple[str, str]]:
    """Write the records of all good runs of the book; yields path and difference of those that changed."""
    for (module, language), outcome in book.outcomes.items():
        path = record.record_path(book.project.snippets, module, language)
        new = record.render(outcome)
        difference = record.difference(path, new)
        if not outcome.failure and difference:
            write_atomically(path, new)
            yield path.relative_to(book.project.root).as_posix(), difference
