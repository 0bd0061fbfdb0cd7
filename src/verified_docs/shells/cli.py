"""The command line: `verified-docs` and `python -m verified_docs`."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from .. import changes, history, upcoming, versions
from ..build import (
    Book,
    Broken,
    Runs,
    accept,
    check_runs,
    exercises_of,
    failures,
    good_book,
    programs_are_translated,
    read_text,
    stage,
)
from ..catalog import catalog_path, extract
from ..errors import DocsError, did_you_mean
from ..files import write_atomically
from ..project import LANGUAGES, ZIP, config_name, find_project
from ..scaffold import write_exercise, write_skeletons
from ..scores import read as read_scores
from ..scores import stale as stale_scores
from ..scores import too_few
from ..scores import write as write_scores
from .progress import Progress


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 if all is well, 1 if an author has something to mend, 130 if interrupted."""
    options = _parser().parse_args(arguments)
    # A polite end is an interruption: what was started is ended, temporary files are removed.
    signal.signal(signal.SIGTERM, lambda *_: _interrupt())
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except (Broken, DocsError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted: nothing is half-written, and what was finished is kept", file=sys.stderr)
        return 130


def _interrupt() -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verified-docs", description="Run, compare, check and build the documentation."
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, command, text in (
        ("build", _build, "run what changed, check everything, build both languages into site/"),
        ("editions", _editions, "the same, with a PDF of each language and a zip that needs no server"),
        ("run", _run, "run the modules that changed, and compare them with their records"),
        ("check", _check, "everything that `build` checks, without building"),
        ("accept", _accept, "show how outputs differ from their records, and accept them"),
        ("extract", _extract, "bring the catalogs of translations up to date with the modules"),
        ("stage", _stage, "write every page as plain Markdown, with code, outputs and figures in it"),
        ("changes", _changes, "say which pages, outputs and figures are not as they were at BASE"),
        ("mutation", _mutation, "change the solutions of exercises that changed, and count what their tests catch"),
        ("matrix", _matrix, "run every module with other versions of the libraries, and keep what became of them"),
        ("next", _next, "the same with the newest releases and the nightly builds: a report of what they change"),
        ("trial", _trial, "run every module with what is installed here; `matrix` and `next` call it"),
        ("new", _new, "write the skeletons of a module, its pages and its catalog"),
        ("serve", _serve, "show both languages under one address; reload when a page or a module is saved"),
    ):
        one = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        one.set_defaults(command=command)
        if name in {"run", "accept", "extract", "mutation"}:
            one.add_argument(
                "modules", nargs="*", metavar="MODULE", help="paths below snippets/ (all, if none is given)"
            )
        if name in {"run", "accept"}:
            one.add_argument("--language", choices=LANGUAGES, help="this language only (both, if none is given)")
        if name == "stage":
            one.add_argument("folder", type=Path, help="where to write them: a folder that is empty or does not exist")
        if name == "changes":
            one.add_argument("base", metavar="BASE", help="a branch, tag or commit: compared is where it was left")
        if name == "matrix":
            one.add_argument(
                "names", nargs="*", metavar="NAME", help="environments: 2.16.2-3.0.0 (all, if none is given)"
            )
        if name == "trial":
            one.add_argument("file", type=Path, metavar="FILE", help="where to write what became of them")
        if name == "new":
            one.add_argument("path", metavar="CHAPTER/NAME", help="the module's path below snippets/, without .py")
            one.add_argument("--exercise", action="store_true", help="an exercise: snippets/CHAPTER/exercise-NAME.py")
        if name == "serve":
            one.add_argument("--port", type=int, default=8000, help="the port on this machine (default: 8000)")
    return parser


def _good_book() -> Book:
    """The checked book; what is only behind is said, and does not block."""
    project = find_project()
    with Progress() as progress, Runs(project, listen=progress.listen) as runs:
        book = good_book(project, runs)
    for behind in book.stale:
        print(f"warning: {behind.warning}", file=sys.stderr)
    for error in stale_scores(exercises_of(book.text), book.scores):
        print(f"warning: {error}", file=sys.stderr)
    return book


def _build(_: argparse.Namespace) -> int:
    from .site import build_site

    book = _good_book()
    project = book.project
    site = build_site(book)
    print(
        f"built {site.relative_to(project.root)}/ from {len(book.outcomes)} runs: look at it with `make serve`,\n"
        f"or `python3 -m http.server --directory site` and http://localhost:8000/"
    )
    return 0


def _editions(_: argparse.Namespace) -> int:
    from .editions import editions
    from .site import build_site

    with editions() as making:
        site = build_site(_good_book(), making.write)
    for file in sorted((site / ZIP).parent.iterdir()):
        print(f"{file.relative_to(site.parent).as_posix()}: {file.stat().st_size / 1e6:.1f} MB")
    return 0


def _check(_: argparse.Namespace) -> int:
    book = _good_book()
    print(f"{len(book.text.pages)} pages and {len(book.outcomes)} runs are good")
    return 0


def _some_book(options: argparse.Namespace) -> Book:
    """The runs that were asked for, or all; their programs have to be translated."""
    project = find_project()
    text = read_text(project)
    wanted = _wanted(options.modules, text.modules)
    some = replace(text, modules={path: module for path, module in text.modules.items() if path in wanted})
    if errors := list(programs_are_translated(project, some)):
        raise Broken(errors)
    with Progress() as progress, Runs(project, listen=progress.listen) as runs:
        return runs.book(text, lambda module, language: module in wanted and options.language in (None, language))


def _run(options: argparse.Namespace) -> int:
    book = _some_book(options)
    if errors := check_runs(book):
        raise Broken(errors)
    print(f"runs that agree with their records: {len(book.outcomes)}")
    return 0


def _accept(options: argparse.Namespace) -> int:
    book = _some_book(options)
    for path, difference in accept(book):
        print(f"{path}\n{difference}", end="")
    if failed := list(failures(book)):
        raise Broken(failed)
    return 0


def _extract(options: argparse.Namespace) -> int:
    project = find_project()
    modules = read_text(project).modules
    for path in sorted(_wanted(options.modules, modules)):
        for language in LANGUAGES[1:]:
            file = catalog_path(project.snippets / path, language)
            changes = extract(modules[path], file, language)
            shown = file.relative_to(project.root).as_posix()
            for text in changes.added:
                print(f"{shown}: new: {text}")
            for was, now in changes.fuzzied:
                print(f"{shown}: changed: {was} -> {now}")
            for text in changes.dropped:
                print(f"{shown}: gone: {text}")
    return 0


def _stage(options: argparse.Namespace) -> int:
    folder: Path = options.folder
    if folder.exists() and any(folder.iterdir()):
        raise DocsError(str(folder), 0, "is not empty", "name a folder that is empty or does not exist")
    book = _good_book()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as new:
        stage(book, Path(new) / "stage")
        (Path(new) / "stage").replace(folder)
    print(f"wrote {len(book.text.pages)} pages to {folder}/")
    return 0


def _changes(options: argparse.Namespace) -> int:
    project = find_project()
    commit = history.branching_point(project.root, options.base)
    book, folder = _good_book(), project.root / ".cache" / "changes"
    with tempfile.TemporaryDirectory(prefix="verified-docs-") as stages, history.checked_out(project, commit) as then:
        stage(book, Path(stages) / "after")
        print(f"staging the book of {commit[:12]}", file=sys.stderr)
        problem = history.staged(then, Path(stages) / "before")
        old = changes.read_edition(Path(stages) / "before", then.root)
        new = changes.read_edition(Path(stages) / "after", project.root)
        found = changes.compare(commit, old, new, problem)
        changes.write(found, old, new, folder)
    print(f"changed: {changes.headline(found)}; look at {(folder / 'index.html').relative_to(project.root)}")
    return 0


def _mutation(options: argparse.Namespace) -> int:
    project = find_project()
    text = read_text(project)
    exercises = exercises_of(text)
    named = _wanted(options.modules, exercises) if options.modules else set()
    scores = {path: score for path, score in read_scores(project.root).items() if path in exercises}
    behind = {path for path in exercises if [*stale_scores({path: exercises[path]}, scores)]}
    with Progress(words=("passes", "caught")) as progress, Runs(project, listen=progress.listen) as runs:
        for path in sorted(named or behind):
            scores[path] = runs.score(exercises[path])
            # What was measured is kept, also where the next one is interrupted.
            write_scores(project.root, scores)
    for path, one in sorted(scores.items()):
        print(f"{path}: {one.caught} of {one.mutants} mutants are caught")
        print("".join(f"    survives: snippets/{path}:{survivor}\n" for survivor in one.survivors), end="")
    if errors := list(too_few(exercises, scores)):
        raise Broken(errors)
    return 0


def _matrix(options: argparse.Namespace) -> int:
    from .matrix import pairs, tried

    project = find_project()
    known = pairs(project)
    names = [one.name for one in known]
    for name in options.names:
        if name not in names:
            raise DocsError(
                f"'{name}'", 0, "is no environment of the matrix", did_you_mean(name, names, "see the list")
            )
    report = versions.read(project.root)
    for wanted in known:
        if not options.names or wanted.name in options.names:
            report = report.having(tried(project, wanted))
            report = report.only(read_text(project).modules, (one.replace("-", "/") for one in names))
            # What was tried is kept, also where the next one is interrupted.
            versions.write(project.root, report)
            print(f"{wanted.name}: {report.count(wanted.name.replace('-', '/'))}", flush=True)
    return 0


def _next(_: argparse.Namespace) -> int:
    from .matrix import NEXT, tried

    project = find_project()
    text = read_text(project)
    file = project.root / ".cache" / "next.md"
    sections = []
    for wanted in NEXT:
        try:
            sections.append(upcoming.section(wanted.name, text, tried(project, wanted), project.snippets))
        except DocsError as error:  # what cannot be installed is worth knowing too
            sections.append(upcoming.impossible(wanted.name, error))
    write_atomically(file, upcoming.markdown(sections))
    print(f"wrote {file.relative_to(project.root)}")
    return 0


def _trial(options: argparse.Namespace) -> int:
    from .matrix import trial

    trial(find_project(), options.file)
    return 0


def _new(options: argparse.Namespace) -> int:
    project = find_project()
    files = (write_exercise if options.exercise else write_skeletons)(project, options.path)
    module = files[0].relative_to(project.snippets).as_posix()
    with Progress() as progress, Runs(project, listen=progress.listen) as runs:
        book = runs.book(read_text(project), lambda path, language: path == module)
    written = [*(file.relative_to(project.root).as_posix() for file in files), *(path for path, _ in accept(book))]
    print("\n".join(f"wrote {path}" for path in written))
    if options.exercise:
        print(f'now show it in both languages with ```python exercise="{module}"')
        return 0
    page = module.removesuffix(".py") + ".md"
    print(f"now add '{page}' to nav in {' and '.join(config_name(language) for language in LANGUAGES)}")
    return 0


def _serve(options: argparse.Namespace) -> int:
    from .serve import serve

    return serve(find_project(), options.port)


def _wanted(named: Sequence[str], known: Iterable[str]) -> set[str]:
    paths = list(known)
    wanted = {name.removeprefix("snippets/") for name in named}
    for name in sorted(wanted - set(paths)):
        raise DocsError(
            f"snippets/{name}", 0, "no such module", did_you_mean(name, paths, "paths are relative to snippets/")
        )
    return wanted or set(paths)
