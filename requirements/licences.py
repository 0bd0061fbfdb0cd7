"""The licence of every package that is pinned here, as a table that is checked.

`python requirements/licences.py` writes licences.md beside this file; with `--check` it says what is not so. Either
one fails where a package says no licence, or one that nobody has looked at.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent
TABLE = FOLDER / "licences.md"
HEAD = """# Licences of what is installed

Made by `make licences` from what the packages say of themselves.

| package | from | licence |
|---|---|---|
"""
ROW = re.compile(r"\| (?P<name>\S+) \| (?P<source>\S+) \| (?P<licence>.+) \|")
PIN = re.compile(r"^([\w.-]+)==", re.MULTILINE)

# Free licences, by their SPDX names, that permit what is done here: to install and run.
ACCEPTED = {
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "CC0-1.0", "ISC", "MIT", "MIT-0"),
    *("MIT-CMU", "MPL-2.0", "PSF-2.0", "Zlib"),
    # Packages that say no more than that it is one of the BSD licences.
    "BSD",
}
# How packages that give no SPDX expression write the same.
SPELLINGS = {
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "https://www.apache.org/licenses/LICENSE-2.0": "Apache-2.0",
    "BSD 3-Clause": "BSD-3-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD License": "BSD",
    "ISC license": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "The MIT License (MIT)": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSFL": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
# What was read by a person, and in what.
READ = {
    "appnope": "BSD-2-Clause",  # macOS only; its LICENSE
    "axe-playwright-python": "MIT",  # its LICENSE; the metadata say nothing
    "namex": "Apache-2.0",  # its LICENSE; the metadata say nothing
    "parse-cache-control": "BSD-3-Clause",  # its LICENSE; npm knows none
    "pyyaml-ft": "MIT",  # Python 3.13 only; its LICENSE
}


def main(arguments: list[str]) -> int:
    """Write the table or check it; 1 where something has to be mended."""
    committed = TABLE.read_text(encoding="utf-8") if TABLE.exists() else ""
    licences = {**installed(rows(committed)), **locked()}
    wrong = [f"{TABLE.name}: {problem}" for problem in problems(licences)]
    text = HEAD + "".join(f"| {name} | {source} | {said} |\n" for (name, source), said in sorted(licences.items()))
    if not wrong and text != committed:
        if "--check" in arguments:
            what = ", ".join(sorted({name for (name, _), _ in rows(committed).items() ^ rows(text).items()}))
            wrong = [f"{TABLE.name}: is not what the packages say{what and ' of '}{what}\n  run `make licences`"]
        else:
            TABLE.write_text(text, encoding="utf-8")
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    return 1 if wrong else 0


def rows(text: str) -> dict[tuple[str, str], str]:
    """The table as it is: name and source -> licence."""
    return {(row["name"], row["source"]): row["licence"] for row in ROW.finditer(text)}


def installed(known: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """The licence of every pinned distribution; of those that belong to other machines, what is known."""
    found = {}
    for file in sorted(FOLDER.glob("*.txt")):
        for name in PIN.findall(file.read_text(encoding="utf-8")):
            found[name, "PyPI"] = READ.get(name) or _said(name) or known.get((name, "PyPI"), "")
    return found


def _said(name: str) -> str:
    """What a distribution says of itself: an expression, a short text, or classifiers, in this order."""
    try:
        metadata = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
    expression, text = ("".join(metadata.get_all(key) or []) for key in ("License-Expression", "License"))
    if expression:
        return expression
    # Some give the whole text, whose first line is the name at best.
    text = text.strip().partition("\n")[0]
    if acceptable(SPELLINGS.get(text, text)):
        return SPELLINGS.get(text, text)
    classifiers = [one.rpartition(" :: ")[2] for one in metadata.get_all("Classifier") or [] if "License ::" in one]
    said = sorted({SPELLINGS.get(one, one.removesuffix(" License")) for one in classifiers})
    return " OR ".join(said) or text


def locked() -> dict[tuple[str, str], str]:
    """The licence of every package that npm installs."""
    packages = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    named = {path.rpartition("node_modules/")[2]: one.get("license", "") for path, one in packages.items() if path}
    return {(name, "npm"): READ.get(name) or said for name, said in named.items()}


def problems(licences: dict[tuple[str, str], str]) -> Iterator[str]:
    """What a person has to look at."""
    for (name, source), said in sorted(licences.items()):
        if not said:
            yield f"{name} ({source}) says no licence, or is not installed\n  read it, and write it into READ"
        elif not acceptable(said):
            yield f"{name} ({source}) is under '{said}'\n  if that is free, write it into ACCEPTED; else do without it"


def acceptable(said: str) -> bool:
    """Whether all licences of an expression are accepted ones."""
    names = re.split(r"\s+(?:AND|OR)\s+", said.replace("(", "").replace(")", ""))
    return all(name in ACCEPTED for name in names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
