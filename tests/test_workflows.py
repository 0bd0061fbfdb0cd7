"""Workflows: each step is a command that people have too, and nothing red gets past the gate.

What else could be wrong with them is found by `make lint`, with the host's own schemas and with zizmor.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))
WORKFLOWS = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in FILES}
PINNED = re.compile(r"uses: \S+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def steps() -> list[Any]:
    """Every step that runs a command, but for the gate's, with its workflow and job."""
    return [
        pytest.param(step["run"], step.get("env", {}), id=f"{name}-{job}-{step['run']}")
        for name, workflow in WORKFLOWS.items()
        for job, one in workflow["jobs"].items()
        for step in one.get("steps", ())
        if "run" in step and job != "ok"
    ]


@pytest.mark.parametrize(("command", "environment"), steps())
def test_a_step_is_a_target_of_the_makefile(command: str, environment: dict[str, str]) -> None:
    if command == ".ci/lacking":  # what `.ci/run` begins with
        assert (ROOT / command).stat().st_mode & 0o111
        return
    target = re.fullmatch(r"make ([a-z-]+)( [A-Z]+=(\S+|\"[^\"]+\"))*", command)

    assert target
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target[1]}:", rules, re.MULTILINE)


def test_actions_are_pinned_by_commit_and_named_by_version() -> None:
    used = [line.strip() for file in FILES for line in file.read_text(encoding="utf-8").splitlines() if "uses:" in line]

    assert len(used) > 20
    assert [line for line in used if not PINNED.search(line) and "uses: $/.github/workflows/" not in line] == []
    versions: dict[str, set[str]] = {}
    for line in used:
        if match := re.search(r"uses: ([\w-]+/[\w-]+)\S*(@.*)", line):
            versions.setdefault(match[1], set()).add(match[2])
    assert {action: pins for action, pins in versions.items() if len(pins) > 1} == {}


def test_the_shards_are_all_of_them() -> None:
    job = WORKFLOWS["check"]["jobs"]["snippets"]
    shards = job["strategy"]["matrix"]["shard"]
    (given,) = [step["env"]["SHARD"] for step in job["steps"] if step.get("run") == "make snippets"]

    assert [given.replace("${{ matrix.shard }}", str(shard)) for shard in shards] == [
        f"{number}/{len(shards)}" for number in range(1, len(shards) + 1)
    ]


def test_the_gate_waits_for_every_other_job() -> None:
    jobs = WORKFLOWS["check"]["jobs"]

    assert sorted([*jobs["ok"]["needs"], "ok"]) == sorted(jobs)
    assert jobs["ok"]["if"] == "always()"


@pytest.mark.parametrize(
    ("results", "green"),
    [
        ("success success success", True),
        ("success skipped success", True),  # what is for pull requests only
        ("success failure skipped", False),
        ("cancelled success success", False),
        ("failure", False),
    ],
)
def test_the_gate_is_green_when_nothing_failed(results: str, green: bool) -> None:
    (step,) = WORKFLOWS["check"]["jobs"]["ok"]["steps"]
    # As the runners of the host start it.
    done = subprocess.run(["bash", "-e", "-c", step["run"]], env={"RESULTS": results, "PATH": "/usr/bin:/bin"})

    assert (done.returncode == 0) is green


def test_what_may_write_runs_nothing_that_was_installed() -> None:
    """A job with the right to write uses none of the targets that set up an environment."""
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    for workflow in WORKFLOWS.values():
        assert workflow["permissions"] == {}
        for job in workflow["jobs"].values():
            if "write" in job["permissions"].values():
                for step in job["steps"]:
                    if "run" in step:
                        target = step["run"].split()[1]
                        assert re.search(rf"^{target}:$", rules, re.MULTILINE), f"{target} has prerequisites"
