"""Programs that some tests need and not every machine has."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence

import pytest

from verified_docs.shells.chromium import HOW, PROGRAMS

CHROMIUM = PROGRAMS, HOW


def found(names: Sequence[str], how: str) -> str:
    """The path of the first program that is there; or one line that says how to install it, an error for CI."""
    for name in names:
        if path := shutil.which(name):
            return path
    if os.environ.get("CI") == "true":
        pytest.fail(f"{names[0]} is missing; {how}")
    pytest.skip(f"were skipped, as {names[0]} is missing; {how}")
