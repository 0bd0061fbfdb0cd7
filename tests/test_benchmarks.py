"""What `make bench` stands on: sources for every tool, pages that lack something, what a process took, statistics.

No tool but this one is installed here, and no tutorial is run: that is what `make bench` does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import pages, render, report, scale
from benchmarks.measure import Measured
from benchmarks.rounds import COLD, FRESH, PASTED, PROSE, SERVED, UNCHANGED
from benchmarks.tools import TOOLS, Tool
from benchmarks.tutorials import Edition, Tutorial, tutorials
from verified_docs.embed import references
from verified_docs.parse import parse_module

ROOT = Path(__file__).parents[1]
ALL = tutorials(12)
FIRST = ALL[0]
NEW_LINE = "\n"


def codes(text: str) -> str:
    """The text of a source file, or of the cells of a notebook."""
    cells = json.loads(text)["cells"] if text.startswith("{") else [{"source": text}]
    return "\n".join(cell["source"] for cell in cells)


def test_the_contract_names_every_cell() -> None:
    assert {len(tutorial.parts) for tutorial in ALL} == {5}
    assert all(part.gives for tutorial in ALL for part in tutorial.parts)
    assert sum(part.draws for tutorial in ALL for part in tutorial.parts) >= 3


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_every_tool_gets_the_same_programs(tool: Tool) -> None:
    rendered = "\n".join(codes(text) for text in tool.render(ALL).values())

    for tutorial in ALL:
        for part in tutorial.parts:
            lines = part.code.splitlines()
            assert all(line in rendered for line in lines), f"{tutorial.name}: {part.name}"


def test_the_modules_and_pages_of_this_tool_are_good() -> None:
    files = render.for_verified_docs(ALL, render.LANGUAGES)

    for tutorial in ALL:
        path = f"tutorials/{tutorial.name}.py"
        module = parse_module(files[f"snippets/{path}"], path)
        page = references(files[f"docs/zh/tutorials/{tutorial.name}.md"], "page.md")
        assert [cell.name for cell in module.cells] == [one.cell for one in page.cells]
        assert [cell.raises for cell in module.cells] == [part.raises or None for part in tutorial.parts]


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
@pytest.mark.parametrize("edition", [Edition(prose=2), Edition(code=2)], ids=["prose", "code"])
def test_an_edit_touches_one_file_and_its_translation(tool: Tool, edition: Edition, tmp_path: Path) -> None:
    render.write(tmp_path, tool.render(ALL))
    for file in tmp_path.rglob("*"):
        os.utime(file, (0, 0))

    render.write(tmp_path, tool.render(tutorials(12, edition)))

    touched = [file for file in tmp_path.rglob("*") if file.is_file() and file.stat().st_mtime]
    assert {file.stem for file in touched} == {FIRST.name}
    assert len(touched) == (len(tool.languages) if tool.own and edition.prose == 2 else 1)


def page_of(tutorial: Tutorial) -> str:
    """A page that shows all that it has to."""
    shown = []
    for part in tutorial.parts:
        shown += [f"<p>{part.prose}</p>", f'<pre><span class="n">{part.code}</span></pre>']
        shown += [f"<pre>{text}\n</pre>" for text in part.texts]
        shown += ['<img src="figure.png">'] * part.draws + [f"<pre>{part.raises}: because</pre>"] * bool(part.raises)
    return f"<main><nav><img src='logo.png'></nav>{NEW_LINE.join(shown)}</main>"


def problems(tutorial: Tutorial, html: str, folder: Path) -> list[tuple[str, str, str]]:
    """What is found on a page, as cell, kind and what is said."""
    file = folder / "index.html"
    file.write_text(html, encoding="utf-8")
    return [(one.cell, one.kind, one.said) for one in pages.found([tutorial], [file], Edition())]


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("regression", "<pre>epochs: 20\n</pre>", "", ("model", "lost", "epochs: 20")),
        ("regression", '<img src="figure.png">', "", ("curve", "lost", "figure")),
        ("regression", "Draft 1.", "Draft 0.", ("", "stale", "Draft 1.")),
        ("regression", "<pre>factor: 1\n</pre>", "<pre>factor: 7\n</pre>", ("scaled", "wrong", "factor: 7")),
        ("layers", "model: sequential\n", "model: sequential_3\n", ("model", "wrong", "model: sequential_3")),
        ("errors", "<pre>InvalidArgumentError: because</pre>", "", ("fails", "lost", "InvalidArgumentError")),
        ("autograph", "</main>", "<pre>a.SomeError: no\n</pre></main>", ("", "error", "a.SomeError: no")),
    ],
)
def test_what_a_page_lacks_is_found(
    name: str, old: str, new: str, problem: tuple[str, str, str], tmp_path: Path
) -> None:
    tutorial = next(one for one in ALL if one.name == name)
    edited = tutorial.name != FIRST.name
    good = page_of(tutorial).replace("</main>", "<p>Draft 1.</p></main>" if edited else "</main>")
    assert problems(tutorial, good, tmp_path) == []
    assert old in good

    assert problems(tutorial, good.replace(old, new), tmp_path) == [problem]


def test_a_page_that_is_not_there_lacks_everything(tmp_path: Path) -> None:
    found = pages.found([FIRST], [tmp_path / "none.html"], Edition())

    assert {one.cell for one in found} == {"", *(part.name for part in FIRST.parts)}


PROGRAM = """
import os, sys, time
block = bytearray(b"x") * (100 << 20)
if os.fork() == 0:  # a child whose parent is gone before it ends; it shares the block
    if os.fork() == 0:
        end = time.process_time() + 1.0
        while time.process_time() < end: pass
    os._exit(0)
time.sleep(0.5)
sys.exit(3)
"""
MEASURE = """
import json, os, sys
from dataclasses import asdict
from pathlib import Path
from benchmarks.measure import measure
print(json.dumps(asdict(measure([sys.executable, "-c", sys.argv[1]], Path(sys.argv[2]), dict(os.environ)))))
"""


# Elsewhere no process adopts what its children leave, and there is no memory by share.
@pytest.mark.skipif(sys.platform != "linux", reason="measures are made on Linux only")
def test_all_processes_are_measured_and_shared_memory_counts_once(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    command = [sys.executable, "-c", MEASURE, PROGRAM, str(tmp_path / "here")]

    # In a process of its own: it adopts whatever is left behind, and ends it.
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=600)

    measured = json.loads(done.stdout)
    assert measured["code"] == 3
    assert measured["seconds"] >= 0.5
    assert measured["cpu"] >= 1.0
    assert 100 <= measured["peak"] < 190


def took(seconds: float) -> list[Measured]:
    """Three values with this median."""
    return [Measured(value, 1.0, 1.0, 0, "") for value in (seconds, seconds + 100, seconds / 5)]


def test_goals_are_ratios_of_medians() -> None:
    results = report.Results()
    for place, seconds in {
        (report.OWN, COLD): 10.0,
        (report.OWN, UNCHANGED): 2.0,
        (report.OWN, PROSE): 2.0,
        (report.OWN, SERVED): 3.0,
        ("mkdocs-jupyter", COLD): 40.0,
        ("MyST-NB", COLD): 20.0,
        ("sphinx-gallery", COLD): 12.0,
        ("markdown-exec", COLD): 8.0,
        (PASTED, PASTED): 1.6,
        (FRESH, FRESH): 6.0,
    }.items():
        results.runs[place] = took(seconds)

    found = [(one["step"], one["against"], one["ratio"], one["met"]) for one in report.targets(report.medians(results))]

    assert found == [
        ("cold", "mkdocs-jupyter", 0.25, True),
        ("cold", "MyST-NB", 0.5, False),
        ("cold", "markdown-exec", 1.25, False),
        ("unchanged", "pasted", 1.25, True),
        ("prose", "pasted", 1.25, True),
        ("served", "fresh", 0.5, False),
    ]


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0])
def test_a_slope_is_the_exponent(exponent: float) -> None:
    sizes = [25, 50, 100, 200]

    assert scale.slope(sizes, [3 * size**exponent for size in sizes]) == pytest.approx(exponent)


def test_large_books_are_measured_and_the_rest_of_the_results_stays(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    file.write_text('{"rounds": 5}')
    options = ["--rounds", "0", "--sizes", "1", "2", "--scale-rounds", "1", "--out", str(file)]

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *options], cwd=ROOT, capture_output=True, text=True, timeout=600
    )

    assert done.returncode == 0, done.stderr
    results = json.loads(file.read_text())
    assert results["rounds"] == 5
    assert results["scale"].keys() == set(scale.STEPS)
    assert all(one["sizes"].keys() == {"1", "2"} for one in results["scale"].values())
    assert len(results["scale_targets"]) == 6
