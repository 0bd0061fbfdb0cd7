"""What a run of the tests leaves to chance, so that over time everything has its turn."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

VARIABLE = "VERIFIED_DOCS_SEED"
SEED = int(os.environ.get(VARIABLE) or random.randrange(10**6))
# Processes that share the work make the same choices.
os.environ[VARIABLE] = str(SEED)
CHANCE = random.Random(SEED)
EVERYTHING = bool(os.environ.get("VERIFIED_DOCS_ALL"))
"""Whether nothing is left to chance where that only takes longer: `make book ALL=1`."""


def some(things: Sequence[T], share: float) -> list[T]:
    """A share of the things in their order, at least one; all of them where nothing is left to chance."""
    count = len(things) if EVERYTHING else max(1, round(len(things) * share))
    return [things[at] for at in sorted(CHANCE.sample(range(len(things)), count))]
