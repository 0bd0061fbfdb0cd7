"""The results of `make bench`, for the page that shows them."""

import json
from pathlib import Path

RESULTS = json.loads(
    (Path(__file__).parents[1] / "benchmarks/results.json").read_text("utf-8")
)
