"""What was measured -> results.json: all single values, their medians, ratios against what they are to be."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from . import scale
from .measure import Measured
from .rounds import COLD, FRESH, PASTED, PROSE, SERVED, UNCHANGED, Bench, Results
from .tools import PEERS_PYTHON, TOOLS
from .tutorials import tutorials

OWN = "verified-docs"
LIBRARIES = ("tensorflow", "keras", "mkdocs", "mkdocs-material", "sphinx", "jupyter-cache")
LAST = 2
"""Sizes whose slope says how a step grows in the end, where what every run costs no longer hides it."""
Medians = Mapping[tuple[str, str], float]
"""Seconds, by tool and step."""


def rounds(bench: Bench) -> dict[str, Any]:
    """What the rounds of the tools gave."""
    times = medians(bench.results)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "versions": versions(bench),
        "rounds": len(bench.results.runs[FRESH, FRESH]),
        "tutorials": bench.count,
        "cells": sum(len(one.parts) for one in tutorials(bench.count)),
        "runs": _runs(bench.results),
        "targets": list(targets(times)),
        "problems": _problems(bench.results),
        "isolated": [tool.key for tool in bench.tools if tool.isolated],
    }


def scales(grown: scale.Grown) -> dict[str, Any]:
    """What the large books gave."""
    grew = _scale(grown)
    linear = [
        _target(step, f"{name}_slope", one[f"{name}_last_slope"], 1.0)
        for step, one in grew.items()
        for name in ("seconds", "peak")
        if f"{name}_last_slope" in one
    ]
    return {"scale": grew, "scale_targets": linear, "scale_machine": machine()}


def medians(results: Results) -> dict[tuple[str, str], float]:
    """The median of the seconds of each step of each tool."""
    return {place: median(one.seconds for one in values) for place, values in results.runs.items()}


def targets(times: Medians) -> Iterator[dict[str, Any]]:
    """What this tool is to reach, as ratios of medians; those whose parts were not measured are left out."""
    sharing = [key for key, tool in TOOLS.items() if not tool.isolated and (key, COLD) in times]
    fastest = min(sharing, key=lambda key: times[key, COLD], default="")
    for name, step, other, bound in (
        ("cold", COLD, ("mkdocs-jupyter", COLD), 1 / 3),
        ("cold", COLD, ("MyST-NB", COLD), 1 / 3),
        ("cold", COLD, (fastest, COLD), 1.0),
        ("unchanged", UNCHANGED, (PASTED, PASTED), 1.3),
        ("prose", PROSE, (PASTED, PASTED), 1.3),
        ("served", SERVED, (FRESH, FRESH), 0.4),
    ):
        if (OWN, step) in times and other in times:
            yield _target(name, other[0], times[OWN, step] / times[other], bound)


def _target(step: str, against: str, ratio: float, bound: float) -> dict[str, Any]:
    return {"step": step, "against": against, "ratio": round(ratio, 3), "bound": round(bound, 3), "met": ratio <= bound}


def _runs(results: Results) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for (tool, step), values in results.runs.items():
        found.setdefault(tool, {})[step] = _values(values)
    return found


def _values(values: Sequence[Measured]) -> dict[str, Any]:
    """Medians, then the single values."""
    lists = {
        "seconds": [one.seconds for one in values],
        "cpu": [one.cpu for one in values],
        "peak": [one.peak for one in values],
    }
    return {"median": {name: round(median(some), 2) for name, some in lists.items()}, **lists}


def _problems(results: Results) -> list[dict[str, str]]:
    return [
        {
            "tool": tool,
            "tutorial": one.tutorial,
            "cell": one.cell,
            "kind": one.kind,
            "said": one.said,
            "step": step,
        }
        for tool, problems in results.problems.items()
        for one, step in problems.items()
    ]


def _scale(grown: scale.Grown) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for step, sizes in grown.items():
        found[step] = {"sizes": {str(size): _values(values) for size, values in sizes.items() if values}}
        for name in ("seconds", "peak"):
            points = [(int(size), one["median"][name]) for size, one in found[step]["sizes"].items()]
            if len(points) >= LAST:
                found[step][f"{name}_slope"] = round(scale.slope(*zip(*points, strict=True)), 3)
                found[step][f"{name}_last_slope"] = round(scale.slope(*zip(*points[-LAST:], strict=True)), 3)
    return found


def machine() -> dict[str, Any]:
    """What it was measured on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "memory": round(psutil.virtual_memory().total / (1 << 30)),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def versions(bench: Bench) -> dict[str, str]:
    """Versions of Python, the libraries and the tools."""
    names = [*LIBRARIES, *(tool.package for tool in bench.tools if not tool.own)]
    script = "import importlib.metadata, json, sys; print(json.dumps([*map(importlib.metadata.version, sys.argv[1:])]))"
    asked = subprocess.run(
        [str(PEERS_PYTHON), "-c", script, *names], check=True, capture_output=True, text=True, timeout=60
    )
    own = importlib.metadata.version("verified-docs")
    found = dict(zip(names, json.loads(asked.stdout), strict=True))
    return {"python": platform.python_version(), "verified-docs": own, **found}


def write(file: Path, content: dict[str, Any]) -> None:
    """Write these results beside those that were there; lists of numbers stay on one line."""
    before = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    text = json.dumps(before | content, indent=1, ensure_ascii=False)
    file.write_text(_joined(text) + "\n", encoding="utf-8")


def _joined(text: str) -> str:
    return re.sub(r"\[[\s\d.,-]*\]", lambda match: " ".join(match[0].split()), text)
