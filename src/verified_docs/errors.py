"""The one error of the tool: a place, a fact, a next step."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class DocsError(Exception):
    """Something an author has to mend.

    Attributes:
        path: the file, relative to the project's root, as a person would type it.
        line: the line in it, from 1; 0 where the whole file is meant.
        message: the fact, in one sentence.
        hint: the next step.
    """

    def __init__(self, path: str, line: int, message: str, hint: str) -> None:
        super().__init__(path, line, message, hint)
        self.path = path
        self.line = line
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.message}\n  {self.hint}"


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """A hint that names the known word nearest to `word`, or `otherwise` where none is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"did you mean '{near[0]}'?" if near else otherwise
