"""With which versions of the libraries each cell runs: what `make matrix` has tried, and what follows from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from .errors import DocsError
from .files import write_atomically
from .parse import Module
from .record import Outputs, drift, of_run, read_record
from .runs import Outcome

REPORT = "snippets/versions.json"
"""What was tried, relative to the project's root."""
LONGEST = 300
"""Characters of an error's message that are kept."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Libraries that were installed together."""

    tensorflow: str
    keras: str
    numpy: str
    python: str

    @property
    def id(self) -> str:
        """The versions that count."""
        return f"{self.tensorflow}/{self.keras}"

    @property
    def order(self) -> tuple[Version, Version]:
        """From old to new."""
        return Version(self.tensorflow), Version(self.keras)


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a module in an environment."""

    failed: str = ""
    """The cell that ended the run; those after it did not run."""
    error: str = ""
    differs: Mapping[str, Outputs] = field(default_factory=dict)
    """What cells gave that is not what their records say."""


@dataclass(frozen=True, slots=True)
class Trials:
    """What became of a module, by the ids of environments. `digest` is that of the module that was tried."""

    digest: str
    tried: Mapping[str, Tried]


@dataclass(frozen=True, slots=True)
class Report:
    """All that was tried: the environments from old to new, and the modules by their paths."""

    environments: tuple[Environment, ...] = ()
    modules: Mapping[str, Trials] = field(default_factory=dict)

    def of(self, path: str, digest: str) -> dict[Environment, Tried]:
        """What is known of a module as it is now: nothing that was said of an older one counts."""
        trials = self.modules.get(path)
        if trials is None or trials.digest != digest:
            return {}
        return {one: trials.tried[one.id] for one in self.environments if one.id in trials.tried}

    def having(self, new: Report) -> Report:
        """The report with what another one says; of a module that has changed, only what is new."""
        ids = {one.id for one in new.environments}
        others = [one for one in self.environments if one.id not in ids]
        modules = dict(self.modules)
        for path, trials in new.modules.items():
            known = modules.get(path)
            kept = known.tried if known and known.digest == trials.digest else {}
            modules[path] = Trials(trials.digest, {**kept, **trials.tried})
        return Report(tuple(sorted([*others, *new.environments], key=lambda one: one.order)), modules)

    def only(self, paths: Iterable[str], environments: Iterable[str]) -> Report:
        """The report without modules and environments that are no more."""
        wanted = set(environments)
        modules = {
            path: Trials(one.digest, {name: tried for name, tried in one.tried.items() if name in wanted})
            for path, one in self.modules.items()
            if path in set(paths)
        }
        return Report(tuple(one for one in self.environments if one.id in wanted), modules)

    def count(self, environment: str) -> str:
        """What became of the modules in an environment, in a line."""
        found = [trials.tried[environment] for trials in self.modules.values() if environment in trials.tried]
        failed, differ = sum(bool(one.failed) for one in found), sum(bool(one.differs) for one in found)
        return f"{len(found)} modules, {failed} fail, {differ} give something else"


# Judging a run


def judge(module: Module, outcome: Outcome, snippets: Path) -> Tried:
    """What became of the module in the environment that the outcome comes from."""
    recorded = read_record(snippets, module.path, outcome.language) or {}
    differs: dict[str, Outputs] = {}
    for cell in module.run_cells:
        run = outcome.cell(cell.name)
        if run.status in {"failed", "skipped"}:
            continue
        if cell.contract:
            value = run.values[cell.contract.value]
            if not cell.contract.holds(value):
                return Tried(cell.name, f"{cell.contract.value} is {value:.7g}, not {cell.contract}", differs)
        elif drift(recorded.get(cell.name), of_run(run), cell.tolerance):
            differs[cell.name] = of_run(run)
    failure = outcome.failure
    return Tried(failure.cell, _first_line(failure.message), differs) if failure else Tried("", "", differs)


def _first_line(message: str) -> str:
    return message.strip().partition("\n")[0][:LONGEST]


# What follows for readers


def span(module: Module, cell: str, tried: Mapping[Environment, Tried]) -> str:
    """With which versions a cell runs, in words that need no translation; empty where nothing is known.

    These are the widest ranges of versions in which every environment that was tried ran it. Keras is named only where
    TensorFlow's range does not tell all.
    """
    names = [one.name for one in module.run_cells]
    good = {
        one for one, of in tried.items() if not of.failed or names.index(cell) < names.index(_known(of.failed, names))
    }
    best = max(_rectangles(set(tried), good), key=lambda one: (len(one), max(x.order for x in one)), default=set())
    if not best:
        return ""
    tensorflow = [Version(one.tensorflow) for one in best]
    beside = {one for one in tried if min(tensorflow) <= Version(one.tensorflow) <= max(tensorflow)}
    text = f"TensorFlow {_range(tensorflow)}"
    return text if beside == best else f"{text}, Keras {_range([Version(one.keras) for one in best])}"


def _known(name: str, names: list[str]) -> str:
    """A run that ended before its first cell ended there."""
    return name if name in names else names[0]


def _rectangles(tried: set[Environment], good: set[Environment]) -> Iterator[set[Environment]]:
    """Sets of good environments between two of them, with no bad one among them."""
    for low in good:
        for high in good:
            inside = {one for one in tried if _between(low, one, high)}
            if inside and inside <= good:
                yield inside


def _between(low: Environment, one: Environment, high: Environment) -> bool:
    return all(a <= b <= c for a, b, c in zip(low.order, one.order, high.order, strict=True))


def _range(versions: list[Version]) -> str:
    first, last = (".".join(str(part) for part in one.release[:2]) for one in (min(versions), max(versions)))
    return first if first == last else f"{first} – {last}"


# The report's file


def read(root: Path) -> Report:
    """What was tried, nothing where there is no report; raises DocsError where it cannot be read."""
    file = root / REPORT
    return read_file(file, REPORT) if file.exists() else Report()


def read_file(file: Path, shown: str) -> Report:
    """The report in a file; raises DocsError where it is none."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        environments = tuple(sorted((Environment(**one) for one in content["environments"]), key=lambda one: one.order))
        return Report(environments, {path: _trials(one) for path, one in content["modules"].items()})
    except (ValueError, TypeError, KeyError, AttributeError, InvalidVersion):
        raise DocsError(shown, 0, "is no report of `make matrix`", "restore it, or remove it and try again") from None


def _trials(content: dict[str, Any]) -> Trials:
    differs: dict[str, dict[str, Outputs]] = {}
    for one in content["differs"]:
        for name in one["environments"]:
            differs.setdefault(name, {})[one["cell"]] = tuple((kind, text) for kind, text in one["outputs"])
    failed = {name: (one["cell"], one["error"]) for one in content["failed"] for name in one["environments"]}
    names = content["tried"]
    return Trials(
        content["digest"], {name: Tried(*failed.get(name, ("", "")), differs.get(name, {})) for name in names}
    )


def text(report: Report) -> str:
    """The report as it is kept. The same results are the same text; equal ones are said once."""
    modules = {path: _content(trials, report) for path, trials in sorted(report.modules.items())}
    content = {"environments": [asdict(one) for one in report.environments], "modules": modules}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _content(trials: Trials, report: Report) -> dict[str, object]:
    tried = [one.id for one in report.environments if one.id in trials.tried]
    failed: dict[tuple[str, str], list[str]] = {}
    differs: dict[tuple[str, Outputs], list[str]] = {}
    for name in tried:
        one = trials.tried[name]
        if one.failed:
            failed.setdefault((one.failed, one.error), []).append(name)
        for cell, outputs in one.differs.items():
            differs.setdefault((cell, outputs), []).append(name)
    return {
        "digest": trials.digest,
        "tried": tried,
        "failed": [{"cell": cell, "error": error, "environments": names} for (cell, error), names in failed.items()],
        "differs": [
            {"cell": cell, "environments": names, "outputs": parts} for (cell, parts), names in differs.items()
        ],
    }


def write(root: Path, report: Report) -> None:
    """Write the report."""
    write_file(root / REPORT, report)


def write_file(file: Path, report: Report) -> None:
    """Write the report into a file."""
    write_atomically(file, text(report))
