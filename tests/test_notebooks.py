"""A chapter as a notebook: its prose, its cells, its page, and what machines read beside it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import jsonschema
import nbformat
import pytest
from nbclient import NotebookClient

from books import TINY_BOOK, TinyBook
from cases import cases
from verified_docs.build import Book
from verified_docs.check import Text, notebooks_know_what_to_do
from verified_docs.contents import Chapter, chapters, sections
from verified_docs.evidence import SCHEMA
from verified_docs.ipynb import unused_id
from verified_docs.jupyter import SIGN, relinked, simplified, without_attributes
from verified_docs.notebooks import Notebook, jupyter_anchor, listing
from verified_docs.project import Page, Project
from verified_docs.shells.notebook_pages import lighter
from verified_docs.stale import blob_id

JUPYTER = "mkdocs-jupyter: {include: [notebooks/*.ipynb], allow_errors: false, cache: false, ignore_h1_titles: true}"
INDEX = "# Notebooks\n\n<!-- notebooks -->\n"
OWN = """\
\"\"\"Own.\"\"\"

# module: environment="MINE=yes"

# %% set
import os

print(os.environ["MINE"])
"""
OWN_PAGE = """\
# Own

[Sums](sums.md#mean)

```python cell="basics/own.py:set"
```
"""
PICTURES = {"en": "## A picture", "zh": "## 图"}


@pytest.mark.parametrize(("given", "expected"), cases("notebook_prose.txt"))
def test_prose_becomes_simple_markdown(given: str, expected: str) -> None:
    written = "\n".join(simplified(given.replace("@", SIGN), without_attributes)).replace(SIGN, "@")

    assert re.sub(r"\n{3,}", "\n\n", written).strip("\n") == re.sub(r"\n{3,}", "\n\n", expected)


def test_chapters_are_the_folders_of_the_navigation() -> None:
    nav = ["index.md", {"One": ["a/x.md", {"Y": "a/y.md"}]}, {"Two": ["b/index.md", "a/z.md"]}, {"End": "end.md"}]

    assert chapters(nav) == (Chapter("a", "One", ("a/x.md", "a/y.md", "a/z.md")), Chapter("b", "Two", ("b/index.md",)))
    assert sections(nav) == {
        "One": ["a/x.md", "a/y.md"],
        "Two": ["b/index.md", "a/z.md"],
        "": ["index.md", "end.md"],
    }


def test_links_in_code_are_no_links() -> None:
    def link(target: str) -> str | None:
        return None if target == "gone.md" else f"../{target}"

    line = "See [a `b[0]`](a.md#x), [c](gone.md) and `d[0](e)`."
    assert relinked(line, link) == "See [a `b[0]`](../a.md#x), c and `d[0](e)`."


@pytest.mark.parametrize(
    ("title", "anchor"),
    [
        ("What does a mistake cost?", "What-does-a-mistake-cost?"),
        ("`fit` (again)", "fit-%28again%29"),
        ("混淆矩阵：第一眼", "混淆矩阵：第一眼"),
    ],
)
def test_headings_are_named_as_jupyter_names_them(title: str, anchor: str) -> None:
    assert jupyter_anchor(title) == anchor


@pytest.mark.parametrize(
    ("english", "chinese", "said"),
    [
        ("reset", "reset", ""),
        (None, None, ""),
        (
            "rest",
            "rest",
            "docs/en/p.md:1: 'notebook: rest' in the front matter means nothing\n  did you mean 'reset'?\n"
            "docs/zh/p.md:1: 'notebook: rest' in the front matter means nothing\n  did you mean 'reset'?",
        ),
        (
            "alone",
            None,
            "docs/zh/p.md:1: 'notebook' in the front matter is not as in the original\n  write 'notebook: alone'",
        ),
        (None, "alone", "docs/zh/p.md:1: 'notebook' in the front matter is not as in the original\n  take it out"),
    ],
)
def test_what_a_page_says_of_its_notebook_is_understood(english: str | None, chinese: str | None, said: str) -> None:
    pages = [
        Page("p.md", language, "", (("notebook", value),) if value else ())
        for language, value in (("en", english), ("zh", chinese))
    ]

    assert "\n".join(str(error) for error in notebooks_know_what_to_do(Text({}, tuple(pages), {}))) == said


def test_headings_have_the_ids_of_their_pages_where_these_are_the_only_ones(tmp_path: Path) -> None:
    texts = {"c/index.md": "# A\n\n## X {#x}\n\n## Y {#y}\n", "c/b.md": "# B\n\n## X {#x}\n\n## B {#b}\n"}
    pages = tuple(Page(path, "en", text, ()) for path, text in texts.items())
    book = Book(Project(tmp_path), Text({}, pages, {}), {}, {}, {})

    ids = Notebook(book, "c", "C", pages).ids

    assert list(ids.values()) == ["c", "c-x", "y", "b", "b-x", "b-b"]


def test_a_site_that_is_being_written_says_where_notebooks_are_made() -> None:
    assert listing("en", []) == "Notebooks are made by `make site`."


def test_ids_are_what_the_format_allows() -> None:
    assert unused_id("sums-mean", {"sums-mean"}) == "sums-mean-2"
    assert unused_id("混淆", set()) == "cell"
    assert len(unused_id("a" * 100, {"a" * 60})) <= 64


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> TinyBook:
    """The tiny book with notebooks, raw HTML in a page, and a page whose module has an environment of its own."""
    root = tmp_path_factory.mktemp("notebooks") / "tiny book"
    shutil.copytree(TINY_BOOK, root)
    book = TinyBook(root)
    book.replace("mkdocs.yml", "verified-docs]", f"verified-docs, {JUPYTER}]")
    book.replace(
        "mkdocs.zh.yml", "  - verified-docs: {language: zh}", f"  - verified-docs: {{language: zh}}\n  - {JUPYTER}"
    )
    book.replace("mkdocs.yml", "nav: [", "not_in_nav: /notebooks/*.ipynb\nnav: [notebooks/index.md, basics/own.md, ")
    (root / "snippets/basics/own.py").write_text(OWN)
    for language, heading in PICTURES.items():
        folder = root / "docs" / language
        (folder / "notebooks").mkdir()
        for path, text in {"notebooks/index.md": INDEX, "basics/own.md": OWN_PAGE}.items():
            (folder / path).write_text(text if language == "en" else f"---\noriginal: {blob_id(text)}\n---\n\n{text}")
        html = '<div class="explorer">\n<i>Play</i>\n</div>'
        book.replace(f"docs/{language}/basics/sums.md", heading, f"{html}\n\n{heading}")
    book.run("extract")
    catalog = root / "snippets/basics/own.zh.po"
    catalog.write_text(re.sub('msgstr ""$', 'msgstr "自己的。"', catalog.read_text(), flags=re.MULTILINE))
    book.run("accept")
    done = book.run("build")
    assert done.returncode == 0, done.stderr
    return book


def cells(book: TinyBook, path: str, kind: str) -> list[nbformat.NotebookNode]:
    """The cells of one kind of a notebook that the format allows."""
    read = nbformat.read(book.root / "site" / path, as_version=4)
    nbformat.validate(read)
    return [cell for cell in read.cells if cell.cell_type == kind]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_notebook_has_the_published_code_in_its_order(book: TinyBook, language: str) -> None:
    path = "" if language == "en" else "zh/"
    found = [cell.source for cell in cells(book, f"{path}notebooks/basics.ipynb", "code")]

    published = (book.root / f"site/{path}basics/sums/index.md").read_text()
    blocks = [block for block in re.findall(r"```python\n(.*?)\n[ >]*```", published, re.DOTALL)]
    plain = [re.sub(r"^(?:    |> )", "", block, flags=re.MULTILINE) for block in blocks]
    # What is hidden from the page, and what a later cell needs, is there as well.
    hidden = 'words.append("<script>alert(1)</script> & ```")'
    assert [source for source in found if source != hidden] == plain
    assert found.index(hidden) == len(found) - 2


def test_a_notebook_has_what_came_out(book: TinyBook) -> None:
    code = cells(book, "zh/notebooks/basics.ipynb", "code")
    outputs = {cell.id: cell.outputs for cell in code}

    assert [cell.execution_count for cell in code] == [*range(1, len(code) + 1)]
    assert outputs["sums-numbers"][0].text == "和是 6.50\n"
    assert outputs["sums-mean"][0].data["text/plain"] == "2.1666666666666665"
    assert outputs["sums-divide"][0].ename == "ZeroDivisionError"
    assert [cell.id for cell in code if "raises-exception" in cell.metadata.get("tags", [])] == ["sums-divide"]
    figure = outputs["sums-picture"][0]
    assert figure.data["text/plain"] == "三个递增的数"
    assert "三个数" in figure.data["image/svg+xml"]


def test_a_notebook_runs_and_gives_the_same_again(book: TinyBook, tmp_path: Path) -> None:
    for name in ("basics", "basics-own"):
        read = nbformat.read(book.root / f"site/notebooks/{name}.ipynb", as_version=4)
        texts = [[one.get("text") or one.get("ename") for one in cell.get("outputs", [])] for cell in read.cells]

        NotebookClient(read, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()

        now = [[one.get("text") or one.get("ename") for one in cell.get("outputs", [])] for cell in read.cells]
        assert now == texts


def test_an_environment_of_its_own_is_set_before_anything_is_imported(book: TinyBook) -> None:
    assert 'os.environ["MINE"] = "yes"' in cells(book, "notebooks/basics-own.ipynb", "code")[0].source
    assert "MINE" not in str(cells(book, "notebooks/basics.ipynb", "code"))


def test_prose_of_a_file_has_no_links_that_lead_nowhere(book: TinyBook) -> None:
    prose = "\n".join(cell.source for cell in cells(book, "notebooks/basics-own.ipynb", "markdown"))

    assert "Sums" in prose and "](" not in prose


def test_raw_html_and_attributes_are_not_in_a_notebook(book: TinyBook) -> None:
    prose = "\n".join(cell.source for cell in cells(book, "zh/notebooks/basics.ipynb", "markdown"))

    assert "### 图\n" in prose + "\n"
    assert not re.search(r"<div|Play|\{#|!!!|^    ", prose, re.MULTILINE)


def test_a_page_of_a_notebook_is_one_of_the_site(book: TinyBook) -> None:
    page = (book.root / "site/zh/notebooks/basics/index.html").read_text()

    assert 'id="mean">平均' in page and 'href="#picture"' in page
    assert page.count("<h1") == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; ```" in page and "<script>alert(1)" not in page
    assert "data:image" not in page.partition("<article")[2] and "<style" not in page.partition("<article")[2]
    for theme in ("light", "dark"):
        address = f"../../assets/figures/basics/sums.picture.zh.{theme}.svg"
        assert f'src="{address}#only-{theme}"' in page
        assert (book.root / "site/zh/notebooks/basics" / address).exists()
    assert "<math" in page
    assert '<span class="filename">有意引发的异常</span>' in page
    assert 'href="../basics.ipynb" download="basics.ipynb"' in page


def test_code_of_a_page_has_no_elements_that_look_like_others() -> None:
    code = '<span class="n">f</span><span class="p">((</span><span class="o">-</span><span class="mi">1</span>'

    assert lighter(code) == 'f<span class="p">((-</span><span class="mi">1</span>'


def test_pages_and_the_list_lead_to_notebooks(book: TinyBook) -> None:
    page = (book.root / "site/basics/sums/index.html").read_text()
    index = (book.root / "site/notebooks/index.html").read_text()

    assert page.count('href="../../notebooks/basics/#sums"') == 1
    assert 'id="sums">Sums' in (book.root / "site/notebooks/basics/index.html").read_text()
    assert 'href="basics/"' in index and 'href="basics.ipynb"' in index and 'href="basics-own/"' in index


def test_nothing_leads_to_another_host_until_it_is_set(book: TinyBook, tmp_path: Path) -> None:
    for file in (book.root / "site").rglob("notebooks/**/index.html"):
        assert "colab" not in file.read_text()
    other = TinyBook(tmp_path / "tiny book")
    shutil.copytree(book.root, other.root)
    kept = (other.root / "mkdocs.yml").read_text()
    urls = "repo_url: https://github.com/some/where\nsite_url: https://example.org/book/\n"
    (other.root / "mkdocs.yml").write_text(urls + kept)

    assert other.run("build").returncode == 0

    page = (other.root / "site/zh/notebooks/basics/index.html").read_text()
    assert 'href="https://colab.research.google.com/github/some/where/blob/notebooks/zh/basics.ipynb"' in page
    prose = "\n".join(cell.source for cell in cells(other, "zh/notebooks/basics-own.ipynb", "markdown"))
    assert "[Sums](https://example.org/book/zh/basics/sums/#mean)" in prose
    assert "](https://example.org/book/zh/basics/sums/index.md)" in (other.root / "site/zh/llms.txt").read_text()


@pytest.mark.parametrize("language", ["", "zh/"])
def test_each_page_is_there_as_markdown_and_listed(book: TinyBook, language: str) -> None:
    root = book.root / "site" / language
    listed = re.findall(r"^- \[.+\]\((.+)\)$", (root / "llms.txt").read_text(), re.MULTILINE)
    pages = {file.parent for file in root.rglob("index.html") if (file.parent / "index.md").exists()}

    assert {(root / path).parent for path in listed} == {one for one in pages if language or "zh" not in one.parts}
    text = (root / "basics/sums/index.md").read_text()
    figure = re.search(r"!\[.+\]\((.+\.svg)\)", text)
    assert figure and (root / "basics/sums" / figure[1]).resolve().is_file()
    assert "{{" not in text and "cell=" not in text
    assert "](basics/sums/index.md#picture)" in (root / "index.md").read_text()


def test_the_evidence_is_as_its_schema_says(book: TinyBook) -> None:
    schema = json.loads((book.root / "site" / SCHEMA.name).read_text())
    evidence = json.loads((book.root / "site/verification.json").read_text())

    jsonschema.validate(evidence, schema, cls=jsonschema.Draft202012Validator)
    known = schema["$defs"]["cell"]["properties"].keys()
    assert {key for cell in evidence["cells"] for key in cell} == known
    assert evidence["environment"].keys() <= schema["properties"]["environment"]["properties"].keys()
    for field in (*known, *schema["properties"]):
        for language in ("en", "zh"):
            page = Path(__file__).parents[1] / f"docs/{language}/contributing.md"
            assert f"`{field}`" in page.read_text(encoding="utf-8")
