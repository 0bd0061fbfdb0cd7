"""Runs end right whatever a module does: isolated, bounded, repeatable, and nothing is left behind."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from verified_docs.execute import PREFIX, Engine
from verified_docs.parse import parse_module
from verified_docs.runs import Limits, Outcome, Task

PROJECT = Path(__file__).parents[1]
DEFAULTS = Limits()


@pytest.fixture(scope="module", params=["forkserver", "spawn"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine without a prelude, by both ways of starting a process."""
    with Engine(None, request.param) as engine:
        yield engine


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A project that a run could write into."""
    (tmp_path / "snippets").mkdir()
    (tmp_path / "data.txt").write_text("42\n")
    return tmp_path


def task(source: str, project: Path | None = None, limits: Limits = DEFAULTS, **options: object) -> Task:
    """The task of a module with this source, in which the first cell is `first`."""
    module = parse_module(f'"""A module."""\n\n# %% first\n{source}\n', "chapter/module.py")
    cells = tuple(cell.task for cell in module.cells)
    return Task(module.path, "en", module.text, cells, limits, project=str(project) if project else None, **options)  # type: ignore[arg-type]


def run(engine: Engine, *tasks: Task) -> list[Outcome]:
    """Run the tasks; the last outcome of each, in the order of the tasks."""
    found: dict[str, Outcome] = {}
    for outcome in engine.run([*tasks]):
        found[outcome.module] = outcome
    return [found[one.module] for one in tasks]


def text_of(outcome: Outcome, cell: str = "first") -> str:
    """Everything the cell gave, as text."""
    return "\n".join(output.text for output in outcome.cell(cell).outputs)


BOUNDS = {
    "loops forever": ("while True:\n    pass", Limits(seconds=1), "takes longer than 1 s"),
    "allocates 50 GB": ("bytearray(50 << 30)", Limits(), "raised MemoryError"),
    "exits": ("import os\nos._exit(3)", Limits(), "ended its process with exit code 3"),
    "calls sys.exit": ("import sys\nsys.exit(0)", Limits(), "raised SystemExit"),
    "dies of a signal": ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", Limits(), "died of SIGSEGV"),
    "connects": ("import socket\nsocket.create_connection(('192.0.2.1', 80), 5)", Limits(), "not to 192.0.2.1"),
    "looks up a name": (
        "import socket\nsocket.gethostbyname('example.org')\nsocket.getaddrinfo('example.org', 80)",
        Limits(),
        "example.org",
    ),
    "leaves a child": ("import subprocess\nsubprocess.Popen(['sleep', '60'])", Limits(), "leaves a process behind"),
    "leaves a child in a session of its own": (
        "import subprocess\nsubprocess.Popen(['sleep', '61'], start_new_session=True)",
        Limits(),
        "leaves a process behind",
    ),
    "prints 100 MB": ("for _ in range(100):\n    print('x' * 1_000_000)", Limits(), "prints more than 0.25 MiB"),
    "prints without end": ("while True:\n    print('x' * 1_000)", Limits(), "prints more than 0.25 MiB"),
    "writes with Python": ("open('{checkout}/new.txt', 'w')", Limits(), "may write to its own working directory only"),
    "removes with Python": ("import os\nos.remove('{checkout}/data.txt')", Limits(), "may write to its own"),
    "writes with compiled code": (
        "import subprocess\nsubprocess.run(['sh', '-c', 'echo x > \"{checkout}/new.txt\"'])",
        Limits(),
        "wrote into the project: new.txt",
    ),
}


@pytest.mark.parametrize("name", BOUNDS)
def test_a_module_out_of_bounds_is_one_clear_error(engine: Engine, checkout: Path, name: str) -> None:
    source, limits, fact = BOUNDS[name]
    engine.project = checkout
    bad = task(source.replace("{checkout}", str(checkout)) + "\n\n# %% second\n1", checkout, limits)
    good = parse_module('"""Good."""\n\n# %% first\nprint("good")\n', "chapter/good.py")
    other = Task(good.path, "en", good.text, tuple(cell.task for cell in good.cells), project=str(checkout))

    failed, passed = run(engine, bad, other)

    assert failed.failure is not None
    assert fact in failed.failure.message
    assert failed.failure.cell == "first"
    assert failed.failure.line >= 4
    assert passed.failure is None
    assert text_of(passed) == "good"
    assert not _processes_of_runs()
    engine.project = None


def _processes_of_runs() -> list[psutil.Process]:
    """What the modules above started and should not have left."""
    commands = (["sleep", "60"], ["sleep", "61"])
    return [process for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"] in commands]


def test_a_later_cell_is_named_and_the_ones_after_it_are_skipped(engine: Engine) -> None:
    source = "1\n\n# %% second\nimport os\nos._exit(4)\n\n# %% third\n2"
    (outcome,) = run(engine, task(source))

    assert [cell.status for cell in outcome.cells] == ["passed", "failed", "skipped"]
    assert outcome.failure is not None
    assert (outcome.failure.cell, outcome.failure.line) == ("second", 7)


def test_runs_do_not_see_each_other(engine: Engine) -> None:
    first = task("import json, os\njson.leak = 1\nos.environ['LEAK'] = '1'\nopen('leak', 'w').close()")
    second = task("import json, os\nhasattr(json, 'leak'), 'LEAK' in os.environ, os.path.exists('leak')")
    run(engine, first)

    (outcome,) = run(engine, second)

    assert text_of(outcome) == "(False, False, False)"


def test_outputs_are_those_of_a_notebook(engine: Engine) -> None:
    source = """import sys, os
print("one")
os.write(2, b"two\\n")
print("three", file=sys.stderr)
{"b": 1, "a": [2]}

# %% quiet
5;

# %% nothing
None

# %% raises raises="KeyError"
{}["x"]

# %% statement
x = 1

# %% warns
import warnings
warnings.warn("careful")
"""
    (outcome,) = run(engine, task(source))

    assert outcome.failure is None
    assert [(output.kind, output.text) for output in outcome.cell("first").outputs] == [
        ("stream", "one\ntwo\nthree"),
        ("execute_result", "{'b': 1, 'a': [2]}"),
    ]
    assert outcome.cell("quiet").outputs == outcome.cell("nothing").outputs == outcome.cell("statement").outputs == ()
    assert [(output.kind, output.text) for output in outcome.cell("raises").outputs] == [("error", "KeyError: 'x'")]
    assert text_of(outcome, "warns") == "UserWarning: careful"


def test_source_is_found_through_file_and_line(engine: Engine) -> None:
    source = (
        'import inspect\n\ndef twice(x):\n    return 2 * x  # mark\n\nprint(inspect.getsource(twice).count("mark"))'
    )
    (outcome,) = run(engine, task(source))

    assert text_of(outcome) == "1"


def test_an_import_from_the_future_holds_for_the_whole_module(engine: Engine) -> None:
    source = "from __future__ import annotations\n\n# %% second\ndef f(x: Nowhere) -> None: ...\nf.__annotations__['x']"
    (outcome,) = run(engine, task(source))

    assert text_of(outcome, "second") == "'Nowhere'"


def test_classes_of_a_module_can_be_pickled(engine: Engine) -> None:
    source = "import pickle\n\nclass Point:\n    x = 1\n\npickle.loads(pickle.dumps(Point())).x, Point.__module__"
    (outcome,) = run(engine, task(source))

    assert text_of(outcome) == "(1, '__main__')"


def test_two_figures_in_a_cell_are_an_error(engine: Engine) -> None:
    (outcome,) = run(engine, task("import matplotlib.pyplot as plt\nplt.figure()\n_ = plt.figure()"))

    assert outcome.failure is not None
    assert "draws 2 figures" in outcome.failure.message


def test_a_figure_is_drawn_in_both_themes_the_same_each_time(engine: Engine) -> None:
    source = (
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\n_ = ax.plot([1, 2], label='line')\n_ = ax.legend()"
    )
    first, second = (run(engine, task(source))[0].cell("first").outputs[0].figure for _ in range(2))

    assert first is not None
    assert first == second
    assert first.light != first.dark
    assert ">line</text>" in first.light
    assert "Date" not in first.light


def test_a_character_without_a_glyph_is_an_error_and_common_chinese_is_none(engine: Engine) -> None:
    source = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\n_ = ax.set_title('损失曲线，学习率 0.1')"
    good, bad = run(engine, task(source)), run(engine, task(source.replace("曲线", "龘龘𠀀")))

    assert good[0].failure is None
    assert good[0].cell("first").outputs[0].figure is not None
    assert bad[0].failure is not None
    assert "characters without a glyph: 龘 𠀀" in bad[0].failure.message
    assert "make font" in bad[0].failure.hint


def test_what_a_run_reads_from_the_project_is_noted(engine: Engine, checkout: Path) -> None:
    (outcome,) = run(engine, task(f"open('{checkout}/data.txt').read()", checkout))

    assert outcome.reads == {"data.txt": hashlib.sha256(b"42\n").hexdigest()}


def test_everything_a_run_writes_by_default_is_in_its_own_directory(engine: Engine) -> None:
    source = """import os, tempfile
from pathlib import Path
roots = {Path.cwd().parent, Path.home().parent, Path(tempfile.gettempdir()).parent,
         Path(os.environ["KERAS_HOME"]).parent.parent, Path(os.environ["MPLCONFIGDIR"]).parent.parent}
len(roots), str(roots.pop()).startswith(tempfile.gettempdir()[:4])"""
    (outcome,) = run(engine, task(source))

    assert text_of(outcome) == "(1, True)"


def test_hashes_and_seeds_are_the_same_each_time(engine: Engine) -> None:
    source = "import random\nhash('text'), list({'a', 'b', 'c', 'd'}), random.random()"
    assert text_of(run(engine, task(source))[0]) == text_of(run(engine, task(source))[0])


def test_a_module_with_variables_of_its_own_starts_fresh(engine: Engine) -> None:
    source = "import os\nos.environ['MINE'], os.getppid()"
    (outcome,) = run(engine, task(source, environment=(("MINE", "yes"),)))

    # Not a child of the fork server, but of this process.
    assert text_of(outcome) == f"('yes', {os.getpid()})"


def test_a_module_with_an_interpreter_of_its_own_runs_in_it(engine: Engine, tmp_path: Path) -> None:
    venv.create(tmp_path / "other", symlinks=True, with_pip=False)
    python = tmp_path / "other" / "bin" / "python"
    packages = next((tmp_path / "other").glob("lib/*/site-packages"))
    (packages / "shared.pth").write_text(f"{Path(psutil.__file__).parents[1]}\n")
    source = "import sys\nsys.executable"
    (outcome,) = run(engine, task(source, Path("/"), interpreter=str(python)))

    assert text_of(outcome) == repr(str(python))


def test_the_traceback_begins_in_the_module_at_its_own_line(engine: Engine) -> None:
    (outcome,) = run(engine, task("import json\n\n\njson.loads('{')"))

    assert outcome.failure is not None
    assert outcome.failure.line == 7
    first, second = outcome.failure.traceback.splitlines()[:2]
    assert first == '  File "snippets/chapter/module.py", line 7, in <module>'
    assert second.strip() == "json.loads('{')"


TENSORFLOW = """
import keras
import numpy as np
import tensorflow as tf

x = np.arange(8.0, dtype="float32")[:, None]
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(3), keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(x / 8, x / 4, epochs=2)
model.save("model.keras")
again = keras.saving.load_model("model.keras")


@tf.function
def positive(value):
    if value > 0:
        return value
    return -value


tf.print("printed by", [1, 2])
print(model.name, model.predict(x, verbose=0).tobytes().hex(), again.count_params())
print(positive(tf.constant(-2.0)).numpy(), len(list(tf.data.Dataset.range(3).batch(2))))
"""


def test_tensorflow_gives_the_same_bits_forked_fresh_and_spawned() -> None:
    texts = set()
    for method in ("forkserver", "spawn"):
        with Engine(PROJECT, method) as engine:
            for environment in ((), (("MINE", "1"),)):
                (outcome,) = run(engine, task(TENSORFLOW, PROJECT, environment=environment))
                assert outcome.failure is None, outcome.failure
                texts.add(text_of(outcome))
    assert len(texts) == 1
    (text,) = texts
    assert text.startswith("Epoch 1/2\nEpoch 2/2\nprinted by [1, 2]\nsequential ")
    assert "━" not in text


def test_a_run_refuses_to_start_after_tensorflow_was_used(tmp_path: Path) -> None:
    (tmp_path / "snippets").mkdir()
    prelude = (PROJECT / "snippets" / "_prelude.py").read_text()
    (tmp_path / "snippets" / "_prelude.py").write_text(prelude.replace("AHEAD = (", 'AHEAD = (\n    "_used",'))
    (tmp_path / "snippets" / "_used.py").write_text("import tensorflow as tf\n\ntf.constant(1) + 1\n")
    with Engine(tmp_path) as engine:
        (outcome,) = run(engine, task("1", tmp_path))

    assert outcome.failure is not None
    assert "before the fork" in outcome.failure.message + outcome.failure.traceback


def test_compiled_writes_into_the_checkout_are_found(tmp_path: Path) -> None:
    source = f"import tensorflow as tf\n\n# %% write\ntf.io.write_file({str(tmp_path / 'new.txt')!r}, 'x')"
    with Engine(tmp_path) as engine:
        (outcome,) = run(engine, task(source, tmp_path))

    assert outcome.failure is not None
    assert outcome.failure.message == "cell 'write' wrote into the project: new.txt"


MAIN = """
import signal, sys
from pathlib import Path
from verified_docs.execute import Engine
from verified_docs.runs import CellTask, Task

program = '''
import subprocess, time
child = subprocess.Popen(["sleep", "{seconds}"], start_new_session=True)
print(flush=True)
time.sleep(60)
'''
task = Task("m.py", "en", program, (CellTask("first", 2, 5),))
# Whoever started the tests in the background had it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
with Engine(None) as engine:
    print("ready", flush=True)
    list(engine.run([task]))
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_when_the_main_process_ends_nothing_goes_on_running(ending: signal.Signals) -> None:
    seconds = str(60_000 + os.getpid() % 1000 + int(ending))
    main = subprocess.Popen(
        [sys.executable, "-c", MAIN.replace("{seconds}", seconds)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    _until(lambda: _running(seconds), 120, "the module starts its child")

    main.send_signal(ending)
    main.wait(60)

    _until(lambda: not _running(seconds), 30, "the child is gone")
    _until(lambda: not _children_of_runs(main.pid), 30, "the run and the fork server are gone")
    if ending == signal.SIGINT:
        assert not list(Path(tempfile.gettempdir()).glob(f"{PREFIX}{main.pid}-*"))


def _running(seconds: str) -> bool:
    commands = (process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"]))
    return any(command[:2] == ["sleep", seconds] for command in commands)


def _children_of_runs(pid: int) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            directory = process.cwd()
        except (psutil.Error, OSError):  # it has ended meanwhile
            continue
        if f"{PREFIX}{pid}-" in directory:
            found.append(process)
    return found


def _until(true: object, seconds: float, what: str) -> None:
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.05)
