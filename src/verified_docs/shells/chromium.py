"""The Chromium of this machine, and how it is started."""

from __future__ import annotations

import shutil

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
HOW = "install it with: apt-get install chromium"
# Without these Chromium asks Google for things at every start.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def chromium() -> str | None:
    """The program's path, or None where there is none."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)
