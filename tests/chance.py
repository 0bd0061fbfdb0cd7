"""What a run of the tests leaves to chance, so that over time everything has its turn."""

from __future__ import annotations

import os
import random

import pytest

VARIABLE = "VERIFIED_DOCS_SEED"
SEED = int(os.environ.get(VARIABLE) or random.randrange(10**6))
# Processes that share the work make the same choices.
os.environ[VARIABLE] = str(SEED)
CHANCE = random.Random(SEED)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how to make the same choices again."""
    terminalreporter.write_line(f"chosen by {VARIABLE}={SEED}")
