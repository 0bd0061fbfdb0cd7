"""What the tests of exercises are worth, as it was measured last: their scores, in a report."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from .errors import DocsError
from .exercises import Exercise
from .files import write_atomically

REPORT = "snippets/mutation.json"
ENOUGH = 0.9
"""The share of mutants that the tests of an exercise have to catch."""
# Above the first cell: what no test can tell from the solution, and why.
EQUIVALENT = re.compile(r"^# equivalent: (?P<mutant>.+ -> .+?) because (?P<reason>.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Score:
    """How the tests of an exercise did. `digest` is that of the cells that it was measured on."""

    digest: str
    mutants: int
    caught: int
    survivors: tuple[str, ...]
    equivalent: int = 0
    """Mutants that were left out, each with a reason in the module."""

    @property
    def share(self) -> float:
        """The share of the mutants that were caught."""
        return self.caught / self.mutants if self.mutants else 0.0


def digest(exercise: Exercise) -> str:
    """The digest of all that a score depends on: the cells that run, and what is left out."""
    cells = [cell.source for cell in (*exercise.given, exercise.solution, exercise.tests)]
    left_out = [match[0] for match in EQUIVALENT.finditer(exercise.module.text)]
    return hashlib.sha256(json.dumps([cells, left_out]).encode()).hexdigest()[:16]


def read(root: Path) -> dict[str, Score]:
    """The scores by modules, as they were measured last; raises DocsError where the report cannot be read."""
    file = root / REPORT
    if not file.exists():
        return {}
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
        return {path: Score(**{**entry, "survivors": tuple(entry["survivors"])}) for path, entry in entries.items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise DocsError(REPORT, 0, "not a report of `make mutation`", "restore it, or remove it and measure") from None


def write(root: Path, scores: Mapping[str, Score]) -> None:
    """Write the report: the same scores are the same bytes."""
    entries = {path: asdict(scores[path]) for path in sorted(scores)}
    write_atomically(root / REPORT, json.dumps(entries, indent=1, ensure_ascii=False) + "\n")


def stale(exercises: Mapping[str, Exercise], scores: Mapping[str, Score]) -> Iterator[DocsError]:
    """The exercises that have changed since they were measured, or never were."""
    for path, exercise in exercises.items():
        known = scores.get(path)
        if known is None or known.digest != digest(exercise):
            fact = "has changed since its tests were measured" if known else "has tests that were never measured"
            yield DocsError(
                exercise.module.shown_path, 0, f"the exercise {fact}", f"run `verified-docs mutation {path}`"
            )


def too_few(exercises: Mapping[str, Exercise], scores: Mapping[str, Score]) -> Iterator[DocsError]:
    """The exercises whose tests catch less than they have to."""
    for path, one in scores.items():
        if path in exercises and one.share < ENOUGH:
            fact = f"the tests catch {one.caught} of {one.mutants} mutants, {one.share:.0%}; {ENOUGH:.0%} is asked for"
            hint = "test what these change:\n    " + "\n    ".join(one.survivors)
            yield DocsError(exercises[path].module.shown_path, exercises[path].tests.line, fact, hint)
