"""Captured bytes -> what a reader of a terminal would see, without log lines and progress bars."""

from __future__ import annotations

import re

# TensorFlow's C++ side writes these to file descriptor 2 at every level; they differ from machine to machine.
LOG_LINE = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWEF] \S+:\d+\]"
    r"|[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \S+:\d+\]"
    r"|[IWEF]0000 00:00:\d+\.\d+ +\d+ \S+:\d+\]"
    r"|WARNING: All log messages before absl::InitializeLog\(\) is called are written to STDERR"
    r"|To enable the following instructions: .*, in other operations, rebuild TensorFlow"
)
PROGRESS_BAR = re.compile(r"\s*\d+/(?:\d+|Unknown) ?(?:━|\[|\x1b|\s)*.*(?:━|\[[=>.]+\])|\s*\d+/Unknown\b")
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


# What differs from run to run and says nothing to a reader.
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
STEP_TIME = re.compile(r"\b\d+(?:\.\d+)?(?=(?:us|ms|s|m|h)/(?:step|epoch)\b)")
EPOCH_TIME = re.compile(
    r"(?<=/\d - )\d+(?=s - )|(?<=/\d\d - )\d+(?=s - )|(?<=/\d\d\d - )\d+(?=s - )|(?<=/\d\d\d\d - )\d+(?=s - )"
)
RUN_FOLDER = re.compile(r"(?:/[^/\s'\"]+)*/verified-docs-\d+-[^/\s'\"]+/run-[^/\s'\"]+/(?:work/|home/|tmp/)?")
PACKAGES = re.compile(r"(?:/[^/\s'\"]+)+/(?=(?:site|dist)-packages/)")


def normal(text: str) -> str:
    """The text with addresses, timings and this run's folders made alike for every run."""
    for pattern, instead in ((ADDRESS, "0x…"), (STEP_TIME, "…"), (EPOCH_TIME, "…"), (RUN_FOLDER, ""), (PACKAGES, "…/")):
        text = pattern.sub(instead, text)
    return text


def readable(text: str) -> str:
    """Play carriage returns and backspaces as a terminal does; drop log lines and progress bars by their form."""
    lines = [_as_a_terminal_shows(line) for line in text.replace("\r\n", "\n").split("\n")]
    kept = [line for line in lines if not LOG_LINE.match(line) and not PROGRESS_BAR.match(line)]
    return "\n".join(line.rstrip() for line in kept).strip("\n")


def _as_a_terminal_shows(line: str) -> str:
    line = ANSI.sub("", line)
    if "\r" in line:
        line = next((part for part in reversed(line.split("\r")) if part), "")
    if "\b" not in line:
        return line
    shown: list[str] = []
    for character in line:
        if character == "\b":
            del shown[-1:]
        else:
            shown.append(character)
    return "".join(shown)
