"""Page text and outputs -> page text: what is found, what it becomes, and what looks like a reference and is none."""

from __future__ import annotations

import html
import re

import markdown
import pytest

from cases import cases, with_controls
from verified_docs.embed import ExplorerReference, Flavour, Shown, blocks, embed, fence_for, references
from verified_docs.explorers import Explorer
from verified_docs.flavours import Plain, Site, figure_name, stale_notice
from verified_docs.runs import CellRun, Figure, Number, Output

FIGURE = Output("display_data", figure=Figure("<svg/>", "<svg/>", 480, 340))
SOURCES = {
    "code": "x = 1",
    "print": "print(1)",
    "both": 'print("a")\n2',
    "lines": "if x:\n\n    y = 1",
    "figure": "plt.plot([1])",
    "raises": 'int("a")',
    "ticks": 'print("```")',
    "spaces": 'text = """a  \n\nb"""',
    "bad": "1 / 0",
}
OUTPUTS = {
    "print": (Output("stream", "1"),),
    "both": (Output("stream", "a"), Output("execute_result", "2")),
    "figure": (FIGURE,),
    "raises": (Output("error", "ValueError: invalid literal"),),
    "ticks": (Output("stream", "```"),),
}
VALUES: dict[str, Number] = {"accuracy": 0.9667, "count": 12345}
FIGURES = "figures/{}".format
SITE = Site("en", FIGURES, "../{}".format)


def shown(module: str, cell: str) -> Shown:
    assert module == "a/m.py"
    status = {"raises": "raised-as-expected", "bad": "failed"}.get(cell, "passed")
    problem = "a/m.py:9: wrong\n  mend it" if cell == "bad" else ""
    run = CellRun(cell, status, outputs=OUTPUTS.get(cell, ()))
    return Shown(module, SOURCES[cell], run, problem, last=cell == "lines")


def value(module: str, name: str) -> Number:
    assert module == "a/m.py"
    return VALUES[name]


def address(name: str) -> str | None:
    return None if name == "np.linalg" else f"https://docs/{name}"


def explorer(reference: ExplorerReference) -> Explorer | str:
    assert (reference.explorer, reference.module) == ("learning-rate", "a/m.py")
    data = {"rates": [0.1, 0.2], "losses": [[2.5, 0.3125], [40, 1234.5]], "floor": 0.3}
    return Explorer("learning-rate", data) if reference.cell == "print" else "a/m.py:9: no data\n  print some"


def filled(page: str, flavour: Flavour) -> str:
    found = references(page, "docs/en/p.md")
    assert not found.errors
    return embed(page, found, shown, value, address, explorer, flavour)


@pytest.mark.parametrize(("given", "expected"), cases("embed.txt"))
def test_page_shows_what_it_names(given: str, expected: str) -> None:
    assert filled(with_controls(given), Plain("en", FIGURES)) == with_controls(expected)


@pytest.mark.parametrize(("given", "expected"), cases("embed_site.txt"))
def test_page_of_the_site_shows_what_it_names(given: str, expected: str) -> None:
    assert filled(given, SITE) == expected


@pytest.mark.parametrize(("given", "expected"), cases("references.txt"))
def test_what_is_almost_a_reference_is_an_error(given: str, expected: str) -> None:
    assert "\n".join(str(error) for error in references(given, "docs/en/p.md").errors) == expected


def test_references_know_their_places() -> None:
    quoted = '> ```python cell="a/m.py:one" alt="A"\n>\n> ```\n'
    page = f'{{{{ a/m.py:x }}}} `tf.x`{{.gone}}\n\n{quoted}\n~~~python cell="b.py:two"\n~~~\n'
    found = references(page, "docs/en/p.md")
    assert [(one.line, one.last, one.prefix, one.module, one.cell, one.alt) for one in found.cells] == [
        (3, 5, "> ", "a/m.py", "one", "A"),
        (7, 8, "", "b.py", "two", None),
    ]
    assert [(one.line, one.start, one.end, one.module, one.name, one.format) for one in found.values] == [
        (1, 0, 14, "a/m.py", "x", "")
    ]
    assert [(one.line, one.start, one.end, one.name, one.code, one.gone, one.linkable) for one in found.names] == [
        (1, 15, 28, "tf.x", "tf.x", True, True)
    ]


@pytest.mark.parametrize("page", ["", "\n", "a", "a\n", "a\n\n", "```\n", "```", "```text\nx", "\ufeff# a\n"])
def test_a_page_without_references_is_left_as_it_is(page: str) -> None:
    assert filled(page, Plain("en", FIGURES)) == page


def test_a_value_that_its_format_does_not_fit_stays_as_it_is_written() -> None:
    page = "{{ a/m.py:accuracy | d }} of {{ a/m.py:count | d }}"
    assert filled(page, Plain("en", FIGURES)) == "{{ a/m.py:accuracy | d }} of 12345"


def test_a_block_that_is_never_closed_ends_with_the_page() -> None:
    (block,) = blocks("a\n```text\nb\nc\n")
    assert (block.line, block.last, block.body, block.closed) == (2, 4, ("b", "c"), False)


@pytest.mark.parametrize(
    ("text", "length"), [("", 3), ("`", 3), ("``", 3), ("```", 4), ("a ```` b ```", 5), ("~~~~", 3)]
)
def test_a_fence_is_longer_than_any_in_its_text(text: str, length: int) -> None:
    assert fence_for(text) == "`" * length


def test_the_name_of_a_figure_says_what_it_is() -> None:
    assert figure_name("a/m.py", "loss", "zh", "dark") == "a/m.loss.zh.dark.svg"


@pytest.mark.parametrize(
    "alt",
    [
        "Loss falls",
        'The "8" is taken for 1',
        "it's 100 % [sic] (really) {#id}",
        "a * b * c, d_1_2, `e`, f\\g",
        "0 < x < 1 & y > 2 &amp; <b>",
        "混淆矩阵：8 最常被误认为 1",
        "ends in a backslash \\",
        "an ![image](x.svg) in it",
        "a <!-- comment --> and a <script> in it",
        "https://example.org/a_b_c",
    ],
)
def test_markdown_gives_the_alt_text_back(alt: str) -> None:
    for flavour in (Plain("en", FIGURES), SITE):
        lines = flavour.figure(Figure("", "", 480, 340), shown("a/m.py", "figure"), alt)
        page = markdown.markdown("\n".join(lines), extensions=["attr_list", "md_in_html"])
        found = re.findall(r'<img alt="([^"]*)"', page)
        assert [html.unescape(one) for one in found] == [alt] * len(lines), page


def test_a_page_that_is_behind_says_what_has_changed() -> None:
    assert stale_notice("en", [("fit", "Fit"), ("loss", "Loss")]) == [
        '!!! warning "The original has changed"',
        "",
        "    The original of this page has changed since it was translated. Changed are: [Fit](#fit), [Loss](#loss).",
    ]
    assert stale_notice("zh", [("fit", "拟合"), ("loss", "损失")])[2].endswith(
        "跟上。改动涉及：[拟合](#fit)、[损失](#loss)。"
    )
    assert stale_notice("zh", [])[2].endswith("还没有跟上。")


def test_superfences_shows_code_and_output_as_they_are() -> None:
    page = '!!! note\n\n    ```python cell="a/m.py:lines"\n    ```\n\n```python cell="a/m.py:ticks"\n```\n'
    extensions = ["admonition", "attr_list", "pymdownx.superfences", "pymdownx.highlight"]
    configs = {"pymdownx.highlight": {"pygments_lang_class": True}}
    result = markdown.markdown(filled(page, SITE), extensions=extensions, extension_configs=configs)
    codes = [html.unescape(re.sub("<[^>]+>", "", code)) for code in re.findall("(?s)<code>(.*?)</code>", result)]
    assert codes == [SOURCES["lines"] + "\n", SOURCES["ticks"] + "\n", "```\n"]
    assert re.findall('<div id="([^"]*)"', result) == ["a/m.py:lines", "a/m.py:ticks"]
    assert re.findall('<div [^>]*class="([^"]*)"', result)[1:] == [
        "language-python cell no-copy highlight",
        "language-python cell no-copy highlight",
        "language-text output no-copy stream highlight",
    ]
