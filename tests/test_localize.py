"""A module in another language: what is translated, how it is laid out, and what stops it."""

import ast
from dataclasses import replace
from pathlib import Path

import polib
import pytest

from verified_docs.catalog import Catalog, Entry, catalog_path, extract, read_catalog
from verified_docs.display import display_strings
from verified_docs.errors import DocsError
from verified_docs.localize import problems, programs_agree, translate
from verified_docs.parse import Module, parse_module

PROJECT = Path(__file__).parents[1]
CASES = Path(__file__).parent / "cases" / "localize"
DOCSTRING = '"""Title."""\n\n'


def cases(name: str, sections: int) -> list:
    """Cases of a file: a title, then sections that each end in a line with one dot."""
    ended: list[str] = [""]
    for line in (CASES / name).read_text(encoding="utf-8").splitlines(keepends=True):
        if line == ".\n":
            ended.append("")
        else:
            ended[-1] += line
    parts = [section.removesuffix("\n") for section in ended[:-1]]
    assert len(parts) % sections == 0
    found = [
        pytest.param(*parts[start + 1 : start + sections], id=parts[start].strip())
        for start in range(0, len(parts), sections)
    ]
    assert len(found) > 5
    return found


def module_of(code: str) -> Module:
    marker = "" if code.startswith("# %%") else "# %% one\n"
    return parse_module(f"{DOCSTRING}{marker}{code}\n", "test/case.py")


def catalog_of(lines: str) -> Catalog:
    entries = {"Title.": Entry("标题。", 6)}
    for number, line in enumerate(lines.splitlines()):
        text, _, translation = line.replace(" =>?", " => ?").replace("\\n", "\n").replace("\\t", "\t").partition(" =>")
        # As in a file: an entry has a line for its cell, its msgid, its msgstr, and an empty one after it.
        line_there = 9 + sum(3 + 2 * ("\\n" in before) for before in lines.splitlines()[:number])
        translation = translation.removeprefix(" ")
        entries[text] = Entry(translation.removeprefix("? "), line_there, translation.startswith("? "))
    return Catalog("zh", entries)


def catalog_with(module: Module, change) -> Catalog:
    return Catalog("zh", {string.text: Entry(change(string.text), 1) for string in display_strings(module)})


@pytest.mark.parametrize(("code", "texts"), cases("display.txt", 3))
def test_what_a_reader_reads(code: str, texts: str) -> None:
    found = [string.text.replace("\n", "\\n") for string in display_strings(module_of(code))]
    assert found == ["Title.", *(texts.split("\n") if texts else ())]


@pytest.mark.parametrize(("code", "catalog", "expected"), cases("translate.txt", 4))
def test_translation(code: str, catalog: str, expected: str) -> None:
    module = module_of(code)
    if expected.startswith("snippets/"):
        found = problems(module, catalog_of(catalog))
        assert "\n".join(map(str, found)) == expected
        with pytest.raises(DocsError) as raised:
            translate(module, catalog_of(catalog))
        assert str(raised.value) == str(found[0])
    else:
        program = translate(module, catalog_of(catalog))
        before, after = module.text.split(code)
        assert program == before.replace("Title.", "标题。") + expected + after
        assert program.count("\n") == module.text.count("\n")
        assert programs_agree(module, program)


def test_what_is_known_of_a_display_string() -> None:
    title, first, second, third = display_strings(
        module_of('print(f"{x:.1f} of {y}",\n      "%d of {x}" % 3, "{:d} of %s".format(4))')
    )
    assert (title.line, first.line, second.line, third.line) == (1, 4, 5, 5)
    assert (first.formatted, second.formatted) == (True, False)
    assert first.placeholders == ("{x:.1f}", "{y}")
    assert second.placeholders == ("%d",)
    assert third.placeholders == ("{:d}",)


def test_options_are_no_comments() -> None:
    module = parse_module('"""Title."""\n# module: seconds=3\n# a comment\n\n# %% one\nx = 1\n', "test/case.py")
    assert [string.text for string in display_strings(module)] == ["Title.", "a comment"]


SAMPLES = [case.values[0] for case in cases("display.txt", 3)] + [
    case.values[0] for case in cases("translate.txt", 4) if not case.values[2].startswith("snippets/")
]


def samples() -> list:
    here = [pytest.param(module_of(code), id=f"case {number}") for number, code in enumerate(SAMPLES)]
    snippets = PROJECT / "snippets"
    files = [file for file in sorted(snippets.rglob("*.py")) if not file.name.startswith("_")]
    return here + [
        pytest.param(
            parse_module(file.read_text(encoding="utf-8"), file.relative_to(snippets).as_posix()), id=file.stem
        )
        for file in files
    ]


@pytest.mark.parametrize("module", samples())
def test_the_identity_is_the_program_itself(module: Module) -> None:
    assert translate(module, catalog_with(module, lambda text: text)) == module.text


@pytest.mark.parametrize("module", samples())
def test_every_text_written_anew_is_what_the_catalog_says(module: Module) -> None:
    program = translate(module, catalog_with(module, lambda text: f"译'\"\\{text}"))
    assert program.count("\n") == module.text.count("\n")
    assert programs_agree(module, program)
    again = display_strings(replace(module, text=program))
    assert [string.text for string in again] == [f"译'\"\\{string.text}" for string in display_strings(module)]
    assert ast.get_docstring(ast.parse(program)).startswith("译'\"\\")


def test_a_translated_module_has_the_same_cells() -> None:
    module = module_of("print('a')\n\n# %% two\nx = 1  # b")
    again = parse_module(translate(module, catalog_with(module, lambda text: f"{text}译")), module.path)
    assert again.title == "Title.译"
    assert [(cell.name, cell.start, cell.end) for cell in again.cells] == [("one", 4, 4), ("two", 7, 7)]


def test_no_catalog_is_one_problem(tmp_path: Path) -> None:
    found = problems(module_of("print('a', 'b')"), read_catalog(tmp_path / "case.zh.po"))
    assert [str(problem) for problem in found] == [
        "snippets/test/case.zh.po: no catalog\n"
        "  run 'verified-docs extract' to make it, then translate what stands in snippets/test/case.py"
    ]


def test_a_text_is_complained_about_once_and_all_are() -> None:
    found = problems(module_of("print('a', 'b')\nprint('a')"), catalog_of(""))
    assert [(problem.line, problem.message) for problem in found] == [
        (4, "'a' has no translation into 'zh'"),
        (4, "'b' has no translation into 'zh'"),
    ]


@pytest.mark.parametrize(
    "other",
    [
        "ax.plot(x[1], [0, 2], label=f'acc {y:.3f}', marker='o')\nprint(d['key'], '0.5')",
        "ax.plot(x[2], [0, 1], label=f'acc {y:.3f}', marker='o')\nprint(d['other'], '0.5')",
        "ax.plot(x[2], [0, 1], label=f'acc {y:.3f}', marker='s')\nprint(d['key'], '0.5')",
        "ax.plot(x[2], [0, 1], label=f'acc {y:.2f}', marker='o')\nprint(d['key'], '0.5')",
        "ax.plot(x[2], [0, 1], label='acc', marker='o')\nprint(d['key'], '0.5')",
        "ax.plot(x[2], [0, 1], label=f'acc {y:.3f}', marker='o')\nprint(d['key'], '0.6')",
        "ax.plot(x[2], [0, 1], label=f'acc {y:.3f}', marker='o')\n\nprint(d['key'], '0.5')",
        "ax.plot(x[2], [0, 1], label=f'acc {y:.3f}', marker='o')\nprint(d['key'], '0.5')\n",
        "ax.plot(x[2], [0, 1], label=f'acc {y:.3f}', marker='o')\nprint(d['key'], '0.5', 'more')",
        "ax.plot(x[2], [0, 1], label=f'acc {y:.3f}', marker='o')\nprint(d['key'], '0.5'",
    ],
)
def test_programs_that_differ_in_code_disagree(other: str) -> None:
    module = module_of("ax.plot(x[2], [0, 1], label=f'acc {y:.3f}', marker='o')\nprint(d['key'], '0.5')")
    assert programs_agree(module, module_of("pass").text.replace("pass\n", f"{other}\n")) is False


def test_programs_that_differ_in_wording_agree() -> None:
    module = module_of("# old\nprint(f'{x} of {y:d}', 'a')")
    assert programs_agree(module, module_of("# new\nprint(f'{y:d} 中的 {x}', '1')").text)
    assert not programs_agree(module_of("print('%d %s a' % x)"), module_of("print('%s %d a' % x)").text)


# Catalogs


def test_extract_makes_a_catalog(tmp_path: Path) -> None:
    module = module_of("print('accuracy')  # half\n\n# %% two\nprint('accuracy', 'accuracy')\nprint('a\\nb')")
    path = catalog_path(tmp_path / "case.py", "zh")
    changes = extract(module, path, "zh")
    assert changes.added == ("Title.", "accuracy", "half", "a\nb")
    assert (changes.fuzzied, changes.dropped, changes.written) == ((), (), True)
    assert path.name == "case.zh.po"
    assert path.read_text(encoding="utf-8") == (
        '# Translations of snippets/test/case.py\nmsgid ""\nmsgstr ""\n"Language: zh\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n\n'
        '#. before the first cell\nmsgid "Title."\nmsgstr ""\n\n'
        '#. cell: one, two\nmsgid "accuracy"\nmsgstr ""\n\n'
        '#. cell: one\nmsgid "half"\nmsgstr ""\n\n'
        '#. cell: two\nmsgid ""\n"a\\n"\n"b"\nmsgstr ""\n'
    )


def test_a_long_text_stays_on_one_line_and_the_file_is_for_everybody(tmp_path: Path) -> None:
    path = tmp_path / "case.zh.po"
    text = "a long sentence " * 20
    extract(module_of(f"print({text!r})"), path, "zh")
    assert f'msgid "{text}"\n' in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o777 == 0o644


def test_extract_writes_only_what_changes(tmp_path: Path) -> None:
    path = tmp_path / "case.zh.po"
    module = module_of("print('accuracy')")
    extract(module, path, "zh")
    before = path.stat().st_mtime_ns, path.stat().st_ino
    assert extract(module, path, "zh").written is False
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before
    moved = module_of("\n\nx = 1\nprint('accuracy')")
    assert extract(moved, path, "zh").written is False
    assert [file.name for file in tmp_path.iterdir()] == ["case.zh.po"]


def translated(path: Path, texts: dict[str, str]) -> None:
    """Fill in the catalog as a translator would."""
    catalog = polib.pofile(str(path), wrapwidth=0)
    for entry in catalog:
        entry.msgstr = texts.get(entry.msgid, "译文")
        entry.tcomment = f"about {entry.msgid}"
    catalog.metadata["Last-Translator"] = "A. Person"
    catalog.metadata["PO-Revision-Date"] = "2026-01-01"
    catalog.save()


def test_extract_keeps_a_translators_work(tmp_path: Path) -> None:
    path = tmp_path / "case.zh.po"
    extract(module_of("print('accuracy', 'gone', 'stays the same')"), path, "zh")
    translated(path, {"accuracy": "准确率", "stays the same": "不变"})
    changes = extract(module_of("print('accuracy', 'stays the same!', 'new')"), path, "zh")
    assert changes.added == ("new",)
    assert changes.fuzzied == (("stays the same", "stays the same!"),)
    assert changes.dropped == ("gone",)
    text = path.read_text(encoding="utf-8")
    assert '# about accuracy\n#. cell: one\nmsgid "accuracy"\nmsgstr "准确率"\n' in text
    assert '# about stays the same\n#. cell: one\n#, fuzzy\n#| msgid "stays the same"\n' in text
    assert 'msgid "stays the same!"\nmsgstr "不变"\n' in text
    assert "gone" not in text
    assert "A. Person" in text
    assert "2026" not in text


def test_a_changed_text_is_an_error_until_a_person_looked_at_it(tmp_path: Path) -> None:
    path = tmp_path / "case.zh.po"
    extract(module_of("print('it stays')"), path, "zh")
    translated(path, {})
    module = module_of("print('it stays put')")
    extract(module, path, "zh")
    extract(module_of("print('it stays put now')"), path, "zh")
    assert '#| msgid "it stays"\n' in path.read_text(encoding="utf-8")
    extract(module, path, "zh")
    (problem,) = problems(module, read_catalog(path))
    assert problem.message == "'it stays put' has a fuzzy translation, made for another text"
    assert problem.line == path.read_text(encoding="utf-8").splitlines().index("# about it stays") + 1
    path.write_text(path.read_text(encoding="utf-8").replace("#, fuzzy\n", ""), encoding="utf-8")
    assert problems(module, read_catalog(path)) == []
    assert extract(module, path, "zh").written is True
    assert "#|" not in path.read_text(encoding="utf-8")


def test_a_likely_text_is_paired_once_and_the_likest_first(tmp_path: Path) -> None:
    path = tmp_path / "case.zh.po"
    extract(module_of("print('precision of model one')"), path, "zh")
    translated(path, {})
    changes = extract(module_of("print('precision of model two', 'precision of model one,')"), path, "zh")
    assert changes.fuzzied == (("precision of model one", "precision of model one,"),)
    assert changes.added == ("precision of model two",)
    assert changes.dropped == ()


def test_a_text_without_translation_is_not_worth_keeping(tmp_path: Path) -> None:
    path = tmp_path / "case.zh.po"
    extract(module_of("print('it stays')"), path, "zh")
    changes = extract(module_of("print('it stays!')"), path, "zh")
    assert (changes.added, changes.fuzzied, changes.dropped) == (("it stays!",), (), ("it stays",))


def test_two_gone_texts_like_one_new_one(tmp_path: Path) -> None:
    path = tmp_path / "case.zh.po"
    extract(module_of("print('model one', 'model one!')"), path, "zh")
    translated(path, {})
    changes = extract(module_of("print('model one!!')"), path, "zh")
    assert changes.fuzzied == (("model one!", "model one!!"),)
    assert changes.dropped == ("model one",)


def test_an_obsolete_translation_is_none(tmp_path: Path) -> None:
    path = tmp_path / "case.zh.po"
    path.write_text('msgid "Title."\nmsgstr "标题。"\n\n#~ msgid "a"\n#~ msgstr "甲"\n', encoding="utf-8")
    module = module_of("print('a')")
    assert [problem.message for problem in problems(module, read_catalog(path))] == ["'a' has no translation into 'zh'"]
    assert extract(module, path, "zh").added == ("a",)
    assert "甲" not in path.read_text(encoding="utf-8")


def test_a_damaged_catalog_elsewhere_is_called_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "case.zh.po"
    path.write_text("what", encoding="utf-8")
    with pytest.raises(DocsError, match=r"^case\.zh\.po:1: not a gettext catalog: syntax error\n"):
        read_catalog(path)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ('msgid "a"b"\n', "snippets/test/case.zh.po:13: not a gettext catalog: unescaped double quote found"),
        ("<<<<<<< ours\n", "snippets/test/case.zh.po:13: not a gettext catalog: syntax error"),
        (
            'msgid "Title."\nmsgstr ""\n',
            'snippets/test/case.zh.po: not a gettext catalog: Entry "Title." already exists',
        ),
    ],
)
def test_a_damaged_catalog_is_an_error_and_is_left_alone(tmp_path: Path, damage: str, message: str) -> None:
    path = tmp_path / "snippets" / "test" / "case.zh.po"
    path.parent.mkdir(parents=True)
    extract(module_of("x = 1"), path, "zh")
    path.write_text(path.read_text(encoding="utf-8") + "\n" + damage, encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(DocsError) as raised:
        extract(module_of("x = 1"), path, "zh")
    assert str(raised.value) == f"{message}\n  mend it, then run 'verified-docs extract'"
    assert path.read_bytes() == before
