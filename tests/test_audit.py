"""Known vulnerabilities that are let pass: each with a reason."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_a_finding_is_let_pass_only_with_a_reason(tmp_path: Path) -> None:
    for file in [ROOT / "Makefile", ROOT / "pyproject.toml", *(ROOT / "requirements").glob("*.txt")]:
        copy = tmp_path / file.relative_to(ROOT)
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(file, copy)
    table = (ROOT / "requirements/audit.md").read_text(encoding="utf-8")
    rows = "| GHSA-1-with | harmless: we open no such file |\n| CVE-2-without |  |\n| PYSEC-3-with | it is |\n"
    (tmp_path / "requirements/audit.md").write_text(table + rows)

    said = subprocess.run(["make", "-n", "audit"], cwd=tmp_path, capture_output=True, text=True).stdout

    assert "-m pip_audit --strict " in said
    assert "--ignore-vuln GHSA-1-with --ignore-vuln PYSEC-3-with" in said
    assert "CVE-2-without" not in said
    for group in ("uv", "site", "runtimes", "test"):
        assert f"--requirement requirements/{group}.txt" in said
    assert "--requirement benchmarks/requirements/peers.txt" in said
