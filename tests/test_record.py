"""Records: what they keep, that they give it back, and when outputs agree with them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from verified_docs.parse import DEFAULT_TOLERANCE, Module, parse_module
from verified_docs.record import compare, difference, of_run, read, record_path, render, same_text
from verified_docs.runs import CellRun, Failure, Figure, Number, Outcome, Output

NASTY = [
    "",
    " ",
    "== one",
    "== two",
    "-- stream",
    "--",
    "# Accepted",
    "   indented",
    "\ttab\t",
    "trailing  ",
    "混淆矩阵",
    "😀",
    "...",
    "<<<<<<< HEAD",
    "=======",
    ">>>>>>> theirs",
    "a\u2028b",
    "form\ffeed",
]


def outcome_of(*cells: CellRun, failure: Failure | None = None) -> Outcome:
    return Outcome("a/b.py", "en", cells, failure=failure)


def printed(text: str, name: str = "one", **values: Number) -> CellRun:
    return CellRun(name, "passed", outputs=(Output("stream", text),), values=values)


def test_a_record_reads_well() -> None:
    figure = Output("display_data", figure=Figure("<svg/>", "<svg/>", 480, 340))
    outcome = outcome_of(
        printed("loss 0.5\n\n== done ==", loss=0.5, steps=10_000_000, share=1.0, tiny=1.23456789e-7),
        CellRun("two", "passed"),
        CellRun("three", "raised-as-expected", outputs=(figure, Output("error", "ValueError: no"))),
    )
    assert render(outcome) == (
        "# Accepted outputs of a/b.py (en). Only `verified-docs accept` writes this file.\n"
        "== one\n"
        "-- stream\n"
        "   loss 0.5\n"
        "\n"
        "   == done ==\n"
        "-- values\n"
        "   loss = 0.5\n"
        "   steps = 10000000\n"
        "   share = 1.0\n"
        "   tiny = 1.234568e-07\n"
        "== two\n"
        "== three\n"
        "-- display_data\n"
        "-- error\n"
        "   ValueError: no\n"
    )


def test_a_record_gives_back_what_was_written() -> None:
    draw = random.Random(0)
    for _ in range(500):
        cells = []
        for name in ("one", "two-2", "three"):
            texts = ["\n".join(draw.choices(NASTY, k=draw.randint(1, 5))) for _ in range(draw.randint(0, 3))]
            outputs = tuple(Output(draw.choice(["stream", "execute_result", "error"]), text) for text in texts)  # type: ignore[arg-type]
            cells.append(CellRun(name, "passed", outputs=outputs, values={"x": 1} if draw.random() < 0.3 else {}))
        outcome = outcome_of(*cells)
        assert read(render(outcome)) == {cell.name: of_run(cell) for cell in cells}


@pytest.mark.parametrize("text", ["", "\n", "-- stream\n   a\n", "nonsense\n", "== \n--\n", "== a\nb\n", "\x00"])
def test_a_damaged_record_is_read_as_far_as_it_goes(text: str) -> None:
    assert all(not parts for parts in read(text).values())


def test_a_comment_in_a_record_is_no_text() -> None:
    assert read("# a\n== one\n# b\n-- stream\n# c\n   d\n# e\n") == {"one": (("stream", "d"),)}


def test_a_line_that_was_moved_by_hand_is_another_text() -> None:
    assert read("== one\n-- stream\nabcaccuracy 0.5\n") == {"one": (("stream", "abcaccuracy 0.5"),)}


AGREE = [
    "0.9667 | 0.96674",
    "1 | 1.0",
    "0.9667 | 0.96669",
    "1.0000 | 1.0001",
    "-0.25 | -0.250001",
    "loss: 0.30001, acc: 0.9000 | loss: 0.30000, acc: 0.90001",
    "1.5e-05 | 1.50001E-5",
    "1e5 | 100000.0",
    "2e+20 | 2.00001e+20",
    "0.0 | 1e-10",
    "-0.0 | 0.0",
    "[1. 2.] | [0.99999994 2.0000001]",
    "[0.1,-0.2](0.3){0.4} | [0.10000001,-0.20000001](0.30000001){0.40000001}",
    "96.67% | 96.6701%",
    "=0.5; | =0.50001;",
    "nan inf -inf | nan inf -inf",
    "dense_1 1.2.3 28x28 | dense_1 1.2.3 28x28",
    ".5 | 0.5",
    "words only | words only",
    " | ",
]
DIFFER = [
    "0.9667 | 0.9668",  # 1.03e-4 of the larger one
    "0.9667 | 0.9666",
    "-0.25 | 0.25",
    "+0.25 | -0.25",
    "1e-5 | 1e-6",
    "1e5 | 1e-5",
    "0.0 | 1e-8",
    "0.5 | nan",
    "inf | -inf",
    "inf | 1e300",
    "60000 | 60001",
    "(60000, 28) | (60001, 28)",
    "1,234,567 | 1,234,568",
    "2024-05-01 | 2024-05-02",
    "1.2.3 | 1.2.4",
    "2.1.0 | 2.10.0",
    "v1.50 | v1.5",
    "dense_1 | dense_2",
    "dense_1 | dense_10",
    "float32 | float64",
    "1.50001GB | 1.50002GB",
    "28x28 | 28x29",
    "accuracy 0.5 | precision 0.5",
    "a 0.5 | a  0.5",
    "0.5 0.5 | 0.5",
    "0.5 | 0.5 0.5",
    "[0.5] | (0.5)",
    "True | False",
    "0.5 | ",
    "a b | a c",
    "１ | 1",
]


@pytest.mark.parametrize("pair", AGREE)
def test_these_texts_agree(pair: str) -> None:
    old, new = pair.split(" | ") if pair != " | " else ("", "")
    assert same_text(old, new, DEFAULT_TOLERANCE)
    assert same_text(new, old, DEFAULT_TOLERANCE)


@pytest.mark.parametrize("pair", DIFFER)
def test_these_texts_differ(pair: str) -> None:
    old, new = pair.split(" | ")
    assert not same_text(old, new, DEFAULT_TOLERANCE)
    assert not same_text(new, old, DEFAULT_TOLERANCE)


def test_a_cell_may_say_another_tolerance() -> None:
    assert same_text("0.50", "0.54", 0.1)
    assert not same_text("0.50", "0.56", 0.1)
    assert same_text("95 right", "97 right", 0.05)
    assert not same_text("95 right", "97 wrong", 0.05)
    assert not same_text("1.2.95 v1.95", "1.2.97 v1.97", 0.1)
    assert not same_text("0.5", "0.50001", 0)


def test_a_number_of_any_length_is_compared() -> None:
    assert same_text("1" * 5000, "1" * 5000, DEFAULT_TOLERANCE)
    assert not same_text("1" * 5000, "1" * 4999 + "2", DEFAULT_TOLERANCE)


MODULE = parse_module(
    """\
'''Title.'''
# %% one
x = 1
# %% two keep=loss contract="loss < 0.5"
loss = 1
# %% three tolerance=0.1
x = 1
""",
    "a/b.py",
)
GOOD = (printed("loss 0.5"), printed("", "two", loss=0.4), printed("0.5", "three"))


def complaints(tmp_path: Path, accepted: tuple[CellRun, ...], *given: CellRun, module: Module = MODULE) -> list[str]:
    """What is said of a run, where a record with the accepted cells exists."""
    path = record_path(tmp_path, module.path, "en")
    path.parent.mkdir()
    path.write_text(render(outcome_of(*accepted)), encoding="utf-8")
    return [str(error).partition("\n")[0] for error in compare(module, outcome_of(*given), tmp_path)]


def test_a_run_that_gives_what_was_accepted_is_good(tmp_path: Path) -> None:
    assert complaints(tmp_path, GOOD, *GOOD) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (printed("loss 0.6"), "cell 'one' gives 'loss 0.6', the record says 'loss 0.5'"),
        (printed("loss 0.5\nmore"), "cell 'one' gives 'more', the record says '(end)'"),
        (printed("loss"), "cell 'one' gives 'loss', the record says 'loss 0.5'"),
        (CellRun("one", "passed"), "cell 'one' gives nothing, the record says stream"),
        (
            CellRun("one", "raised-as-expected", outputs=(Output("error", "loss 0.5"),)),
            "cell 'one' gives error, the record says stream",
        ),
        (printed("loss 0.5", x=1), "cell 'one' gives stream, values, the record says stream"),
    ],
    ids=["number", "line", "text", "nothing", "kind", "values"],
)
def test_a_run_that_gives_something_else_is_told_at_its_cell(given: CellRun, expected: str, tmp_path: Path) -> None:
    assert complaints(tmp_path, GOOD, given, *GOOD[1:]) == [f"snippets/a/b.py:2: {expected}"]


def test_the_first_line_that_differs_is_shown(tmp_path: Path) -> None:
    old, new = printed("same 1.0\nloss 0.5\nend 3"), printed("same 1.00001\nloss 0.7\nend 4")
    assert complaints(tmp_path, (old, *GOOD[1:]), new, *GOOD[1:]) == [
        "snippets/a/b.py:2: cell 'one' gives 'loss 0.7', the record says 'loss 0.5'"
    ]


def test_the_first_line_that_is_missing_is_shown(tmp_path: Path) -> None:
    old, new = printed("loss 0.5\nend 3\nend 4"), printed("loss 0.5")
    assert complaints(tmp_path, (old, *GOOD[1:]), new, *GOOD[1:]) == [
        "snippets/a/b.py:2: cell 'one' gives '(end)', the record says 'end 3'"
    ]


def test_a_cell_with_a_tolerance_of_its_own_uses_it(tmp_path: Path) -> None:
    assert complaints(tmp_path, GOOD, *GOOD[:2], printed("0.54", "three")) == []


def test_a_contract_takes_the_place_of_the_record(tmp_path: Path) -> None:
    assert complaints(tmp_path, GOOD, GOOD[0], printed("anything", "two", loss=0.1), GOOD[2]) == []


def test_a_broken_contract_is_told(tmp_path: Path) -> None:
    assert complaints(tmp_path, GOOD, GOOD[0], printed("", "two", loss=0.5), GOOD[2]) == [
        "snippets/a/b.py:4: cell 'two': loss is 0.5, its contract says loss < 0.5"
    ]


def test_cells_that_are_only_in_one_of_them_are_told(tmp_path: Path) -> None:
    assert complaints(tmp_path, (*GOOD[1:], printed("", "old")), *GOOD) == [
        "snippets/a/b.py:2: cell 'one' is not in the record",
        "snippets/a/b.py:1: the record (en) has a cell 'old', the module has none",
    ]


def test_a_module_without_a_record_is_told(tmp_path: Path) -> None:
    (error,) = compare(MODULE, outcome_of(*GOOD), tmp_path)
    assert str(error) == (
        "snippets/a/b.py:1: no record of its outputs (en)\n"
        "  if the new output is right, accept it with `verified-docs accept a/b.py`"
    )


def test_cells_that_failed_or_did_not_run_are_not_compared(tmp_path: Path) -> None:
    given = (printed("loss 0.5"), CellRun("two", "failed"), CellRun("three", "skipped"))
    assert complaints(tmp_path, GOOD, *given) == []


def test_a_record_of_a_wrong_encoding_differs(tmp_path: Path) -> None:
    path = record_path(tmp_path, "a/b.py", "en")
    path.parent.mkdir()
    path.write_bytes(render(outcome_of(*GOOD)).replace("loss 0.5", "größe").encode("latin-1"))
    assert len(list(compare(MODULE, outcome_of(*GOOD), tmp_path))) == 1


def test_a_difference_is_shown_in_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.en.record"
    assert difference(path, "a\n") == "--- accepted\n+++ now\n@@ -0,0 +1 @@\n+a\n"
    path.write_text("a\nb\n", encoding="utf-8")
    assert difference(path, "a\nb\n") == ""
    assert difference(path, "a\nc\n") == "--- accepted\n+++ now\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
