"""`python -m benchmarks`: measure, and write results.json."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import report, scale
from .rounds import Bench, Failed
from .tools import BENCH, TOOLS, set_up

MOST = 99
RESULTS = Path(__file__).parent / "results.json"


def main() -> int:
    """Measure what was asked for; what was finished is kept, also where something fails later."""
    options = _options()
    BENCH.mkdir(parents=True, exist_ok=True)
    try:
        if options.rounds:
            _measure_tools(options)
        if options.scale_rounds:
            report.write(options.out, report.scales(scale.measured(options.sizes, options.scale_rounds)))
    except (Failed, TimeoutError) as failed:
        print(failed, file=sys.stderr)
        return 1
    print(f"wrote {options.out}; now `verified-docs accept reference/benchmarks.py`")
    return 0


def _measure_tools(options: argparse.Namespace) -> None:
    set_up()
    bench = Bench([TOOLS[key] for key in options.tools], options.tutorials)
    bench.prepare()
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
        bench.round(number)
        report.write(options.out, report.rounds(bench))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    some = range(MOST)
    parser.add_argument("--rounds", type=int, default=5, choices=some, metavar="N", help="of the tools (default: 5)")
    parser.add_argument("--tutorials", type=int, default=12, choices=range(1, 13), metavar="N", help="default: 12")
    parser.add_argument("--tools", nargs="+", choices=TOOLS, default=list(TOOLS), metavar="TOOL", help=", ".join(TOOLS))
    parser.add_argument("--sizes", nargs="*", type=int, default=scale.SIZES, metavar="N", help="modules of large books")
    parser.add_argument("--scale-rounds", type=int, default=3, choices=some, metavar="N", help="of these (default: 3)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where to write (default: benchmarks/results.json)")
    return parser.parse_args()


sys.exit(main())
