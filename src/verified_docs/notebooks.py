"""A chapter as a notebook: its pages in the order of the navigation, with the code that they show and what it gave."""

from __future__ import annotations

import ast
import builtins
import functools
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from . import check, downloads
from .build import Book
from .contents import Chapter
from .embed import Shown, embed, front_matter
from .flavours import CHINESE_FONTS, figure_name
from .ipynb import NbCell, cell_that_ran, code_cell, markdown_cell, unused_id, written
from .jupyter import MARK, SIGN, Marks, parts, relinked, simplified, without_attributes
from .parse import Cell
from .project import ALONE, NOTEBOOK, NOTEBOOKS, RESET, Page
from .runnable import environment_lines
from .runs import CellRun

WORDS = {
    "en": {
        "title": "Notebook: {title}",
        "about": "Each output in this notebook came from the code above it, in a run of the published version. "
        "To run the cells yourself, set up once: `python -m pip install {packages}`",
        "exercise": "*(On the page there is an exercise here, with tests, hints and a solution.)*",
        "exercises": "Exercises of this chapter: {links}.",
        "between": ", ",
        "download": "Download the notebook",
        "colab": "Open in Colab",
        "of": ": ",
        "list": "; ",
        "live": "Notebooks are made by `make site`.",
        "copy": "Copy to clipboard",
    },
    "zh": {
        "title": "笔记本：{title}",
        "about": "本笔记本中的每个输出都由它上面的代码产生，来自发布版本的运行。"
        "要自己运行这些单元，先安装一次：`python -m pip install {packages}`",
        "exercise": "*（页面上此处有一道练习，附测试、提示和参考解答。）*",
        "exercises": "本章的练习：{links}。",
        "between": "、",
        "download": "下载笔记本",
        "colab": "在 Colab 中打开",
        "of": "：",
        "list": "；",
        "live": "笔记本由 `make site` 生成。",
        "copy": "复制",
    },
}
# Without a font with Chinese characters matplotlib draws boxes.
FONTS = {
    "zh": "\n\n若图中的汉字显示成方框，请在画图之前加上 "
    f'`plt.rcParams["font.sans-serif"] = {CHINESE_FONTS}`'
    "（依次是 Windows、macOS、Linux 的字体；Linux 上可安装 fonts-noto-cjk 或 fonts-wqy-microhei）。"
}
# Where Colab finds what the publishing workflow pushes.
GITHUB = re.compile(r"https://github\.com/(?P<repository>[\w.-]+/[\w.-]+?)(?:\.git)?/?")
BRANCH = "notebooks"
COLAB = "https://colab.research.google.com/github/{repository}/blob/{branch}/{language}/{file}"
CELL = re.compile(f"<p>{SIGN}(?P<number>[0-9]+){SIGN}</p>")
RESETS = {
    language: f"import keras\n\nkeras.utils.clear_session()  # {comment}"
    for language, comment in {"en": "count the names of layers anew", "zh": "层的名称从头编号"}.items()
}
BUILTINS = frozenset(dir(builtins))
PAGE_HEADING = 1
Place = tuple[str, str]
"""A page's path and the id of a heading; the page as a whole has none."""


@dataclass(frozen=True)
class Notebook:
    """Pages of one language that run in one kernel. `alone` says that it is a page beside the rest of its chapter."""

    book: Book
    name: str
    title: str
    pages: tuple[Page, ...]
    exercises: tuple[Page, ...] = ()
    """The pages of the chapter that have exercises, which have notebooks of their own."""
    alone: bool = False

    @property
    def language(self) -> str:
        """The language of its pages."""
        return self.pages[0].language

    @property
    def file(self) -> str:
        """The name of its file, in the folder of the notebooks of its language."""
        return f"{self.name}.ipynb"

    @functools.cached_property
    def headings(self) -> dict[Place, check.Heading]:
        """The headings of its pages, by their places."""
        found = {}
        for page in self.pages:
            for heading in check.headings(page):
                found[page.path, "" if heading.level == PAGE_HEADING else heading.id] = heading
        return found

    @functools.cached_property
    def ids(self) -> dict[Place, str]:
        """The id of each heading in the notebook: as on its page where it is the only one there."""
        wanted = {place: place[1] or _stem(place[0]) for place in self.headings}
        count = Counter(wanted.values())
        return {
            place: name if count[name] == 1 or not place[1] else f"{_stem(place[0])}-{name}"
            for place, name in wanted.items()
        }

    def deeper(self, heading: check.Heading) -> int:
        """The level that a heading of a page has in the notebook."""
        return heading.level + (not self.alone)


def notebooks(book: Book, language: str, chapters: Sequence[Chapter]) -> Iterator[Notebook]:
    """The notebooks of a language: one per chapter, and one for each page that can share no kernel."""
    pages = {page.path: page for page in book.text.pages if page.language == language}
    for chapter in chapters:
        known = [pages[path] for path in chapter.pages if path in pages]
        exercises = tuple(page for page in known if any(not one.cell for one in book.text.references[page].cells))
        shown = [page for page in known if page not in exercises or _cells(book, page)]
        apart = [page for page in shown if _environment(book, page) or dict(page.meta).get(NOTEBOOK) == ALONE]
        together = tuple(page for page in shown if page not in apart)
        if any(_cells(book, page) for page in together):
            title = chapter.title or _title(together[0])
            yield Notebook(book, chapter.name, title, together, exercises)
        for page in apart:
            yield Notebook(book, f"{chapter.name}-{_stem(page.path)}", _title(page), (page,), alone=True)


def _cells(book: Book, page: Page) -> list[tuple[str, str]]:
    return [(one.module, one.cell) for one in book.text.references[page].cells if one.cell]


def _environment(book: Book, page: Page) -> tuple[tuple[str, str], ...]:
    """What has to be set before the first cell of a page, which then can share no kernel."""
    modules = (book.text.modules[module] for module, _ in _cells(book, page))
    return next((module.environment for module in modules if module.environment), ())


def _stem(path: str) -> str:
    """The name of a page in its chapter; that of the chapter for its first page."""
    stem = posixpath.basename(path).removesuffix(".md")
    return posixpath.dirname(path) if stem == "index" else stem


def _title(page: Page) -> str:
    return next((one.title for one in check.headings(page) if one.level == PAGE_HEADING), page.path)


# What is in it, for the file and for the page


@dataclass(frozen=True)
class Target:
    """How the prose of a notebook is written for whoever shows it.

    `link` is given a page and the address of a link on it, and says where it leads, or None for the text alone.
    `heading` is given the id of a heading and says what stands behind its text.
    """

    link: Callable[[Page, str], str | None]
    heading: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class CodeCell:
    """A cell of code: what ran and what it gave; with no run, what was put there to prepare the kernel."""

    name: str
    source: str
    run: CellRun | None = None
    figure: str = ""
    alt: str = ""


def content(notebook: Notebook, target: Target) -> Iterator[str | CodeCell]:
    """Prose and code below the title, in order. A new piece of prose begins at each heading and below each cell."""
    done: set[tuple[str, str]] = set()
    for page in notebook.pages:
        preparation = list(_preparation(notebook, page))
        for part in _prose(notebook, page, target):
            mark = MARK.fullmatch(part)
            if mark is None:
                yield part
                continue
            cells = list(_with_hidden(notebook, page, mark["module"], mark["cell"], done))
            yield from (one for one in preparation if one.source not in cells[0].source)
            preparation = []
            yield from cells


def _preparation(notebook: Notebook, page: Page) -> Iterator[CodeCell]:
    """What has to be done before the first cell of a page."""
    if environment := _environment(notebook.book, page):
        yield CodeCell("environment", "\n".join(environment_lines(environment)))
    if page != notebook.pages[0] and dict(page.meta).get(NOTEBOOK) == RESET:
        yield CodeCell("reset", RESETS[page.language])


def _prose(notebook: Notebook, page: Page, target: Target) -> Iterator[str]:
    """The page in simple Markdown, cut where cells are."""
    book = notebook.book
    text = embed(
        page.text,
        book.text.references[page],
        lambda module, cell: Shown(module, "", CellRun(cell, "skipped")),
        functools.partial(book.value, page.language),
        book.address,
        functools.partial(book.explorer, page),
        Marks(page.language, WORDS[page.language]["exercise"]),
    )
    lines = text.split("\n")[front_matter(text) :]
    if notice := book.notice(page):
        title = next((number for number, line in enumerate(lines, 1) if line.startswith("# ")), 0)
        lines[title:title] = ["", *notice, ""]
    yield from parts(simplified("\n".join(lines), functools.partial(_line, notebook, page, target)))


def _line(notebook: Notebook, page: Page, target: Target, line: str) -> str:
    """A line of prose for the target."""
    line = relinked(line, functools.partial(target.link, page))
    heading = check.HEADING.fullmatch(line)
    if not heading:
        return without_attributes(line)
    level = len(heading["level"])
    if level == PAGE_HEADING and notebook.alone:
        return ""
    place = page.path, "" if level == PAGE_HEADING else heading["id"] or ""
    name = notebook.ids.get(place, "")
    return f"{'#' * (level + (not notebook.alone))} {heading['text']}" + (target.heading(name) if name else "")


def _with_hidden(
    notebook: Notebook, page: Page, module: str, cell: str, done: set[tuple[str, str]]
) -> Iterator[CodeCell]:
    """The cell as it is published, below the hidden ones above it that it or later ones need."""
    book, run = notebook.book, (module, page.language)
    for one in book.text.modules[module].run_cells:
        needed = one.name == cell or (one.hide and (module, one.name) not in done and _is_needed(book, module, one))
        if needed:
            done.add((module, one.name))
            figure = figure_name(module, one.name, page.language, "light").removesuffix(".light.svg")
            alts = [ref.alt for ref in book.text.references[page].cells if (ref.module, ref.cell) == (module, cell)]
            name = f"{posixpath.basename(module).removesuffix('.py')}-{one.name}"
            yield CodeCell(name, book.source(run, one), book.outcomes[run].cell(one.name), figure, alts[0] or "")
        if one.name == cell:
            return


def _is_needed(book: Book, module: str, hidden: Cell) -> bool:
    """Whether a cell below a hidden one speaks of something that the hidden one speaks of."""
    below = [cell for cell in book.text.modules[module].run_cells if cell.line > hidden.line and not cell.hide]
    return any(_names(hidden.source) & _names(cell.source) for cell in below)


def _names(source: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)} - BUILTINS


# The file


def ipynb(notebook: Notebook, site_url: str) -> str:
    """The notebook as a file that carries all its figures. `site_url` is where the site is, or empty."""
    target = Target(functools.partial(_link_in_file, notebook, site_url), lambda name: "")
    cells = [markdown_cell("title", f"# {notebook.title}\n\n{about(notebook)}")]
    used = {"title"}
    number = 0
    for part in content(notebook, target):
        name = unused_id(_id_of(part), used)
        used.add(name)
        if isinstance(part, str):
            cells.append(markdown_cell(name, part))
        else:
            number += 1
            cells.append(_code(part, name, number))
    return written(cells)


def _code(part: CodeCell, name: str, number: int) -> NbCell:
    if part.run is None:
        return code_cell(name, part.source, number)
    return cell_that_ran(name, part.source, part.run, number, part.figure, part.alt)


def _id_of(part: str | CodeCell) -> str:
    """Ids of prose are numbered: those of headings are for pages."""
    return "text" if isinstance(part, str) else part.name


def about(notebook: Notebook) -> str:
    """What stands below the title."""
    book = notebook.book
    modules = {(module, page.language) for page in notebook.pages for module, _ in _cells(book, page)}
    sources = [book.programs[run] for run in sorted(modules)]
    packages = downloads.versions(sources)
    text = WORDS[notebook.language]["about"].format(packages=" ".join(packages[name] for name in sorted(packages)))
    return text + FONTS.get(notebook.language, "")


def _link_in_file(notebook: Notebook, site_url: str, page: Page, target: str) -> str | None:
    """Within the notebook as Jupyter names headings, else on the site; a file knows no other addresses."""
    parts = urlsplit(target)
    if parts.scheme:
        return target
    path = _path(page, target)
    here = notebook.headings.get((path, parts.fragment))
    if here and [one.title for one in notebook.headings.values()].count(here.title) == 1:
        if notebook.alone and here.level == PAGE_HEADING:
            return None
        return "#" + jupyter_anchor(here.title)
    if not site_url:
        return None
    other = next((one for one in notebook.book.text.pages if (one.language, one.path) == (page.language, path)), None)
    address = other.url if other else page.root + path
    return site_url.rstrip("/") + "/" + address + (f"#{parts.fragment}" if parts.fragment else "")


def jupyter_anchor(title: str) -> str:
    """The fragment by which Jupyter finds a heading: its text with hyphens for spaces."""
    text = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", title)
    return re.sub(r"[()<>%\"]", lambda sign: quote(sign[0]), text.replace(" ", "-"))


# The page


def page_markdown(notebook: Notebook, repo_url: str) -> str:
    """The prose of the page, with a mark for each cell of code: `in_place` puts that there.

    `repo_url` is where the project is kept, or empty.
    """
    target = Target(functools.partial(_link_on_page, notebook), lambda name: f" {{#{name}}}")
    found = [f"# {notebook.title} {{#notebook}}", offers(notebook, repo_url), about(notebook)]
    number = 0
    for part in content(notebook, target):
        number += isinstance(part, CodeCell)
        found.append(part if isinstance(part, str) else f"{SIGN}{number}{SIGN}")
    return "\n\n".join(found) + "\n"


def offers(notebook: Notebook, repo_url: str) -> str:
    """What can be done with the notebook, and where the chapter's exercises are."""
    words = WORDS[notebook.language]
    lines = [f'<a class="button" href="../{notebook.file}" download="{notebook.file}">{words["download"]}</a>']
    if match := GITHUB.fullmatch(repo_url):
        address = COLAB.format(**match.groupdict(), branch=BRANCH, language=notebook.language, file=notebook.file)
        lines.append(f"[{words['colab']}]({address})")
    if notebook.exercises:
        links = (f"[{_title(page)}](../{page.path})" for page in notebook.exercises)
        lines += ["", words["exercises"].format(links=words["between"].join(links))]
    return "\n".join(lines)


def listing(language: str, found: Sequence[Notebook]) -> str:
    """The list on the page of the notebooks; a site that is being written has none."""
    if not found:
        return WORDS[language]["live"]
    lines = []
    for one in found:
        download = f'<a href="{one.file}" download="{one.file}">{one.file}</a>'
        pages = "" if one.alone else WORDS[language]["of"] + WORDS[language]["list"].join(map(_title, one.pages))
        lines.append(f"- [{one.title}]({one.file}) ({download}){pages}")
    return "\n".join(lines)


def in_place(html: str, cells: Sequence[str]) -> str:
    """The page's prose as HTML, with the cells of code, as HTML, in the place of their marks."""
    return CELL.sub(lambda match: cells[int(match["number"]) - 1], html)


def _link_on_page(notebook: Notebook, page: Page, target: str) -> str:
    """Within the notebook, or from its page to another one."""
    parts = urlsplit(target)
    if parts.scheme:
        return target
    path = _path(page, target)
    if name := notebook.ids.get((path, parts.fragment)):
        return f"#{name}"
    return posixpath.relpath(path, NOTEBOOKS) + (f"#{parts.fragment}" if parts.fragment else "")


def _path(page: Page, target: str) -> str:
    """The path of the file of the same language that a link on a page leads to."""
    path = urlsplit(target).path
    return posixpath.normpath(posixpath.join(posixpath.dirname(page.path), path)) if path else page.path
