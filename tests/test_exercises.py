"""Exercises: what is one, that each answer gets its own hint and no other, and what learners read and take home."""

from __future__ import annotations

import ast
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from books import TINY_BOOK, TinyBook
from verified_docs.build import check_text, read_text
from verified_docs.errors import DocsError
from verified_docs.exercises import exercise_of
from verified_docs.mutation import mutants
from verified_docs.parse import parse_module
from verified_docs.project import Project

EXERCISE_BOOK = TINY_BOOK.with_name("exercisebook")
PATH = "basics/exercise-mean-of-numbers.py"
MODULE = f"snippets/{PATH}"
TEXT = (EXERCISE_BOOK / MODULE).read_text(encoding="utf-8")
MEDIAN = "Your mean of 1, 2 and 6 is 2 < 3: *divide* by `len(values)`."
MEDIAN_ZH = "你求得 1、2、6 的平均值是 2 < 3：要*除以* `len(values)`。"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> TinyBook:
    """The tiny book with an exercise, built once; tests only look at it."""
    root = tmp_path_factory.mktemp("exercise") / "tiny book"
    shutil.copytree(TINY_BOOK, root)
    shutil.copytree(EXERCISE_BOOK, root, dirs_exist_ok=True)
    done = TinyBook(root).run("build")
    assert done.returncode == 0, done.stderr
    return TinyBook(root)


@pytest.fixture
def book(built: TinyBook, tmp_path: Path) -> TinyBook:
    """A copy of the built book, with its kept runs."""
    shutil.copytree(built.root, tmp_path / "copy")
    return TinyBook(tmp_path / "copy")


def ran(said: str) -> set[str]:
    """What was run, from what a command said."""
    return set(re.findall(r"^(?:passed|failed)\s+\S+ s\s+(\S+ \(\w+\))", said, re.MULTILINE))


# --- what is an exercise


def test_the_cells_are_known_by_what_they_are_for() -> None:
    exercise = exercise_of(parse_module(TEXT, PATH))

    assert exercise
    assert exercise.name == "mean_of_numbers"
    assert [cell.name for cell in exercise.given] == ["given"]
    assert [cell.name for cell in exercise.uses] == ["use", "picture"]
    assert [cell.name for cell in exercise.answers] == ["starter", "median", "rounds"]
    assert exercise.test_names == ("test_divisor", "test_fractions")


def line_of(text: str, place: str) -> int:
    """The line on which the place is the first time."""
    return text[: text.index(place)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "place", "expected"),
    [
        (' role="task"', "", "# %%", 'an exercise with no cells role="task"'),
        ('use keep="value"', 'use role="starter"', "# %% use", 'an exercise with 2 cells role="starter"'),
        (' role="wrong" hint="test_fractions"', "", "# %%", "an exercise with 1 typical wrong answers"),
        ("%% picture", "%% picture hide=true", "# %% picture", "cell 'picture' of an exercise is hidden"),
        (' hint="test_divisor"', "", "# %% median", "cell 'median' is a wrong answer without a hint"),
        ('hint="test_divisor"', 'hint="test_diviser"', "# %% median", "there is no test 'test_diviser'"),
        ('"solution"', '"solution" hint="test_divisor"', "# %% solution", "cell 'solution' has a hint and is no"),
        ('"solution"', '"solution" raises="OSError"', "# %% solution", "cell 'solution' is part of a learner's file"),
        ('"starter"', '"starter" keep="x"', "# %% starter", "cell 'starter' does not run with the book and keeps"),
        ('role="starter"', 'role="start"', "# %% starter", "'start' does not fit the option 'role'"),
        ("Write `mean`", "## Write `mean`", '"""\n## Write', "the task has a heading"),
        ('nothing.\n"""', 'nothing.\n"""\nx = 1', '"""\nWrite', "the task is not one string"),
        ("test_divisor():", "test_divisor(x):", "def test_divisor", "test_divisor takes arguments or has a decorator"),
        ('    """What to "divide" by"""\n', "", "def test_divisor", "test_divisor has no docstring of one line"),
        (
            ', "Your mean has lost its fraction: use `/`, not `//`."',
            "",
            "assert mean([1",
            "an assert without a message",
        ),
        ("def test_divisor", "def check_divisor", "# %% median", "there is no test 'test_divisor'"),
    ],
)
def test_an_exercise_in_part_is_told(old: str, new: str, place: str, expected: str) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    with pytest.raises(DocsError) as caught:
        exercise_of(parse_module(text, PATH))
    assert str(caught.value).startswith(f"{MODULE}:{line_of(text, place)}: {expected}"), str(caught.value)


def test_the_cells_of_an_exercise_come_in_order() -> None:
    starter, rest = TEXT[TEXT.index("# %% starter") :].split("# %% solution", 1)
    moved = TEXT.replace(starter, "").replace("# %% tests", f"{starter}# %% tests")
    with pytest.raises(DocsError, match="cell 'starter' is out of order"):
        exercise_of(parse_module(moved, PATH))
    assert rest


@pytest.mark.parametrize("path", ["basics/mean.py", "basics/exercise.py"])
def test_only_an_exercise_has_roles(path: str) -> None:
    with pytest.raises(DocsError, match="a cell of an exercise in a module that is none"):
        exercise_of(parse_module(TEXT, path))


def test_other_modules_are_no_exercises() -> None:
    assert exercise_of(parse_module('"""T."""\n# %% one hide=true\nx = 1\n', "basics/one.py")) is None
    with pytest.raises(DocsError, match='with no cells role="task"'):
        exercise_of(parse_module('"""T."""\n# %% one\nx = 1\n', PATH))


# --- what is verified


def test_nothing_of_an_answer_is_evidence(built: TinyBook) -> None:
    evidence = json.loads((built.root / "site/verification.json").read_text())
    cells = {(cell["id"], cell["language"]): cell for cell in evidence["cells"] if cell["id"].startswith(PATH)}

    names = ("task", "given", "solution", "use", "picture", "tests")
    assert set(cells) == {(f"{PATH}:{name}", language) for name in names for language in ("en", "zh")}
    assert {cell["status"] for cell in cells.values()} == {"passed"}
    assert cells[f"{PATH}:use", "zh"]["pages"] == ["zh/basics/exercises/"]


def test_answers_that_are_not_told_apart_break_the_check(book: TinyBook) -> None:
    book.replace(MODULE, "return statistics.median(values)", "return sum(values) / len(values)")
    book.replace(MODULE, "return 0  # your code", "return sum(values) / len(values)  # your code")
    book.replace(MODULE, "sum(values) // len", "1 + sum(values) // len")
    book.replace(MODULE, "# %% rounds", '# %% breaks role="wrong" hint="test_divisor"\nmean = abs\n\n# %% rounds')

    done = book.run("check")

    lines = [line for line in done.stderr.splitlines() if line.startswith(MODULE)]
    text = (book.root / MODULE).read_text()
    assert done.returncode == 1
    assert [line.removeprefix(MODULE).removesuffix(" (en, zh)") for line in lines] == [
        f":{line_of(text, '# %% starter')}: the starter passes all tests",
        f":{line_of(text, '# %% median')}: the wrong answer 'median' passes all tests",
        f":{line_of(text, '    value = mean(numbers)')}: the wrong answer 'breaks' does not get as far as a hint, in "
        "test_divisor: cell 'tests' raised TypeError: bad operand type for abs(): 'list'",
        f":{line_of(text, '# %% rounds')}: the wrong answer 'rounds' fails test_divisor and not test_fractions: "
        "Your mean of 1, 2 and 6 is 4 < 3: *divide* by `len(values)`.",
    ]


def test_a_solution_that_fails_a_test_breaks_the_check(book: TinyBook) -> None:
    book.replace(MODULE, "return total / len(values)", "return total / 2")

    said = book.run("check").stderr

    line = line_of((book.root / MODULE).read_text(), "    assert maths")
    assert f"{MODULE}:{line}: cell 'tests' raised AssertionError: Your mean of 1, 2 and 6 is 4.5 < 3" in said


def test_a_test_that_no_answer_fails_first_has_no_hint_to_show(book: TinyBook) -> None:
    book.replace(MODULE, 'hint="test_fractions"', 'hint="test_divisor"')
    book.replace(MODULE, "return sum(values) // len(values)", "return max(values)")

    said = book.run("check").stderr

    line = line_of((book.root / MODULE).read_text(), "def test_fractions")
    assert f"{MODULE}:{line}: no answer fails test_fractions first (en, zh)\n  write the wrong answer" in said


def test_an_answer_runs_when_it_changed_and_the_task_is_prose(book: TinyBook) -> None:
    book.replace(MODULE, "return statistics.median(values)", "return min(values)")
    assert ran(book.run("check").stderr) == {f"{PATH}:median ({language})" for language in ("en", "zh")}

    book.replace(MODULE, "which gives the", "that gives the")
    book.replace(MODULE.replace(".py", ".zh.po"), "which gives the", "that gives the")
    done = book.run("check")
    assert (done.returncode, ran(done.stderr)) == (0, set())


def test_pytest_has_a_test_for_each_answer(book: TinyBook) -> None:
    book.replace(MODULE, "return statistics.median(values)", "return sum(values) / len(values)")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-v",
        "--rootdir",
        ".",
        "-c",
        "/dev/null",
        MODULE,
    ]
    done = subprocess.run(command, cwd=book.root, capture_output=True, text=True)  # fmt: skip
    results = dict(re.findall(r"^snippets\S+::(\S+) (PASSED|FAILED|SKIPPED)", done.stdout, re.MULTILINE))

    assert len(results) == 2 * len(re.findall("^# %% .", TEXT, re.MULTILINE)), done.stdout
    assert {name for name, result in results.items() if result != "PASSED"} == {"median[en]", "median[zh]"}
    assert "the wrong answer 'median' passes all tests" in done.stdout


# --- what a learner reads


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("", ["Hint 1: What to", MEDIAN, "Solution", "the mean is 3.0"]),
        ("zh/", ["提示 1：该“除以”什么", MEDIAN_ZH, "参考解答", "平均值是 3.0"]),
    ],
)  # fmt: skip
def test_the_page_shows_task_starter_hints_and_solution(built: TinyBook, language: str, expected: list[str]) -> None:
    page = (built.root / f"site/{language}basics/exercises/index.html").read_text()
    text = re.sub(r"<[^>]+>", "", page).replace("&lt;", "<")

    places = [text.index(one.replace("`", "")) for one in expected]
    assert places == sorted(places)
    assert page.count("<details") == 3
    assert "<details open" not in page
    assert page.index("return</span> <span") < page.index("<details")
    assert "<em>" in page
    assert "statistics.median" not in text
    assert page.count('class="figure"') == 2
    assert page.count("exercises.zip") == page.count("exercises.ipynb") == 1


def test_plain_markdown_has_the_same(built: TinyBook, tmp_path: Path) -> None:
    done = built.run("stage", str(tmp_path / "out"))

    assert done.returncode == 0, done.stderr
    text = (tmp_path / "out/en/basics/exercises.md").read_text()
    assert "<details>\n<summary>Hint 1: What to &quot;divide&quot; by</summary>\n\nYour mean of 1, 2" in text
    assert "is 2 &lt; 3: \\*divide\\* by `len(values)`.\n\n</details>" in text
    assert "<summary>Solution</summary>\n\n```python\ndef mean" in text
    assert zipfile.is_zipfile(tmp_path / "out/zh/basics/exercises.zip")


# --- what a learner takes home


def archive(built: TinyBook, language: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO((built.root / f"site/{language}basics/exercises.zip").read_bytes()))


@pytest.mark.parametrize(("language", "median"), [("", MEDIAN), ("zh/", MEDIAN_ZH)])
def test_pytest_in_the_folder_says_what_the_page_says(
    built: TinyBook, tmp_path: Path, language: str, median: str
) -> None:
    archive(built, language).extractall(tmp_path)
    folder = tmp_path / "basics"
    assert {file.name for file in folder.iterdir()} == {
        "README.md", "pytest.ini", "mean_of_numbers.py", "test_mean_of_numbers.py",
    }  # fmt: skip
    assert "python -m pytest test_mean_of_numbers.py" in (folder / "README.md").read_text()

    def said() -> list[str]:
        # Without bytecode, which Python keeps by second and size: nobody but this test edits as fast.
        command = [sys.executable, "-B", "-m", "pytest", "-p", "no:cacheprovider", "test_mean_of_numbers.py"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        return re.findall(r"^E +(.*)$", done.stdout, re.MULTILINE) or [done.stdout.splitlines()[-1][:8]]

    file = folder / "mean_of_numbers.py"
    assert said() == [f"AssertionError: {median.replace(' 2 <', ' 0 <')}"]
    starter = file.read_text()
    assert starter.startswith('"""\n')
    file.write_text(re.sub("return 0 .*", "return statistics.median(values)", starter))
    assert said() == [f"AssertionError: {median}"]
    file.write_text(re.sub("return 0 .*", "return sum(values) / len(values)", starter))
    assert said() == ["2 passed"]


def test_the_notebook_says_the_first_hint(built: TinyBook, capsys: pytest.CaptureFixture[str]) -> None:
    notebook = nbformat.reads((built.root / "site/zh/basics/exercises.ipynb").read_text(), as_version=4)
    nbformat.validate(notebook)
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "markdown", "code", "code", "code"]
    assert notebook.cells[1].source.startswith("## 平均值\n\n写出 `mean`")
    code = [cell.source for cell in notebook.cells[2:]]
    assert '"""' not in code[0]

    for starter, expected in (
        (code[1], f"提示： {MEDIAN_ZH.replace(' 2 <', ' 0 <')}\n"),
        ("def mean(v): return sum(v) / len(v)", "测试全部通过。\n"),
    ):
        namespace: dict[str, object] = {}
        for source in (code[0], starter, code[2]):
            exec(source, namespace)
        assert capsys.readouterr().out == expected


def test_the_folder_is_the_same_bytes_on_any_day(built: TinyBook) -> None:
    assert {entry.date_time for entry in archive(built, "").infolist()} == {(1980, 1, 1, 0, 0, 0)}
    again = built.run("stage", str(built.root.parent / "again"))
    assert again.returncode == 0, again.stderr
    for name in ("basics/exercises.zip", "basics/exercises.ipynb", "zh/basics/exercises.zip"):
        staged = name if name.startswith("zh/") else f"en/{name}"
        assert (built.root.parent / "again" / staged).read_bytes() == (built.root / "site" / name).read_bytes()


# --- what a page may say


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (f'cell="{PATH}:solution"', f"{MODULE} is an exercise\n  show it whole: exercise="),
        ('exercise="basics/sums.py"', "snippets/basics/sums.py is no exercise\n  show its cells: cell="),
        (f'exercise="{PATH[:-4]}.py"', f"no module 'snippets/{PATH[:-4]}.py'\n  did you mean '{PATH}'?"),
        ('exercise="basics"', "'basics' names no exercise\n  write exercise="),
        (f'exercise="{PATH}" cell="a.py:b"', "a reference names a cell and an exercise\n  keep one of them"),
        (f'exercize="{PATH}"', "a block has an unknown option 'exercize'\n  did you mean 'exercise'?"),
        (f'{{exercise="{PATH}"}}', "a reference to a cell is written in braces"),
    ],
)
def test_a_reference_that_is_wrong_is_told(book: TinyBook, new: str, expected: str) -> None:
    page = "docs/en/basics/exercises.md"
    book.replace(page, f'exercise="{PATH}"', new)
    project = Project(book.root)

    errors = check_text(project, read_text(project))

    line = line_of((book.root / page).read_text(), "```python")
    assert str(errors[0]).startswith(f"{page}:{line}: {expected}"), errors


def test_the_figure_of_an_exercise_has_an_alt_text(book: TinyBook) -> None:
    book.replace("docs/en/basics/exercises.md", ' alt="Three bars"', "")

    assert f"the figure of '{PATH}' has no alt text" in book.run("check").stderr


def test_an_exercise_that_no_page_shows_is_told(book: TinyBook) -> None:
    for language in ("en", "zh"):
        file = book.root / f"docs/{language}/basics/exercises.md"
        file.write_text(re.sub(r"(?s)```python.*", "", file.read_text()))

    assert f'{MODULE}:4: the exercise is shown by no page\n  show it with exercise="{PATH}"' in book.run("check").stderr


def test_an_exercise_of_the_project_is_whole() -> None:
    modules, errors = Project(Path(__file__).parents[1]).modules()
    assert errors == []
    assert [path for path, module in modules.items() if exercise_of(module)]


# --- what its tests are worth


def test_mutants_are_single_changes_in_the_order_of_the_text() -> None:
    source = """\
@decorated(name="one")
def f(x, y=0.5, *, quiet=True):
    \"\"\"Strings are for people: 1 + 1.\"\"\"
    if x > y and not quiet:
        return super().f(x, axis=1)
    x -= np.sum(x, axis=-1, keepdims=True) / 2
    return np.log(x)
"""
    changes = [(one.line, one.change.partition(" -> ")[2]) for one in mutants(source)]

    assert changes == [
        (2, "def f(x, y=1.5, *, quiet=True):"),
        (2, "def f(x, y=0.5, *, quiet=False):"),
        (4, "if not (x > y and not quiet):"),
        (4, "if x > y or not quiet:"),
        (4, "if x >= y and not quiet:"),
        (4, "if x > y and quiet:"),
        (5, "return 0"),
        (5, "return super().f(x, axis=2)"),
        (6, "x += np.sum(x, axis=-1, keepdims=True) / 2"),
        (6, "x -= np.mean(x, axis=-1, keepdims=True) / 2"),
        (6, "x -= np.sum(x, axis=-1) / 2"),
        (6, "x -= np.sum(x, axis=-1, keepdims=True) * 2"),
        (6, "x -= np.sum(x, axis=0, keepdims=True) / 2"),
        (6, "x -= np.sum(x, keepdims=True) / 2"),
        (6, "x -= np.sum(x, axis=1, keepdims=True) / 2"),
        (6, "x -= np.sum(x, axis=-2, keepdims=True) / 2"),
        (6, "x -= np.sum(x, axis=-1, keepdims=False) / 2"),
        (6, "x -= np.sum(x, axis=-1, keepdims=True) / 3"),
        (7, "return 0"),
        (7, "return x"),
    ]
    for one in mutants(source):
        ast.parse(one.source)


def test_mutation_reports_what_survives_and_asks_for_nine_in_ten(book: TinyBook) -> None:
    page = book.root / "docs/en/basics/exercises.md"
    page.write_text(page.read_text() + "\n{{ mutation }}\n")
    assert f"{MODULE}: the exercise has tests that were never measured" in book.run("check").stderr

    done = book.run("mutation")
    assert (done.returncode, done.stdout) == (0, f"{PATH}: 2 of 2 mutants are caught\n"), done.stderr
    report = (book.root / "snippets/mutation.json").read_bytes()
    assert (book.run("mutation").stderr, (book.root / "snippets/mutation.json").read_bytes()) == ("", report)
    built = book.run("build")
    assert "warning: docs/zh" in built.stderr
    assert "measured" not in built.stderr
    html = (book.root / "site/basics/exercises/index.html").read_text()
    assert "{{" not in html
    assert f"<td><code>{PATH}</code></td>" in html
    assert "2 (100%)</td>" in html

    book.replace(MODULE, "    total = sum(values)\n", "    total = sum(values) * 1\n    total = total / 1\n")
    assert f"warning: {MODULE}: the exercise has changed since its tests were measured" in book.run("check").stderr
    done = book.run("mutation")
    line = line_of((book.root / MODULE).read_text(), "    total = sum(values) * 1")
    assert done.returncode == 1
    assert f"survives: snippets/{PATH}:{line}: total = sum(values) * 1 -> total = sum(values) / 1\n" in done.stdout
    assert "the tests catch 4 of 6 mutants, 67%; 90% is asked for\n  test what these change:" in done.stderr

    same = "total = sum(values) * 1 -> total = sum(values) / 1 because one changes nothing"
    other = "total = total / 1 -> total = total * 1 because one changes nothing"
    book.replace(MODULE, "# %% task", f"# equivalent: {same}\n# equivalent: {other}\n# %% task")
    assert book.run("mutation", PATH).stdout == f"{PATH}: 4 of 4 mutants are caught\n"

    book.replace(MODULE, "# equivalent: total = total / 1", "# equivalent: total = total / 2")
    said = book.run("mutation").stderr
    assert "the solution has no mutant 'total = total / 2 -> total = total * 1'\n  did you mean" in said


def test_a_solution_that_fails_is_not_measured(book: TinyBook) -> None:
    book.replace(MODULE, "return total / len(values)", "return total / 2")

    done = book.run("mutation")

    assert done.returncode == 1
    assert "cell 'tests' raised AssertionError" in done.stderr
    assert not (book.root / "snippets/mutation.json").exists()


def test_a_new_exercise_passes_every_check(tiny_book: TinyBook) -> None:
    done = tiny_book.run("new", "--exercise", "basics/twice_a_number")
    assert done.returncode == 0, done.stderr
    path = "basics/exercise-twice-a-number.py"
    assert f'exercise="{path}"' in done.stdout
    for language in ("en", "zh"):
        page = tiny_book.root / f"docs/{language}/basics/sums.md"
        page.write_text(page.read_text() + f'\n## Twice {{#twice}}\n\n```python exercise="{path}"\n```\n')

    checked = tiny_book.run("check")
    assert checked.returncode == 0, checked.stderr
    assert tiny_book.run("mutation").returncode == 0
    again = tiny_book.run("new", "--exercise", "basics/twice_a_number")
    assert again.stderr.startswith(f"snippets/{path}: is there already\n")
