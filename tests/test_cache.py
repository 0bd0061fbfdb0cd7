"""Kept runs: what makes a run stale, what does not, and that an entry comes back whole or not at all."""

from __future__ import annotations

import ast
import hashlib
import json
import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from verified_docs import cache
from verified_docs.cache import Cache, key_of
from verified_docs.errors import DocsError
from verified_docs.parse import parse_module
from verified_docs.runs import CellRun, Failure, Figure, Limits, Number, Outcome, Output, Task

PROGRAM = '''\
"""Title."""

# %% one
import numpy as np
from _helper import double

# %% two keep="x"
x = double(np.sum([1, 2]))  # six
'''
FILES = {
    "snippets/_prelude.py": "import keras\n",
    "snippets/_helper.py": "import _deep\nfrom _package.part import name\n\n\ndef double(x):\n    return 2 * x\n",
    "snippets/_deep.py": "import polib\nimport _helper\n",
    "snippets/_package/__init__.py": "",
    "snippets/_package/part.py": "from . import other\nfrom .sibling import name\n",
    "snippets/_package/other.py": "x = 1\n",
    "snippets/_package/sibling.py": "name = 1\n",
    "snippets/_unused.py": "x = 1\n",
    "snippets/a/c.py": '"""Another module."""\n# %% one\nx = 1\n',
    "docs/en/p.md": "# Page\n",
}
PROVIDERS = {"numpy": ["numpy"], "keras": ["keras"], "polib": ["polib"], "yaml": ["pyyaml"], "google": ["one", "two"]}
PROVIDERS |= {"IPython": ["ipython"], "matplotlib": ["matplotlib"]}
INSTALLED = {
    "numpy": ("2.4.0", frozenset()),
    "keras": ("3.15.1", frozenset({"h5py", "not-installed"})),
    "h5py": ("3.12.0", frozenset({"keras"})),
    "polib": ("1.2.0", frozenset()),
    "pyyaml": ("6.0.0", frozenset()),
    "ipython": ("9.0.0", frozenset()),
    "matplotlib": ("3.10.0", frozenset()),
    "one": ("1", frozenset()),
    "two": ("1", frozenset()),
}


@pytest.fixture(autouse=True)
def known_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, INSTALLED)
    for name in list(cache.os.environ):
        if name.startswith(cache.SENSITIVE):
            monkeypatch.delenv(name)


def install(monkeypatch: pytest.MonkeyPatch, installed: dict[str, tuple[str, frozenset[str]]]) -> None:
    """Let these distributions be the installed ones."""
    monkeypatch.setattr(cache, "_providers", lambda: PROVIDERS)
    monkeypatch.setattr(cache, "_installed", installed.get)
    cache._versions.cache_clear()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def task_of(project: Path | None, program: str = PROGRAM) -> Task:
    module = parse_module(program, "a/b.py")
    return Task("a/b.py", "en", program, tuple(cell.task for cell in module.cells), project=str(project))


# --- what makes a run stale


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[1, 2]", "[1, 3]"),
        ("# six", "# 6"),
        ("# %% one", "# %% uno"),
        (' keep="x"', ""),
        (' keep="x"', ' keep="x np"'),
        (' keep="x"', ' keep="x" raises="ValueError"'),
        ("\n# %% two", "\n# %% new\ny = 1\n# %% two"),
    ],
)
def test_another_program_is_another_run(old: str, new: str, project: Path) -> None:
    assert old in PROGRAM
    assert key_of(task_of(project, PROGRAM.replace(old, new))) != key_of(task_of(project))


@pytest.mark.parametrize(
    "change",
    [
        {"module": "a/d.py"},
        {"language": "zh"},
        {"limits": Limits(seconds=60)},
        {"limits": Limits(memory=2)},
        {"limits": Limits(output=1)},
        {"environment": (("TF_X", "1"),)},
    ],
    ids=str,
)
def test_another_task_is_another_run(change: dict[str, object], project: Path) -> None:
    assert key_of(replace(task_of(project), **change)) != key_of(task_of(project))


@pytest.mark.parametrize(
    "path",
    [
        "snippets/_helper.py",
        "snippets/_deep.py",
        "snippets/_prelude.py",
        "snippets/_package/__init__.py",
        "snippets/_package/part.py",
        "snippets/_package/other.py",
        "snippets/_package/sibling.py",
    ],
)
def test_a_file_that_is_imported_makes_the_run_stale(path: str, project: Path) -> None:
    before = key_of(task_of(project))
    with (project / path).open("a", encoding="utf-8") as file:
        file.write("z = 1\n")
    assert key_of(task_of(project)) != before


@pytest.mark.parametrize(
    "statement",
    [
        "import _unused",
        "import _unused as u",
        "from _unused import x",
        "from _unused import *",
        "def f():\n    import _unused",
        "try:\n    import a, _unused\nexcept ImportError:\n    pass",
        "import _new",
        "from _new import x",
    ],
)
def test_a_helper_is_found_however_it_is_imported(statement: str, project: Path) -> None:
    program = PROGRAM + statement + "\n"
    before = key_of(task_of(project, program))
    name = "_new.py" if "_new" in statement else "_unused.py"
    (project / "snippets" / name).write_text("x = 2\n", encoding="utf-8")
    assert key_of(task_of(project, program)) != before


def test_a_helper_that_is_not_python_is_known_by_its_text(project: Path) -> None:
    helper = project / "snippets" / "_helper.py"
    keys = []
    for content in (b"def (", b"def ((", b"\x00", b"\xff", b"\xef\xbb\xbfimport _deep\n"):
        helper.write_bytes(content)
        keys.append(key_of(task_of(project)))
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", ["numpy", "keras", "h5py", "polib", "ipython", "matplotlib"])
def test_another_version_of_what_is_imported_or_required_makes_the_run_stale(
    name: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key_of(task_of(project))
    install(monkeypatch, {**INSTALLED, name: ("9.9.9", INSTALLED[name][1])})
    assert key_of(task_of(project)) != before


def test_every_provider_of_a_namespace_counts(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = PROGRAM + "import google.two\n"
    before = key_of(task_of(project, program))
    install(monkeypatch, {**INSTALLED, "two": ("2", frozenset())})
    assert key_of(task_of(project, program)) != before


@pytest.mark.parametrize("name", ["TF_ENABLE_ONEDNN_OPTS", "KERAS_BACKEND", "OMP_NUM_THREADS", "XLA_FLAGS", "TZ"])
def test_a_variable_that_libraries_heed_makes_the_run_stale(
    name: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key_of(task_of(project))
    monkeypatch.setenv(name, "0")
    set_to_0 = key_of(task_of(project))
    monkeypatch.setenv(name, "1")
    assert len({before, set_to_0, key_of(task_of(project))}) == 3


@pytest.mark.parametrize(
    ("owner", "name"),
    [(platform, "python_version"), (platform, "python_implementation"), (platform, "machine"), (cache, "_tool")],
    ids=["version of Python", "kind of Python", "processor", "tool"],
)
def test_another_machine_or_tool_makes_the_run_stale(
    owner: object, name: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key_of(task_of(project))
    monkeypatch.setattr(owner, name, lambda: "another")
    assert key_of(task_of(project)) != before


def test_a_program_of_no_project_has_a_key_of_its_own(project: Path) -> None:
    assert key_of(replace(task_of(project), project=None)) != key_of(task_of(project))


def test_another_form_of_entries_makes_all_runs_stale(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = key_of(task_of(project))
    monkeypatch.setattr(cache, "FORMAT", cache.FORMAT + 1)
    assert key_of(task_of(project)) != before


def test_the_tool_is_known_by_the_text_of_each_part_that_runs_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in cache.TOOL:
        source = Path(cache.__file__).with_name(f"{part}.py")
        (tmp_path / source.name).write_bytes(source.read_bytes())
    monkeypatch.setattr(cache, "__file__", str(tmp_path / "cache.py"))
    digests = [cache._tool.__wrapped__()]
    for part in cache.TOOL:
        with (tmp_path / f"{part}.py").open("a", encoding="utf-8") as file:
            file.write("# changed\n")
        digests.append(cache._tool.__wrapped__())
    assert len(set(digests)) == 1 + len(cache.TOOL)


def test_every_part_that_runs_in_the_child_belongs_to_the_tool() -> None:
    package = Path(cache.__file__).parent
    pending, seen = ["worker", "execute"], set()
    while pending:
        name = pending.pop()
        seen.add(name)
        for node in ast.walk(ast.parse((package / f"{name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                found = [node.module] if node.module else [alias.name for alias in node.names]
                pending += [one for one in found if one not in seen]
    assert seen == set(cache.TOOL)


def test_another_interpreter_is_known_by_all_that_it_has(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # No link: since Python 3.13 an interpreter that is reached by one does not know its environment.
    (project / "python").write_text(f"#!/bin/sh\nexec '{sys.executable}' \"$@\"\n")
    (project / "python").chmod(0o755)
    task = replace(task_of(project), interpreter="python")
    before = key_of(task)
    assert before != key_of(task_of(project))
    assert key_of(task) == before
    assert f"('numpy', '{cache.importlib.metadata.version('numpy')}')" in cache._other_environment(task)
    described = subprocess.CompletedProcess([], 0, stdout="Python 3.9, numpy 1.0", stderr="")
    monkeypatch.setattr(cache.subprocess, "run", lambda *_, **__: described)
    assert key_of(task) != before


@pytest.mark.parametrize("interpreter", ["none/bin/python", "snippets", "failing"])
def test_an_interpreter_that_does_not_run_is_told(interpreter: str, project: Path) -> None:
    (project / "failing").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (project / "failing").chmod(0o755)
    with pytest.raises(DocsError) as caught:
        key_of(replace(task_of(project), interpreter=interpreter))
    assert str(caught.value).startswith(f"snippets/a/b.py:1: its interpreter '{interpreter}' does not run\n")


# --- what does not


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n# %% two", "\n\n\n# %% two"),
        ("# %% one\n", "# %% one\n\n\n"),
        ('"""Title."""\n', '# licence\n"""Title."""\n# about it\n\n\n'),
        ('"""Title."""', '"""Another title."""'),
        ('keep="x"', "keep=x tolerance=0.1 hide=true"),
        ("# six\n", "# six\n\n\n"),
    ],
)
def test_code_that_moved_is_the_same_run(old: str, new: str, project: Path) -> None:
    assert old in PROGRAM
    assert key_of(task_of(project, PROGRAM.replace(old, new))) == key_of(task_of(project))


@pytest.mark.parametrize("path", ["snippets/_unused.py", "snippets/a/c.py", "docs/en/p.md"])
def test_a_file_that_is_not_imported_changes_nothing(path: str, project: Path) -> None:
    before = key_of(task_of(project))
    (project / path).write_text("changed\n", encoding="utf-8")
    assert key_of(task_of(project)) == before


@pytest.mark.parametrize("name", ["pyyaml", "one"])
def test_a_library_that_is_not_imported_changes_nothing(
    name: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key_of(task_of(project))
    install(monkeypatch, {**INSTALLED, name: ("9.9.9", frozenset())})
    assert key_of(task_of(project)) == before


def test_the_place_of_the_project_and_other_variables_change_nothing(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key_of(task_of(project))
    moved = tmp_path_factory.mktemp("moved") / "a b"
    project.rename(moved)
    monkeypatch.setenv("EDITOR", "vi")
    assert key_of(task_of(moved)) == before


def test_a_variable_that_is_not_text_is_no_hindrance(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_X", b"\xff".decode(errors="surrogateescape"))
    assert len(key_of(task_of(project))) == 64


# --- the installed distributions, as they are


def test_the_versions_of_this_environment_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    cache._versions.cache_clear()
    found = dict(cache._versions(frozenset({"keras", "yaml", "os", "no_such_module"})))
    assert {"keras", "pyyaml", "h5py", "numpy"} <= set(found)
    assert found["pyyaml"] == cache.importlib.metadata.version("pyyaml")
    assert "mkdocs" not in found


def test_the_first_distribution_of_a_name_counts_and_broken_ones_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    for folder, version in (("first", "2.0"), ("second", "1.0")):
        place = tmp_path / folder / f"Some_Thing-{version}.dist-info"
        place.mkdir(parents=True)
        (place / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: Some_Thing\nVersion: {version}\n"
            "Requires-Dist: numpy>=2\nRequires-Dist: ruff; extra == 'dev'\nRequires-Dist: tomli; python_version < '3'\n"
            "Requires-Dist: not a requirement!\nRequires-Dist: SciPy; python_version >= '3'\n",
            encoding="utf-8",
        )
    (tmp_path / "first" / "broken-1.0.dist-info").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path / "first"), str(tmp_path / "second")])
    assert cache._installed.__wrapped__("some-thing") == ("2.0", frozenset({"numpy", "scipy"}))
    assert cache._installed.__wrapped__("broken") is None
    assert cache._installed.__wrapped__("no-such-thing") is None


# --- entries

FIGURE = Figure('<svg viewBox="0 0 1 1">“浅”\n\t</svg>', "<svg>深</svg>", 480, 340)
VALUES: dict[str, Number] = {"z": 3, "a": 3.0, "b": 1e-300, "c": 2**70}
OUTCOME = Outcome(
    "a/b.py",
    "zh",
    (
        CellRun("one", "passed", 0.125, (Output("stream", "损失 0.5\n\n\x0b \u2028 😀 \ud83d"),)),
        CellRun("two", "passed", 1.0, (Output("display_data", figure=FIGURE),), VALUES),
        CellRun("three", "raised-as-expected", 0.0, (Output("error", "ValueError: no"), Output("execute_result", ""))),
    ),
    "2026-11-22T10:00:00Z",
)


def kept_for(project: Path, outcome: Outcome = OUTCOME) -> tuple[Cache, Task, Path]:
    """A cache that has the outcome under the key "k", a task to look it up with, and its file."""
    kept = Cache(project / ".cache" / "runs")
    kept.store("k", outcome)
    return kept, task_of(project), kept.folder / "k.json"


def test_a_kept_run_comes_back_as_it_was(project: Path) -> None:
    kept, task, _ = kept_for(project)
    loaded = kept.load(task, "k")
    assert loaded == OUTCOME
    # Also the order of the values, and which of them are whole numbers: a record shows both.
    assert repr(loaded) == repr(OUTCOME)


def test_a_run_that_was_not_kept_is_a_miss(project: Path) -> None:
    kept, task, _ = kept_for(project)
    assert kept.load(task, "another") is None
    assert Cache(project / "nowhere").load(task, "k") is None


def test_a_failed_run_is_not_kept(project: Path) -> None:
    kept, task, file = kept_for(project, replace(OUTCOME, failure=Failure("one", 3, "no", "mend it")))
    assert not file.exists()
    assert kept.load(task, "k") is None


def test_a_later_run_takes_the_place_of_an_earlier_one(project: Path) -> None:
    kept, task, _ = kept_for(project)
    later = replace(OUTCOME, ran="2027-01-01T00:00:00Z")
    kept.store("k", later)
    assert kept.load(task, "k") == later


def _digest_of(content: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "cut in the middle": lambda content: content[: len(content) // 2],
    "cut at the end": lambda content: content[:-1],
    "not JSON": lambda content: b"x" + content,
    "not text": lambda content: b"\xff\xfe" + content,
    "zeros": lambda content: bytes(len(content)),
    "a list": lambda content: b"[]",
    "a null": lambda content: b"null",
    "no outcome": lambda content: json.dumps({"digest": json.loads(content)["digest"]}).encode(),
    "an edited text": lambda content: content.replace(b"ValueError: no", b"ValueError: on"),
    "an edited number": lambda content: content.replace(b"0.125", b"0.126"),
    "an edited digest": lambda content: content.replace(b'"digest": "', b'"digest": "0'),
    "a whole number as a fraction": lambda content: content.replace(b'"z": 3', b'"z": 3.0'),
    "an older form": lambda content: json.dumps({"digest": _digest_of({"a": 1}), "outcome": {"a": 1}}).encode(),
    "another form": lambda content: json.dumps({"digest": _digest_of([]), "outcome": []}).encode(),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_entry_is_a_miss(damage: Callable[[bytes], bytes], project: Path) -> None:
    kept, task, file = kept_for(project)
    content = file.read_bytes()
    assert damage(content) != content
    file.write_bytes(damage(content))
    assert kept.load(task, "k") is None


def test_a_folder_in_the_place_of_an_entry_is_a_miss(project: Path) -> None:
    kept, task, file = kept_for(project)
    file.unlink()
    file.mkdir()
    assert kept.load(task, "k") is None


def read_of(project: Path, path: str) -> dict[str, str]:
    return {path: hashlib.sha256((project / path).read_bytes()).hexdigest()}


def test_a_run_is_good_while_the_files_it_read_are_as_they_were(project: Path) -> None:
    data = project / "snippets" / "data.csv"
    data.write_text("1,2\n", encoding="utf-8")
    kept, task, _ = kept_for(project, replace(OUTCOME, reads=read_of(project, "snippets/data.csv")))
    assert kept.load(task, "k") is not None
    data.write_text("1,3\n", encoding="utf-8")
    assert kept.load(task, "k") is None
    data.unlink()
    assert kept.load(task, "k") is None
    data.write_text("1,2\n", encoding="utf-8")
    assert kept.load(task, "k") is not None


STORE = """
import sys
from pathlib import Path
from verified_docs.cache import Cache
from verified_docs.runs import CellRun, Outcome, Output

folder, text = sys.argv[1:]
cells = (CellRun("one", "passed", outputs=(Output("stream", text * 100_000),)),)
sys.stdin.read()
for _ in range(30):
    Cache(Path(folder)).store("k", Outcome("a/b.py", "en", cells))
"""


def test_processes_that_store_at_once_leave_a_whole_entry(project: Path) -> None:
    folder = project / "runs"
    command = [sys.executable, "-c", STORE, str(folder)]
    writers = [subprocess.Popen([*command, letter], stdin=subprocess.PIPE) for letter in "ab"]
    for writer in writers:
        writer.stdin.close()
    kept, task = Cache(folder), task_of(project)
    writing = True
    while writing:
        writing = any(writer.poll() is None for writer in writers)
        if (folder / "k.json").exists():
            outcome = kept.load(task, "k")
            assert outcome is not None
            assert outcome.cells[0].outputs[0].text in {"a" * 100_000, "b" * 100_000}
    assert [writer.returncode for writer in writers] == [0, 0]
    assert [file.name for file in folder.iterdir()] == ["k.json"]


def test_a_store_that_is_stopped_leaves_the_entry_before(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, task, _ = kept_for(project)

    def stopped(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        kept.store("k", replace(OUTCOME, language="en"))
    assert kept.load(task, "k") == OUTCOME
    assert [file.name for file in kept.folder.iterdir()] == ["k.json"]
