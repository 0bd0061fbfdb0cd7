"""What Lighthouse says of the home page, of a chapter, in both languages, and of a notebook, as a slow phone sees them.

Needs the built site: `make snippets` comes first.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hosting import hosted
from tools import CHROMIUM, found

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".cache" / "lighthouse"
PINS = ("package.json", "package-lock.json")
HOW = "install it with: apt-get install nodejs npm"
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
RUNS = 3


@pytest.fixture(scope="session")
def lighthouse() -> list[str]:
    """The command, installed as it is pinned."""
    node, npm = found(["node"], HOW), found(["npm"], HOW)
    wanted = [(ROOT / "requirements" / name).read_bytes() for name in PINS]
    files = [FOLDER / name for name in PINS]
    stamp = FOLDER / "node_modules" / ".package-lock.json"
    if not stamp.exists() or [file.read_bytes() for file in files] != wanted:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for file, text in zip(files, wanted, strict=True):
            file.write_bytes(text)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=FOLDER, check=True)
    return [node, str(FOLDER / "node_modules/lighthouse/cli/index.js")]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address of the site."""
    with hosted(ROOT / "site") as address:
        yield address


def scores(lighthouse: list[str], url: str, home: Path) -> dict[str, int]:
    """What one run gives."""
    flags = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update"
    categories = ",".join(LEAST)
    done = subprocess.run(
        [*lighthouse, url, "--output=json", "--quiet", f"--only-categories={categories}", f"--chrome-flags={flags}"],
        env=os.environ | {"CHROME_PATH": found(*CHROMIUM), "HOME": str(home), "TMPDIR": str(home)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    wrong = [name for name, audit in report["audits"].items() if audit["score"] is not None and audit["score"] < 0.9]
    found_scores = {name: round(100 * report["categories"][name]["score"]) for name in LEAST}
    print(f"{url}: {found_scores} {wrong}")
    return found_scores


# The notebook is that of the longest chapter.
PATHS = ["", "zh/", "evaluation/classification/", "zh/evaluation/classification/", "zh/notebooks/loops/"]


@pytest.mark.parametrize("path", PATHS)
def test_lighthouse_is_content(lighthouse: list[str], address: str, path: str, tmp_path: Path) -> None:
    runs = [scores(lighthouse, address + path, tmp_path) for _ in range(RUNS)]
    shutil.rmtree(tmp_path, ignore_errors=True)

    medians = {name: statistics.median(run[name] for run in runs) for name in LEAST}
    assert all(medians[name] >= least for name, least in LEAST.items()), medians
