"""Programs that readers copy: a module up to a cell, as Python runs it by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cases import cases
from verified_docs.parse import Module, parse_module
from verified_docs.runnable import Runnable, as_json, runnable

MODULE = '''# %%
"""Divide
in two lines."""
# module: environment="COLOUR=red EMPTY="

# %% setup
import os

print(os.environ["COLOUR"])

# %% hidden hide=true
error = 1

# %% divide raises="ZeroDivisionError"
# A comment above.
text = """first
  second
"""
if error:
    print(text)
    1 / 0
# A comment below.

# %% picture
import matplotlib.pyplot as plt

plt.plot([error])

# %% after raises="NameError"
unknown
'''


def module(text: str = MODULE) -> Module:
    return parse_module(text, "a/m.py")


def made(text: str = MODULE, *drawn: str) -> Runnable:
    return runnable(module(text), text, drawn)


def run(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What Python makes of the program as a file."""
    file = folder / "program.py"
    file.write_text(program, encoding="utf-8")
    environment = os.environ | {"MPLBACKEND": "Agg"}
    return subprocess.run([sys.executable, file], cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(("given", "expected"), cases("runnable.txt"))
def test_a_program_is_the_module_up_to_its_cell(given: str, expected: str) -> None:
    name, _, text = given.partition("\n")
    parsed = module(text)
    drawn = {cell.name for cell in parsed.cells if ".plot(" in cell.source}
    assert runnable(parsed, text, drawn).program(name) == expected + "\n"


def test_an_earlier_cell_that_raises_does_not_end_the_program(tmp_path: Path) -> None:
    done = run(made(MODULE, "picture").program("picture"), tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "red\nfirst\n  second\n\nZeroDivisionError: division by zero\n"


def test_the_cell_itself_raises_as_it_does_on_the_page(tmp_path: Path) -> None:
    done = run(made(MODULE, "picture").program("after"), tmp_path)

    assert done.returncode == 1
    assert done.stderr.endswith("NameError: name 'unknown' is not defined\n")
    assert not made(MODULE, "picture").program("after").rstrip().endswith("plt.show()")


def test_the_program_is_that_of_the_language() -> None:
    program = MODULE.replace("Divide", "做除法").replace("A comment above.", "上面的注释。")

    text = runnable(module(), program, ()).program("divide")

    assert text.startswith('"""做除法\nin two lines."""\n\nimport os\n\nos.environ["COLOUR"] = "red"\n')
    assert "# 上面的注释。" in text


def test_a_page_carries_what_its_blocks_need_and_no_more() -> None:
    names = [piece.name for piece in made().until({"hidden", "setup"}).pieces]

    assert names == ["setup", "hidden"]


def test_what_a_page_carries_cannot_be_taken_for_html() -> None:
    text = '# %%\n"""Text."""\n\n# %% print\nprint("</script><!-- 中")\n'

    data = as_json({"a/m.py": made(text)}, "../verification.json")

    assert "<" not in data and "中" in data
    assert json.loads(data) == {
        "evidence": "../verification.json",
        "modules": {
            "a/m.py": {
                "start": '"""Text."""',
                "cells": [{"name": "print", "source": 'print("</script><!-- 中")'}],
                "show": "import matplotlib.pyplot as plt\n\nplt.show()",
            }
        },
    }


def test_a_page_carries_what_is_caught_and_what_is_drawn() -> None:
    cells = json.loads(as_json({"a/m.py": made(MODULE, "picture")}, ""))["modules"]["a/m.py"]["cells"]

    assert [(cell["name"], "caught" in cell, cell.get("draws", False)) for cell in cells] == [
        ("setup", False, False),
        ("hidden", False, False),
        ("divide", True, False),
        ("picture", False, True),
        ("after", True, False),
    ]
