"""Notebook files: cells with ids that are names, outputs as they were, the same bytes for the same cells."""

from __future__ import annotations

import platform
import re
from collections.abc import Collection, Iterable
from typing import Any

from .runs import CellRun, Output

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LONGEST_ID = 64
NbCell = dict[str, Any]
"""A cell, as the format has it."""


def markdown_cell(name: str, text: str) -> NbCell:
    """A cell of prose."""
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}


def code_cell(name: str, source: str, number: int | None = None) -> NbCell:
    """A cell of code without an output; `number` says that it ran, as which one."""
    cell = {"cell_type": "code", "id": name, "metadata": {}, "source": source}
    return {**cell, "execution_count": number, "outputs": []}


def cell_that_ran(name: str, source: str, run: CellRun, number: int, figure: str, alt: str) -> NbCell:
    """A cell of code with what came out of it. `figure` is the file name of its figure, without theme and ending."""
    metadata = {"tags": ["raises-exception"]} if run.status == "raised-as-expected" else {}
    outputs = [_output(output, number, figure, alt) for output in run.outputs]
    return {**code_cell(name, source, number), "metadata": metadata, "outputs": outputs}


def _output(output: Output, number: int, figure: str, alt: str) -> dict[str, Any]:
    if output.figure:
        size = {"width": output.figure.width, "height": output.figure.height}
        # Jupyter draws it on white in a dark theme, as its lines are dark.
        metadata = {"needs_background": "light", "image/svg+xml": size, "figure": figure}
        data = {"image/svg+xml": output.figure.light, "text/plain": alt}
        return {"output_type": "display_data", "data": data, "metadata": metadata}
    if output.kind == "stream":
        return {"output_type": "stream", "name": "stdout", "text": output.text + "\n"}
    if output.kind == "error":
        name, _, value = output.text.partition(": ")
        return {"output_type": "error", "ename": name, "evalue": value, "traceback": output.text.split("\n")}
    shown: dict[str, Any] = {"output_type": output.kind, "data": {"text/plain": output.text}, "metadata": {}}
    return shown | ({"execution_count": number} if output.kind == "execute_result" else {})


def unused_id(wanted: str, used: Collection[str]) -> str:
    """An id like the wanted one that the format allows and that is not in use."""
    base = re.sub("[^A-Za-z0-9_-]+", "-", wanted).strip("-")[: LONGEST_ID - 4] or "cell"
    number = 1
    while (name := base + f"-{number}" * (number > 1)) in used:
        number += 1
    return name


def written(cells: Iterable[NbCell]) -> str:
    """The file."""
    # Most builds of a small book have no notebook to write.
    import nbformat

    python = {"name": "python", "version": platform.python_version()}
    made = nbformat.from_dict(  # type: ignore[no-untyped-call]
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {"kernelspec": KERNEL, "language_info": python},
            "cells": list(cells),
        }
    )
    nbformat.validate(made)
    return str(nbformat.writes(made)) + "\n"  # type: ignore[no-untyped-call]
