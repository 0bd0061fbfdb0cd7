"""The sentences that must hold: a good book passes each, and each way of breaking one gives one error."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from verified_docs import check
from verified_docs.check import Heading, Text, first_broken, headings
from verified_docs.embed import references
from verified_docs.errors import DocsError, did_you_mean
from verified_docs.names import Found, Missing
from verified_docs.parse import parse_module
from verified_docs.project import Page
from verified_docs.runs import CellRun, Figure, Outcome, Output

MODULE = """\
\"\"\"Title.\"\"\"
# %% setup hide=true
x = 1
# %% loss keep="final steps" contract="final < 0.5"
final, steps = 0.4, 10
# %% curve
plt.plot([1])
"""
PAGE = """\
---
title: Loss
# a comment, no heading
---

# Loss

## Falls {#falls}

```python cell="a/m.py:loss"
```

It is {{ a/m.py:final | .2f }}.

### Curve {#curve}

```python cell="a/m.py:curve" alt="It falls"
```

````markdown
## No heading
````
"""
BOOK = {
    "snippets/a/m.py": MODULE,
    "docs/en/a/p.md": PAGE,
    "docs/zh/a/p.md": PAGE.replace("Loss", "损失").replace("Falls", "下降"),
}
COVERAGE = """\
# What is covered where.
S0-01: {title: Loss, by: [a/m.py:loss, a/p.md#curve]}
S0-02:
  title: Curve
  by:
    - a/m.py:curve
"""
Sentence = Callable[[Text], Iterator[DocsError]]


def text_of(files: dict[str, str]) -> Text:
    modules, pages = {}, []
    for path, content in files.items():
        kind, _, rest = path.partition("/")
        if kind == "snippets":
            modules[rest] = parse_module(content, rest)
        else:
            language, _, rest = rest.partition("/")
            pages.append(Page(rest, language, content, ()))
    return Text(modules, tuple(pages), {page: references(page.text, page.shown_path) for page in pages})


def broken(sentence: Sentence, *changes: tuple[str, str, str]) -> list[str]:
    """What the sentence says of the good book, after the texts of these files were replaced."""
    files = dict(BOOK)
    for path, old, new in changes:
        assert old in files.get(path, ""), f"{path} has no {old!r}"
        files[path] = files[path].replace(old, new, 1)
    return [str(error) for error in sentence(text_of({path: text for path, text in files.items() if text}))]


def both(old: str, new: str) -> list[tuple[str, str, str]]:
    """The same change on the pages of both languages."""
    return [("docs/en/a/p.md", old, new), ("docs/zh/a/p.md", old, new)]


EN, ZH, SNIPPET = "docs/en/a/p.md", "docs/zh/a/p.md", "snippets/a/m.py"
LOSS = '```python cell="a/m.py:loss"\n```\n'
CURVE = '```python cell="a/m.py:curve" alt="It falls"\n```\n'
BROKEN = [
    pytest.param(
        check.references_are_well_formed,
        [(EN, "cell=", "cel=")],
        "docs/en/a/p.md:10: a block has an unknown option 'cel'\n  did you mean 'cell'?",
        id="a misspelt reference",
    ),
    pytest.param(
        check.references_resolve,
        [(ZH, "m.py:loss", "m.py:los")],
        "docs/zh/a/p.md:10: no cell 'los' in snippets/a/m.py\n  did you mean 'loss'?",
        id="a cell that does not exist",
    ),
    pytest.param(
        check.references_resolve,
        [(EN, "m.py:loss", "m.py:zzz")],
        "docs/en/a/p.md:10: no cell 'zzz' in snippets/a/m.py\n  its cells are setup, loss, curve",
        id="a cell unlike any other",
    ),
    pytest.param(
        check.references_resolve,
        [(EN, "a/m.py:curve", "b/m.py:curve")],
        "docs/en/a/p.md:17: no module 'snippets/b/m.py'\n  did you mean 'a/m.py'?",
        id="a module that does not exist",
    ),
    pytest.param(
        check.references_resolve,
        [(EN, "a/m.py:curve", "zzz.html:curve")],
        "docs/en/a/p.md:17: no module 'snippets/zzz.html'\n  the path is relative to snippets/",
        id="a module unlike any other",
    ),
    pytest.param(
        check.references_resolve,
        [(EN, "a/m.py:final", "a/m.py:finale")],
        "docs/en/a/p.md:13: snippets/a/m.py keeps no value 'finale'\n  did you mean 'final'?",
        id="a value that is not kept",
    ),
    pytest.param(
        check.references_resolve,
        [(EN, "a/m.py:final", "a/m.py:x")],
        "docs/en/a/p.md:13: snippets/a/m.py keeps no value 'x'\n  a cell keeps one with the option keep=\"name\"",
        id="a value unlike any kept one",
    ),
    pytest.param(
        check.references_resolve,
        [(EN, "a/m.py:final", "a/n.py:final")],
        "docs/en/a/p.md:13: no module 'snippets/a/n.py'\n  did you mean 'a/m.py'?",
        id="a value of a module that does not exist",
    ),
    pytest.param(
        check.cells_are_shown,
        both(LOSS, ""),
        "snippets/a/m.py:4: cell 'loss' is shown by no page (en, zh)\n"
        '  show it with cell="a/m.py:loss", or say hide=true',
        id="a cell that no page shows",
    ),
    pytest.param(
        check.cells_are_shown,
        [(ZH, LOSS, '```python cell="a/m.py:setup"\n```\n' + LOSS)],
        "snippets/a/m.py:2: cell 'setup' is hidden, and a page shows it (zh)\n"
        "  take 'hide=true' away, or the reference",
        id="a hidden cell that a page shows",
    ),
    pytest.param(
        check.cells_are_in_order,
        [(EN, LOSS, CURVE), (EN, "{#curve}\n\n" + CURVE, "{#curve}\n\n" + LOSS)],
        "docs/en/a/p.md:17: cell 'loss' is shown after 'curve', which comes later in the module\n"
        "  follow the order of the module",
        id="another order than the module's",
    ),
    pytest.param(
        check.cells_are_in_order,
        [(ZH, LOSS, LOSS + LOSS)],
        "docs/zh/a/p.md:12: cell 'loss' is shown twice\n  follow the order of the module",
        id="a cell twice",
    ),
    pytest.param(
        check.languages_agree,
        [(ZH, BOOK[ZH], "")],
        "docs/en/a/p.md:1: it has no translation docs/zh/a/p.md\n  write one",
        id="no translation",
    ),
    pytest.param(
        check.languages_agree,
        [(EN, BOOK[EN], "")],
        "docs/zh/a/p.md:1: it translates docs/en/a/p.md, which does not exist\n  rename it, or write the original",
        id="no original",
    ),
    pytest.param(
        check.languages_agree,
        [(ZH, "a/m.py:loss", "a/m.py:setup")],
        "docs/zh/a/p.md:10: shows 'setup' where docs/en/a/p.md:10 shows 'loss'\n"
        "  show the same cells in the same order",
        id="another cell in the translation",
    ),
    pytest.param(
        check.languages_agree,
        [(ZH, CURVE, "")],
        "docs/zh/a/p.md:1: lacks the cell 'curve', which docs/en/a/p.md:17 shows\n"
        "  show the same cells in the same order",
        id="a cell too few in the translation",
    ),
    pytest.param(
        check.languages_agree,
        [(EN, CURVE, "")],
        "docs/en/a/p.md:1: lacks the cell 'curve', which docs/zh/a/p.md:17 shows\n"
        "  show the same cells in the same order",
        id="a cell too many in the translation",
    ),
    pytest.param(
        check.languages_agree,
        [(ZH, "### Curve {#curve}", "### Curve {#curves}")],
        "docs/zh/a/p.md:15: the heading is level 3 'curves' where docs/en/a/p.md:15 has level 3 'curve'\n"
        "  give both the same level and the same {#id}",
        id="another id in the translation",
    ),
    pytest.param(
        check.languages_agree,
        [(ZH, "### Curve", "## Curve")],
        "docs/zh/a/p.md:15: the heading is level 2 'curve' where docs/en/a/p.md:15 has level 3 'curve'\n"
        "  give both the same level and the same {#id}",
        id="another level in the translation",
    ),
    pytest.param(
        check.languages_agree,
        [(ZH, "### Curve {#curve}\n", "")],
        "docs/zh/a/p.md:1: has 2 headings where docs/en/a/p.md has 3\n  give both the same headings",
        id="a heading too few in the translation",
    ),
    pytest.param(
        check.languages_agree,
        both("### Curve {#curve}", "### Curve"),
        "docs/en/a/p.md:15: the heading has no id\n  end it with {#an-english-id}",
        id="a heading without an id",
    ),
    pytest.param(
        check.languages_agree,
        both("{#falls}", ""),
        "docs/en/a/p.md:8: the heading has no id\n  end it with {#an-english-id}",
        id="a heading of the second level without an id",
    ),
    pytest.param(
        check.languages_agree,
        both("{#curve}", "{#falls}"),
        "docs/en/a/p.md:15: the id 'falls' is taken by the heading at line 8\n  give one of them another id",
        id="an id twice",
    ),
    pytest.param(
        check.languages_agree,
        [(ZH, "{{ a/m.py:final | .2f }}", "0.40")],
        "docs/zh/a/p.md:1: quotes 'a/m.py:final' less often than docs/en/a/p.md:13\n"
        "  quote the same values on both pages",
        id="a number typed in the translation",
    ),
    pytest.param(
        check.languages_agree,
        [(EN, "{#curve}\n", "{#curve}\n\nIn {{ a/m.py:steps }} steps.\n")],
        "docs/zh/a/p.md:1: quotes 'a/m.py:steps' less often than docs/en/a/p.md:17\n"
        "  quote the same values on both pages",
        id="another value in the original",
    ),
    pytest.param(
        check.languages_agree,
        [(ZH, "{{ a/m.py:final | .2f }}", "{{ a/m.py:final }}, {{ a/m.py:final | .2f }}")],
        "docs/en/a/p.md:1: quotes 'a/m.py:final' less often than docs/zh/a/p.md:13\n"
        "  quote the same values on both pages",
        id="a value more often in the translation",
    ),
    pytest.param(
        check.contracts_can_fail,
        [(SNIPPET, "final < 0.5", "final < 1e999")],
        "snippets/a/m.py:4: the contract 'final < inf' cannot fail\n  give it a bound",
        id="a contract that nothing breaks",
    ),
]


@pytest.mark.parametrize(("sentence", "changes", "expected"), BROKEN)
def test_a_broken_sentence_is_told_once_with_its_line_and_the_next_step(
    sentence: Sentence, changes: list[tuple[str, str, str]], expected: str
) -> None:
    assert broken(sentence, *changes) == [expected]


@pytest.mark.parametrize("sentence", dict.fromkeys(case.values[0] for case in BROKEN))
def test_a_good_book_breaks_no_sentence(sentence: Sentence) -> None:
    assert broken(sentence) == []


def test_two_values_exchanged_for_each_other_are_told_on_both_pages() -> None:
    assert broken(check.languages_agree, (ZH, "a/m.py:final | .2f", "a/m.py:steps")) == [
        "docs/zh/a/p.md:1: quotes 'a/m.py:final' less often than docs/en/a/p.md:13\n"
        "  quote the same values on both pages",
        "docs/en/a/p.md:1: quotes 'a/m.py:steps' less often than docs/zh/a/p.md:13\n"
        "  quote the same values on both pages",
    ]


@pytest.mark.parametrize(("old", "new"), [("m.py:loss", "m.py:los"), ("a/m.py:loss", "a/n.py:loss")])
def test_the_order_of_cells_that_do_not_exist_is_nothing(old: str, new: str) -> None:
    assert broken(check.cells_are_in_order, (EN, old, new)) == []


def test_titles_need_no_ids() -> None:
    assert broken(check.languages_agree, *both("## ", "# Another title\n\n## ")) == []


def test_a_value_may_have_another_format_in_the_translation() -> None:
    assert broken(check.languages_agree, (ZH, ".2f", ".1%")) == []


def test_two_pages_may_show_the_same_cell() -> None:
    files = {**BOOK, "docs/en/b.md": LOSS, "docs/zh/b.md": LOSS}
    for sentence in (check.cells_are_in_order, check.cells_are_shown, check.languages_agree):
        assert list(sentence(text_of(files))) == []


@pytest.mark.parametrize(
    ("line", "level", "name"),
    [
        ("# Title", 1, ""),
        ("## Title {#an-id}", 2, "an-id"),
        ("## Title {: #an-id .wide }", 2, "an-id"),
        ("## Title { .wide #an-id }", 2, "an-id"),
        ("## 标题 {#an-id} ##", 2, "an-id"),
        ("##Title{#id}", 2, "id"),
        ("###### About {x} and # {#six_6}", 6, "six_6"),
        ("## About `{#id}` in code", 2, ""),
        ("## {{ a/m.py:x }} of it {#x}", 2, "x"),
    ],
)
def test_a_heading_has_a_level_and_an_id(line: str, level: int, name: str) -> None:
    (heading,) = headings(Page("p.md", "en", f"Text.\n\n{line}\n", ()))
    assert (heading.line, heading.level, heading.id) == (3, level, name)


def test_a_heading_may_follow_a_block_at_once() -> None:
    page = "---\ntitle: T\n---\n## One\n```\n# no\n```\n## Two\n"
    assert [heading.line for heading in headings(Page("p.md", "en", page, ()))] == [4, 8]


def test_a_heading_has_a_title() -> None:
    (heading,) = headings(Page("p.md", "en", "## About `x` {#an-id}\n", ()))
    assert heading == Heading(1, 2, "an-id", "About `x`")


@pytest.mark.parametrize("line", ["Text # no", "    # code", "\\# no", "```\n# no\n```", "---\n# no\n---\n"])
def test_what_is_no_heading(line: str) -> None:
    assert headings(Page("p.md", "en", f"{line}\n", ())) == []


NAMES = {
    "tf.data.Dataset": Found("object", 3),
    "tf.Session": Missing(1, ("Variable", "Tensor", "version")),
    "tf.kera.layers.experimental.preprocessing.Normalization": Missing(1, ("keras", "data")),
}


@pytest.mark.parametrize("prose", ["`tf.data.Dataset`", "`tf.Session`{ .gone }", "no name", "```\n`tf.Session`\n```"])
def test_names_that_exist_or_are_marked_as_gone_are_good(prose: str) -> None:
    assert broken(lambda text: check.names_exist(text, NAMES), (EN, "It is", prose)) == []


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("`tf.Session`", "'tf.Session' does not exist\n  did you mean 'tf.version'?"),
        (
            "`tf.kera.layers.experimental.preprocessing.Normalization`",
            "'tf.kera' does not exist\n  did you mean 'tf.keras'?",
        ),
        ("`tf.data.Dataset`{ .gone }", "'tf.data.Dataset' is marked as gone, and exists\n  take the mark away"),
    ],
)
def test_names_that_do_not_exist_and_wrong_marks_are_told(prose: str, expected: str) -> None:
    (error,) = broken(lambda text: check.names_exist(text, NAMES), (EN, "It is", prose))
    assert error == f"docs/en/a/p.md:13: {expected}"


def test_a_name_unlike_any_other_may_be_marked() -> None:
    (error,) = broken(lambda text: check.names_exist(text, {"tf.q": Missing(1, ())}), (EN, "It is", "`tf.q()`"))
    assert error == ("docs/en/a/p.md:13: 'tf.q' does not exist\n  if it is gone on purpose, mark it: `name`{ .gone }")


FIGURE = Output("display_data", figure=Figure("<svg/>", "<svg/>", 1, 1))


def outcomes_of(curve: CellRun) -> dict[tuple[str, str], Outcome]:
    loss = CellRun("loss", "passed", values={"final": 0.4, "steps": 10})
    cells = (CellRun("setup", "passed"), loss, curve)
    return {("a/m.py", language): Outcome("a/m.py", language, cells) for language in ("en", "zh")}


DRAWN = outcomes_of(CellRun("curve", "passed", outputs=(Output("stream", "a"), FIGURE)))
FAILED = outcomes_of(CellRun("curve", "failed"))


def test_a_figure_that_is_described_is_good() -> None:
    assert broken(lambda text: check.figures_have_alt(text, DRAWN)) == []


@pytest.mark.parametrize("alt", ["", ' alt=""', ' alt="  "'])
def test_a_figure_needs_an_alt_text(alt: str) -> None:
    assert broken(lambda text: check.figures_have_alt(text, DRAWN), (ZH, ' alt="It falls"', alt)) == [
        "docs/zh/a/p.md:17: the figure of 'curve' has no alt text\n  say what one sees in it: alt=\"…\""
    ]


def test_an_alt_text_needs_a_figure() -> None:
    assert broken(lambda text: check.figures_have_alt(text, DRAWN), (EN, 'loss"', 'loss" alt=""')) == [
        "docs/en/a/p.md:10: 'loss' has an alt text and draws nothing\n  take the alt text away"
    ]


def test_nothing_is_said_of_what_did_not_run() -> None:
    for outcomes in (FAILED, {}):
        assert broken(lambda text, known=outcomes: check.figures_have_alt(text, known)) == []
        assert broken(lambda text, known=outcomes: check.values_fit_their_formats(text, known)) == []


@pytest.mark.parametrize("form", ["", "| .2f", "| .1%", "| g", "| +.3e", "| 8.2f"])
def test_a_format_that_fits_is_good(form: str) -> None:
    assert broken(lambda text: check.values_fit_their_formats(text, DRAWN), *both("| .2f", form)) == []


@pytest.mark.parametrize(("name", "form"), [("final", "d"), ("final", "2f."), ("final", "s"), ("steps", "s")])
def test_a_format_that_does_not_fit_is_told(name: str, form: str) -> None:
    change = (ZH, "a/m.py:final | .2f", f"a/m.py:{name} | {form}")
    (error,) = broken(lambda text: check.values_fit_their_formats(text, DRAWN), change)
    fact, hint = error.split("\n")
    assert fact.startswith(f"docs/zh/a/p.md:13: '{form}' does not fit {name}: ")
    assert hint == "  write a Python format such as .3f, .1% or d"


def test_a_value_that_two_cells_keep_is_told_once() -> None:
    cells = tuple(CellRun(name, "passed", values={"final": 0.4}) for name in ("loss", "curve"))
    outcomes = {("a/m.py", "en"): Outcome("a/m.py", "en", cells)}
    assert len(broken(lambda text: check.values_fit_their_formats(text, outcomes), *both(".2f", "d"))) == 1


def covered(tmp_path: Path, source: str) -> list[str]:
    file = tmp_path / "coverage.yml"
    file.write_text(source, encoding="utf-8")
    return broken(lambda text: check.coverage_is_true(text, file))


def test_what_exists_is_covered(tmp_path: Path) -> None:
    assert covered(tmp_path, COVERAGE) == []
    assert covered(tmp_path, "# nothing yet\n") == []
    assert list(check.coverage_is_true(text_of(BOOK), tmp_path / "none.yml")) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("m.py:loss", "m.py:los", "2: 'S0-01' is covered by 'a/m.py:los', which does not exist"),
        ("a/m.py:curve", "b/m.py:curve", "3: 'S0-02' is covered by 'b/m.py:curve', which does not exist"),
        ("a/m.py:curve", "a/m.py", "3: 'S0-02' is covered by 'a/m.py', which does not exist"),
        ("a/p.md#curve", "a/p.md#curves", "2: 'S0-01' is covered by 'a/p.md#curves', which does not exist"),
        ("a/p.md#curve", "a/q.md#curve", "2: 'S0-01' is covered by 'a/q.md#curve', which does not exist"),
        ("a/p.md#curve", "a/p.md#", "2: 'S0-01' is covered by 'a/p.md#', which does not exist"),
        ("title: Loss, ", "", "2: 'S0-01' is incomplete"),
        ("by: [a/m.py:loss, a/p.md#curve]", "by: []", "2: 'S0-01' is incomplete"),
        ("by: [a/m.py:loss, a/p.md#curve]", "by: a/m.py:loss", "2: 'S0-01' is incomplete"),
        ("{title: Loss, by: [a/m.py:loss, a/p.md#curve]}", "Loss", "2: 'S0-01' is incomplete"),
        ("S0-02:", "S0-01:", "3: 'S0-01' is there twice"),
        ("[a/m.py:loss,", "[[a/m.py:loss,", "2: not YAML"),
        ("S0-02:\n  title: Curve\n", "'S0-02':\n", "1: 'S0-02' is incomplete"),
        (COVERAGE, "\0", "1: not YAML"),
        (COVERAGE, "- S0-01\n", "1: not a mapping of ids to entries"),
    ],
)
def test_what_is_not_covered_is_told(old: str, new: str, expected: str, tmp_path: Path) -> None:
    assert old in COVERAGE
    (error,) = covered(tmp_path, COVERAGE.replace(old, new, 1))
    fact, hint = error.split("\n")
    assert fact == f"docs/coverage.yml:{expected}"
    assert hint.strip()


def test_a_heading_covers_only_in_both_languages(tmp_path: Path) -> None:
    file = tmp_path / "coverage.yml"
    file.write_text(COVERAGE, encoding="utf-8")
    (error,) = broken(lambda text: check.coverage_is_true(text, file), (ZH, "{#curve}", ""))
    assert error.startswith("docs/coverage.yml:2: 'S0-01' is covered by 'a/p.md#curve', which does not exist\n")


def test_only_the_first_group_that_is_broken_is_told() -> None:
    one, two = DocsError("a", 1, "one", "x"), DocsError("a", 2, "two", "x")
    assert first_broken([], iter([one, two]), [two]) == [one, two]
    assert first_broken([], iter([])) == []


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("cel", "did you mean 'cell'?"),
        ("Cell", "did you mean 'cell'?"),
        ("al", "did you mean 'alt'?"),
        ("zzz", "the options are cell, alt"),
        ("", "the options are cell, alt"),
    ],
)
def test_a_hint_names_the_nearest_word_or_says_something_else(word: str, hint: str) -> None:
    assert did_you_mean(word, ("cell", "alt"), "the options are cell, alt") == hint


def test_an_error_without_a_line_names_the_file() -> None:
    assert str(DocsError("a.py", 0, "is wrong", "mend it")) == "a.py: is wrong\n  mend it"


def test_an_error_can_be_sent_to_another_process() -> None:
    error = DocsError("a.py", 3, "is wrong", "mend it")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
