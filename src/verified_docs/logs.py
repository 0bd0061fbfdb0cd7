"""Captured bytes -> what a reader of a terminal would see, without log lines and progress bars."""

from __future__ import annotations

import re

# TensorFlow's C++ side writes these to file descriptor 2 at every level, also in the middle of a line that Python has
# begun; they differ from machine to machine. Lines that name nodes of a graph, or where an error came from, belong to
# the line above.
LOG = re.compile(
    r"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWEF] \S+:\d+\]"
    r"|[IWEF]\d{4} \d\d:\d\d:\d+\.\d+ +\d+ \S+:\d+\]"
    r"|WARNING: All log messages before absl::InitializeLog\(\) is called are written to STDERR"
    r"|To enable the following instructions: .*, in other operations, rebuild TensorFlow"
    r")[^\n]*\n?(?:[ \t]*\[\[\{\{node [^\n]*\n?)*"
    r"(?:=== Source Location Trace: === *\n(?:\S+:\d+\n)+\n?)?"
)
# The bars of Keras 3 and 2. What a callback prints follows on the bar's line, so the bar's end has to be known exactly.
METRICS = r"(?: - [^\n:]+: (?:-?\d+\.\d{4}(?:e[-+]\d\d)?|-?inf|nan))*"
PROGRESS_BAR = re.compile(
    r"^ *\d+/(?:Unknown|\d+ ━+) [\d:]+s? \d+(?:us|ms|s)/step" + METRICS + " *"
    r"|^ *\d+/(?:Unknown|\d+ \[[=>.]{30}\]) - (?:ETA: [\d:]+s?|\d+s(?: \d+(?:us|ms|s)/step)?)" + METRICS + " *"
)
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
ERASE = re.compile(r"\x1b\[[0-2]?K")
ERASED = "\x7f"

# What differs from run to run and says nothing to a reader. In quotes a path may contain spaces.
FOLDERS = r"(?:(?<=[\"'])/[^\"'\n]*|(?:/[^/\s'\"]+)*)"
RUN_FOLDER = FOLDERS + r"/verified-docs-\d+-[^/\s'\"]+/run-[^/\s'\"]+/(?:work/|home/|tmp/)?"
ALIKE = (
    (re.compile(r"\b0x[0-9a-fA-F]{6,}\b"), "0x…"),
    (re.compile(r"\b\d+(?:\.\d+)?(?:us|ms|s)(?=/(?:step|epoch)\b)"), "…"),
    (re.compile(r"(\b\d+/\d+ - )\d+(?=s - )"), r"\1…"),
    (re.compile(RUN_FOLDER + r"(?:(tmp)[a-z0-9_]{8}\b|(__autograph_generated_file)\w+)"), r"\1\2…"),
    (re.compile(RUN_FOLDER), ""),
    (re.compile(FOLDERS + r"(?<!…)/(?=(?:site|dist)-packages/)"), "…/"),
    # Code that moves within its module gives what it gave.
    (re.compile(r"(\bFile \"[^\"\n]+\", line )\d+"), r"\1…"),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
)
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def normal(text: str) -> str:
    """The text with addresses, timings and this run's folders made alike for every run, in printable characters."""
    text = ANSI.sub("", text).replace("\r\n", "\n")
    text = UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
    for pattern, instead in ALIKE:
        text = pattern.sub(instead, text)
    return text


def readable(text: str) -> str:
    """Play carriage returns and backspaces as a terminal does; drop log lines and progress bars by their form."""
    lines = (_as_a_terminal_shows(line) for line in LOG.sub("", text).split("\n"))
    kept = [rest for line in lines if (rest := PROGRESS_BAR.sub("", line)) or not line]
    return "\n".join(line.rstrip() for line in kept).strip("\n")


def _as_a_terminal_shows(line: str) -> str:
    line = ANSI.sub("", ERASE.sub(ERASED, line))
    shown: list[str] = []
    at = 0
    for character in line:
        if character == "\r":
            at = 0
        elif character == "\b":
            at = max(0, at - 1)
        elif character == ERASED:
            del shown[at:]
        else:
            shown[at : at + 1] = [character]
            at += 1
    return "".join(shown)
