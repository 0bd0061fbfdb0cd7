"""A tiny bilingual book, to be copied by who changes or builds it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TINY_BOOK = Path(__file__).parent / "tinybook"


@dataclass(frozen=True)
class TinyBook:
    """A copy of the tiny book, and the command line run in it."""

    root: Path

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `verified-docs` with the arguments and give what it said."""
        return subprocess.run(
            [sys.executable, "-m", "verified_docs", *arguments],
            cwd=self.root,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=600,
        )

    def replace(self, path: str, old: str, new: str) -> None:
        """Replace a text that has to be there in a file of the book."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{path} does not contain {old!r}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def files(self, folder: str = "site") -> dict[str, bytes]:
        """Every file below the folder, by path."""
        base = self.root / folder
        return {
            file.relative_to(base).as_posix(): file.read_bytes() for file in sorted(base.rglob("*")) if file.is_file()
        }
