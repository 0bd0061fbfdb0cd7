"""What a run of the tests leaves to chance, so that over time everything has its turn."""

from __future__ import annotations

import os
import random

import pytest

VARIABLE = "VERIFIED_DOCS_SEED"
SEED = int(os.environ.get(VARIABLE) or random.randrange(10**6))
CHANCE = random.Random(SEED)


def say_seed(request: pytest.FixtureRequest) -> None:
    """Tell how to make the same choices again."""
    reporter = request.config.pluginmanager.getplugin("terminalreporter")
    reporter.write_line(f"\nchosen by {VARIABLE}={SEED}")
