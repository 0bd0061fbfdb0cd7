"""How editions are made: from a book of any size, the same bytes each time, and linked to only while they are there."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from books import TinyBook
from reading import SITE, dressed
from tools import CHROMIUM, found
from verified_docs.project import LANGUAGES, PDF, ZIP


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> TinyBook:
    """A tiny book with editions."""
    found(*CHROMIUM)
    book = dressed(tmp_path_factory.mktemp("editions") / "tiny book")
    done = book.run("editions")
    assert done.returncode == 0, done.stderr
    assert "editions/verified-tensorflow-en.pdf" in done.stdout
    return book


def linked(site: Path) -> list[str]:
    """The pages that link to editions."""
    return [
        file.relative_to(site).as_posix()
        for file in sorted(site.rglob("index.html"))
        if 'class="editions"' in file.read_text(encoding="utf-8")
    ]


def test_the_home_pages_link_to_them(book: TinyBook) -> None:
    site = book.root / "site"
    assert linked(site) == ["index.html", "zh/index.html"]
    for language, path in (("en", "index.html"), ("zh", "zh/index.html")):
        line = re.search(r'<p class="editions">.*?</p>', (site / path).read_text(encoding="utf-8"), re.DOTALL)
        assert line
        targets = [(site / path).parent / one for one in re.findall(r'href="([^"]*)"', line[0])]
        assert [one.resolve() for one in targets] == [site / PDF[language], site / ZIP]


def test_the_same_book_is_the_same_bytes(book: TinyBook) -> None:
    first = book.files("site")
    assert book.run("editions").returncode == 0
    assert book.files("site") == first
    date = PdfReader(io.BytesIO(first[PDF["en"]])).metadata
    assert date and date.creation_date_raw == date.modification_date_raw and "000000" in str(date.creation_date_raw)


def test_without_editions_nothing_is_left_of_them(book: TinyBook) -> None:
    assert book.run("build").returncode == 0
    site = book.root / "site"
    assert linked(site) == [] and not (site / ZIP).exists()
    assert book.run("editions").returncode == 0


@pytest.mark.parametrize(
    ("environment", "fact", "step"),
    [
        ({"PATH": "/nowhere"}, "Chromium is missing", "apt-get install chromium"),
        ({"FONTCONFIG_FILE": "FONTS"}, "no font has Chinese characters", "apt-get install fonts-noto-cjk"),
    ],
)
def test_what_is_missing_is_said_and_the_site_stays(
    book: TinyBook, tmp_path: Path, environment: dict[str, str], fact: str, step: str
) -> None:
    fonts = tmp_path / "fonts.conf"
    fonts.write_text("<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir></fontconfig>")
    before = book.files("site")
    done = book.run("editions", **{name: value.replace("FONTS", str(fonts)) for name, value in environment.items()})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"make editions: {fact}\n") and step in done.stderr and done.stderr.count("\n") == 2
    assert book.files("site") == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cheat_sheet_prints_on_two_pages(browser: Browser, language: str) -> None:
    page = browser.new_page()
    page.goto((SITE / ("" if language == "en" else language) / "cheat-sheet/index.html").as_uri())
    assert len(PdfReader(io.BytesIO(page.pdf(format="A4"))).pages) <= 2
    page.close()
