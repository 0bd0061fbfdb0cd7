"""The pages of a language put together into one document, which a browser prints as a book."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import jinja2
from bs4 import BeautifulSoup, Tag

TEMPLATE = Path(__file__).with_name("paper.html")
STYLE = Path(__file__).with_name("paper.css")
WORDS = {
    "en": {
        "contents": "Contents",
        "ran": "Every example was run, last on {day}, with {versions}.",
        "answers": "Hints and solutions",
        "answer": "Hints and solution",
        "task": "The task",
        "page": (", page ", ""),
        "between": ", ",
    },
    "zh": {
        "contents": "目录",
        "ran": "每个示例都运行过，最近一次在 {day}，环境是 {versions}。",
        "answers": "提示与参考解答",
        "answer": "提示与参考解答",
        "task": "题目",
        "page": ("，第 ", " 页"),
        "between": "、",
    },
}
HOME = ""
# The list of chapters on the home page, and the contents of the book.
CONTENTS = "chapters"
ANSWERS = "answers"
# What only a screen has a use for: things to click, the dark one of two figures, and data for scripts.
ON_SCREEN = ".headerlink, .evidence, script, img[src$='#only-dark']"
# What of the home page is said elsewhere in the book: its title, the first examples, the list of chapters.
ON_TITLE_PAGE = "h1, .other-name, .hero, .example, .chapters, #chapters"
# Code of so many lines is divided where the page ends, or half of the page before it may stay empty.
LONG = 24
HEADINGS = ("h1", "h2", "h3", "h4", "h5")
# The words of code that have the colour of all text. There are some fifty thousand, and a printed book describes each.
PLAIN_WORD = re.compile(r'<span class="(?:n|o|p|w)">([^<]*)</span>')


@dataclass(frozen=True, slots=True)
class Chapter:
    """Pages under one title, by their addresses from the root of the language; a page by itself has no title."""

    title: str
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """What is printed: pages of one language as the site has them, in the order of the book.

    `read` gives the HTML of a page. `site_url` is where the language's pages are, or empty. `licence` is HTML.
    """

    language: str
    title: str
    chapters: tuple[Chapter, ...]
    read: Callable[[str], str]
    site_url: str = ""
    licence: str = ""
    versions: tuple[str, ...] = ()
    day: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Hints and solution of an exercise, which stand at the end of the book."""

    section: str
    title: str
    parts: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page on its way into the book. `level` is that of its first heading there."""

    url: str
    title: str
    level: int
    article: Tag
    answers: tuple[Answer, ...]

    @property
    def place(self) -> str:
        """What the page is called in the document."""
        return place(self.url)


def place(url: str, section: str = "") -> str:
    """What a page, or a section of it, is called in the document."""
    return (url or "index/") + (f":{section}" if section else "")


def answer_place(url: str, section: str = "") -> str:
    """What the answers to the exercises of a page are called in the document, or those to one of them."""
    return f"{ANSWERS}:{place(url, section)}"


def document(edition: Edition) -> str:
    """The document. Where the number of a page belongs, there is an element whose `data-page-of` names the place.

    Nothing is folded on paper, so hints and solutions stand at the end: who reads a task should not read the answer
    by accident.
    """
    home = _parsed(edition.read(HOME))
    frame = _Frame(
        [str(tag["href"]) for tag in home.select("link[rel=stylesheet]")],
        *(str(home.select_one(one) or "") for one in (".other-name", ".lead")),
    )
    sheets = [_sheet(HOME, home, 0, edition.language)]
    for chapter in edition.chapters:
        level = 2 if chapter.title else 1
        sheets += [_sheet(url, _parsed(edition.read(url)), level, edition.language) for url in chapter.pages]
    known = {sheet.url: {str(tag["id"]) for tag in sheet.article.select("[id]")} for sheet in sheets}
    known[HOME].add(CONTENTS)
    for sheet in sheets:
        for part in (sheet.article, *(part for answer in sheet.answers for part in answer.parts)):
            _mend(part, sheet, known, edition.site_url)
    return _rendered(edition, frame, sheets)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the book takes of the home page besides its text."""

    styles: Sequence[str]
    other_name: str
    lead: str


def _parsed(html: str) -> BeautifulSoup:
    return BeautifulSoup(PLAIN_WORD.sub(r"\1", html), "html.parser")


def _sheet(url: str, page: BeautifulSoup, level: int, language: str) -> Sheet:
    article = page.select_one("article")
    assert article is not None, f"{url} has no article"
    heading = article.select_one("h1")
    for tag in article.select(ON_SCREEN + (f", {ON_TITLE_PAGE}" if url == HOME else "")):
        tag.decompose()
    title = heading.get_text().strip() if heading and url != HOME else ""
    return Sheet(url, title, level, article, tuple(_taken_answers(url, article, language)))


def _taken_answers(url: str, article: Tag, language: str) -> Iterator[Answer]:
    """Take the answers out of the article; a link to them is left."""
    section, title = "", ""
    taken: dict[tuple[str, str], list[Tag]] = {}
    for tag in article.select("h1, h2, h3, details.answer"):
        if tag.name != "details":
            section, title = str(tag.get("id", "")), tag.get_text().strip()
            continue
        if (section, title) not in taken:
            words = WORDS[language]["answer"]
            tag.insert_before(_parsed(numbered(language, words, answer_place(url, section))))
        taken.setdefault((section, title), []).append(_unfolded(tag.extract()))
    for (section, title), parts in taken.items():
        yield Answer(section, title, tuple(parts))


def _unfolded(tag: Tag) -> Tag:
    tag.name = "div"
    if summary := tag.select_one("summary"):
        summary.name = "p"
        summary["class"] = "answer-title"
    return tag


def numbered(language: str, words: object, target: str) -> str:
    """A line with a link to a place in the document and the number of its page."""
    before, after = WORDS[language]["page"]
    page = f'{before}<span data-page-of="{target}">000</span>{after}'
    return f'<p class="other-place"><a href="#{target}">{words}</a>{page}</p>'


def _mend(part: Tag, sheet: Sheet, known: Mapping[str, set[str]], site_url: str) -> None:
    """Let links, names, pictures and headings of a page be right where they are in the document."""
    for tag in part.select("a[href]"):
        _mend_link(tag, sheet.url, known, site_url)
    for tag in (part, *part.select("[id]")):
        if tag.get("id"):
            tag["id"] = place(sheet.url, str(tag["id"]))
    for tag in part.select("img[src]"):
        tag["src"] = posixpath.normpath(posixpath.join(sheet.url, str(tag["src"]).partition("#")[0]))
        del tag["loading"]
    for tag in part.select("details"):
        tag["open"] = ""
    for tag in part.select("pre"):
        if tag.parent and tag.get_text().count("\n") > LONG:
            tag.parent["class"] = " ".join([*tag.parent.get_attribute_list("class"), "long"])
    for tag in part.find_all(HEADINGS):
        tag.name = f"h{int(tag.name[1]) + sheet.level - 1}"


def _mend_link(tag: Tag, here: str, known: Mapping[str, set[str]], site_url: str) -> None:
    """A link to a page of the book leads there; one to anything else, to the site, if it is known where that is."""
    href = str(tag["href"])
    parts = urlsplit(href)
    if parts.scheme or href.startswith(f"#{ANSWERS}:"):
        return
    target = posixpath.normpath(posixpath.join(here, parts.path)).removesuffix("index.html").strip("/")
    url = HOME if target == "." else f"{target}/"
    section = unquote(parts.fragment)
    if url in known:
        tag["href"] = "#" + place(url, section if section in known[url] else "")
    elif site_url:
        tag["href"] = urljoin(urljoin(site_url, here), href)
    else:
        tag.unwrap()


def _rendered(edition: Edition, frame: _Frame, sheets: Sequence[Sheet]) -> str:
    words = WORDS[edition.language]
    between = str(words["between"])
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        edition=edition,
        frame=frame,
        words=words,
        ran=str(words["ran"]).format(day=edition.day, versions=between.join(edition.versions)),
        style=STYLE.read_text(encoding="utf-8"),
        sheets={sheet.url: sheet for sheet in sheets},
        answered=[sheet for sheet in sheets if sheet.answers],
        home=HOME,
        contents=CONTENTS,
        answers=ANSWERS,
        place=place,
        answer_place=answer_place,
        numbered=numbered,
    )
