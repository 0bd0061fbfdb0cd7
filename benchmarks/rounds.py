"""Rounds: every tool in turn, cold, with nothing changed, after an edit of prose and after one of code."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import pages, render, serving
from .measure import Measured, measure
from .pages import Problem
from .tools import BENCH, MKDOCS, OWN_PYTHON, Tool, environment
from .tutorials import CODE_SHOWN, Edition, tutorials

COLD, UNCHANGED, PROSE, CODE = "cold", "unchanged", "prose", "code"
SERVED, FRESH, PASTED = "served", "fresh", "pasted"
STEPS = (COLD, UNCHANGED, PROSE, CODE)
PASTED_CONFIG = render.mkdocs_config([], docs_dir="en")


class Failed(Exception):
    """Something that is not measured did not work, so that nothing can be."""


@dataclass
class Results:
    """All single values, by tool and step, and the first step at which each problem was seen."""

    runs: dict[tuple[str, str], list[Measured]] = field(default_factory=dict)
    problems: dict[str, dict[Problem, str]] = field(default_factory=dict)

    def add(self, tool: str, step: str, measured: Measured, problems: Sequence[Problem] = ()) -> None:
        """Keep what was measured, and what was found."""
        self.runs.setdefault((tool, step), []).append(measured)
        known = self.problems.setdefault(tool, {})
        for problem in problems:
            known.setdefault(problem, step)
        said = f"{measured.seconds:7.2f} s {measured.cpu:7.2f} s of CPU {measured.peak:6.0f} MiB"
        print(f"{tool:<20} {step:<10} {said} {len(problems) or ''}", file=sys.stderr, flush=True)


class Bench:
    """The projects of all tools, in one folder."""

    def __init__(self, tools: Sequence[Tool], count: int, folder: Path = BENCH / "work") -> None:
        self.tools = list(tools)
        self.count = count
        self.folder = folder
        self.edition = Edition()
        self.results = Results()

    def prepare(self) -> None:
        """Write the projects; for this tool accept what they give, and paste that for the yardstick."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for tool in self.tools:
            self.render(tool, self.edition)
            if tool.own:
                render.write_catalogs(self.of(tool), tool.languages)
                self.unmeasured(tool, "accept")
            if tool.languages == render.LANGUAGES[:1]:
                self.unmeasured(tool, "stage", str(self.folder / PASTED))
                render.write(self.folder / PASTED, {"mkdocs.yml": PASTED_CONFIG})

    def of(self, tool: Tool) -> Path:
        """The folder of a tool's project."""
        return self.folder / tool.key.replace(" (en+zh)", "-both")

    def render(self, tool: Tool, edition: Edition) -> None:
        """Bring the sources to this edition."""
        render.write(self.of(tool), tool.render(tutorials(self.count, edition)))

    def run(self, tool: Tool, *arguments: str) -> Measured:
        """Run the tool's command in its project."""
        return measure(tool.command(*arguments), self.of(tool), environment(tool.python))

    def unmeasured(self, tool: Tool, *arguments: str) -> None:
        """The same for what is only prepared; raises Failed."""
        if (done := self.run(tool, *arguments)).code:
            raise Failed(f"{tool.key}: {' '.join(arguments)} ended with {done.code}\n{done.said}")

    def round(self, number: int) -> None:
        """Every tool once, each step of it; another one begins in each round."""
        first, edition = number % len(self.tools), self.edition
        for tool in [*self.tools[first:], *self.tools[:first]]:
            edition = self.edition
            for step in STEPS:
                edition = _after(edition, step)
                self.step(tool, step, edition)
            if tool.own:
                self.serve(tool, edition)
        self.edition = edition
        self.yardsticks()

    def step(self, tool: Tool, step: str, edition: Edition) -> None:
        """One step of one tool: the edit, the build, a look at the pages."""
        self.render(tool, edition)
        if step == COLD:
            for name in tool.generated:
                _remove(self.of(tool) / name)
        if tool.own and step == CODE:
            # What it gives is another text now, which the author accepts. That is part of the step.
            measured = self.run(tool, "accept", f"tutorials/{self.first}.py") + self.run(tool)
        else:
            measured = self.run(tool)
        shown = tutorials(self.count, edition)
        problems = pages.found(shown, [tool.page(self.of(tool), one.name) for one in shown], edition)
        if measured.code and tool.own:
            raise Failed(f"{tool.key}, {step}: ended with {measured.code}\n{measured.said}")
        if measured.code:
            problems.append(Problem("", "", "exit", measured.said.strip().splitlines()[-1][: pages.LONGEST]))
        self.results.add(tool.key, step, measured, problems)

    @property
    def first(self) -> str:
        """The tutorial that is edited."""
        return tutorials(1)[0].name

    def serve(self, tool: Tool, edition: Edition) -> None:
        """An edit of code while the tool serves: from saving until the page shows it. Taken back afterwards."""
        edited = replace(edition, code=edition.code + 1)
        with serving.Server(tool, self.of(tool)) as server:
            address = f"tutorials/{self.first}/"
            measured = server.seconds_until(lambda: self.render(tool, edited), address, CODE_SHOWN.format(edited.code))
        self.render(tool, edition)
        self.results.add(tool.key, SERVED, measured)

    def yardsticks(self) -> None:
        """The edited example in a fresh Python, and MkDocs alone with the outputs pasted in."""
        program = self.folder / FRESH / "program.py"
        render.write(program.parent, {program.name: tutorials(1, self.edition)[0].program})
        variables = environment(OWN_PYTHON)
        self.results.add(FRESH, FRESH, _good(measure([str(OWN_PYTHON), program.name], program.parent, variables)))
        pasted = self.folder / PASTED
        self.results.add(PASTED, PASTED, _good(measure([str(OWN_PYTHON), *MKDOCS], pasted, variables)))


def _after(edition: Edition, step: str) -> Edition:
    """The edition that a step begins with."""
    return Edition(edition.prose + (step == PROSE), edition.code + (step == CODE))


def _good(measured: Measured) -> Measured:
    if measured.code:
        raise Failed(f"a yardstick ended with {measured.code}\n{measured.said}")
    return measured


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
