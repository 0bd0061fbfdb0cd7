"""Captured text -> what a reader sees. The samples were captured from TensorFlow 2.21 and Keras 3.15."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases import cases, with_controls
from verified_docs.logs import normal, readable


@pytest.mark.parametrize(("given", "expected"), cases("readable.txt"))
def test_a_reader_sees_what_was_printed(given: str, expected: str) -> None:
    assert readable(with_controls(given)) == expected


@pytest.mark.parametrize(("given", "expected"), cases("normal.txt"))
def test_what_differs_from_run_to_run_is_made_alike(given: str, expected: str) -> None:
    assert normal(with_controls(given)) == expected


@pytest.mark.parametrize("folder", ["work", "home", "tmp"])
def test_the_folders_of_a_run_are_left_out(tmp_path: Path, folder: str) -> None:
    plain, spaced = (tmp_path / name / "verified-docs-12-ab_c/run-x1_y" / folder for name in ("a", "b c"))
    assert (
        normal(f"saved to {plain}/model.keras\n'{spaced}/x' \"{spaced}/y.py\"") == "saved to model.keras\n'x' \"y.py\""
    )


@pytest.mark.parametrize("separator", ["\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\r\r\n"])
def test_only_newlines_end_a_line(separator: str) -> None:
    text = normal(f"a{separator}b\nc")
    assert text.splitlines() == text.split("\n")


def test_every_text_can_be_written_to_a_file() -> None:
    assert normal("half of a pair: \ud83d, whole: 😀").encode() == "half of a pair: \\ud83d, whole: 😀".encode()


@pytest.mark.parametrize(("given", "expected"), [*cases("readable.txt"), *cases("normal.txt")])
def test_doing_it_twice_changes_nothing(given: str, expected: str) -> None:
    once = normal(readable(with_controls(given)))
    assert normal(readable(once)) == once
