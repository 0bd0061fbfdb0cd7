"""Two languages: the switch keeps the place, search engines hear of both, and what is missing or behind is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from books import TinyBook
from hosting import hosted
from reading import CHAPTER, DESKTOP, SITE, dressed, opened

SITE_URL = "https://example.org/book/"
NAMES = {"": "http://www.sitemaps.org/schemas/sitemap/0.9", "xhtml": "http://www.w3.org/1999/xhtml"}


@pytest.mark.parametrize("path", [CHAPTER, f"zh/{CHAPTER}"])
def test_the_switch_leads_to_the_same_page_and_back(context: BrowserContext, path: str) -> None:
    page = opened(context, path)
    start = page.url
    other = path.removeprefix("zh/") if path.startswith("zh/") else f"zh/{path}"

    page.locator("nav.languages a").click()
    page.wait_for_url(f"**/{other}")
    page.locator("nav.languages a").click()
    page.wait_for_url(start)


@pytest.mark.parametrize(("here", "there"), [("", "zh/"), ("zh/", "")])
def test_the_switch_keeps_the_section_of_the_address(context: BrowserContext, here: str, there: str) -> None:
    page = opened(context, f"{here}{CHAPTER}#roc")
    page.locator("nav.languages a").click()
    page.wait_for_url(f"**/{there}{CHAPTER}#roc")

    expect(page.locator("#roc")).to_be_in_viewport()


def test_the_switch_keeps_the_section_that_is_being_read(context: BrowserContext) -> None:
    page = opened(context, f"{CHAPTER}#accuracy")
    page.locator("#roc").scroll_into_view_if_needed()
    page.mouse.wheel(0, 600)
    expect(page.locator("#roc")).not_to_be_in_viewport()

    page.locator("nav.languages a").click()
    page.wait_for_url(f"**/zh/{CHAPTER}#roc")


def test_without_scripts_the_switch_still_leads_to_the_page(browser: Browser, address: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}zh/{CHAPTER}")
    page.locator("nav.languages a").click()

    page.wait_for_url(f"{address}{CHAPTER}")
    page.close()


def test_without_an_address_of_the_site_there_is_no_sitemap() -> None:
    assert not list(SITE.rglob("sitemap.xml*"))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> TinyBook:
    """A book that knows where it will be, with a Chinese page that is behind."""
    book = dressed(tmp_path_factory.mktemp("languages") / "book")
    book.replace("docs/en/basics/sums.md", "The sum is", "All in all, the sum is")
    book.replace("docs/en/basics/sums.md", "\n$x^2$", "\nA square: $x^2$")
    book.replace("mkdocs.yml", 'report_url: ""', 'report_url: "https://example.org/new?title={page}"')
    done = book.run("build", SITE_URL=SITE_URL, REPO_URL="https://github.com/some/where")
    assert done.returncode == 0, done.stderr
    return book


@pytest.fixture(scope="module")
def book_address(book: TinyBook) -> Iterator[str]:
    with hosted(book.root / "site", "/book/") as address:
        yield address


@pytest.mark.parametrize("path", ["zh/basics/sums/", "notebooks/basics/"])
def test_a_link_to_the_repository_asks_nobody(browser: Browser, book_address: str, path: str) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda one: one.url.startswith((book_address, "data:")) or said.append(one.url))

    page.goto(book_address + path, wait_until="networkidle")

    assert page.locator("a[href='https://github.com/some/where']").count()
    colab = "https://colab.research.google.com/github/some/where/blob/notebooks/en/basics.ipynb"
    assert page.locator(f"a[href='{colab}']").count() == path.startswith("notebooks/")
    assert said == []
    page.close()


def test_the_sitemap_names_every_page_in_both_languages(book: TinyBook) -> None:
    root = ElementTree.fromstring(book.files()["sitemap.xml"])
    paths = ["", "basics/sums/", "evidence/", "notebooks/basics/"]

    found = {
        str(url.findtext("loc", "", NAMES)): {
            link.get("hreflang"): link.get("href") for link in url.findall("xhtml:link", NAMES)
        }
        for url in root.findall("url", NAMES)
    }
    assert set(found) == {SITE_URL + prefix + path for prefix in ("", "zh/") for path in paths}
    for address, languages in found.items():
        path = address.removeprefix(SITE_URL).removeprefix("zh/")
        english = SITE_URL + path
        assert languages == {"en": english, "zh": f"{SITE_URL}zh/{path}", "x-default": english}
    assert "zh/sitemap.xml" not in book.files()


def test_a_page_says_where_to_report_an_error_where_that_is_set(book: TinyBook) -> None:
    for prefix in ("", "zh/"):
        page = book.files()[f"{prefix}basics/sums/index.html"].decode()
        assert 'href="https://example.org/new?title=basics/sums.md"' in page
    assert "/new?" not in (SITE / CHAPTER / "index.html").read_text(encoding="utf-8")


def test_a_page_says_its_own_address_and_names_no_other_language_in_its_head(book: TinyBook) -> None:
    for prefix in ("", "zh/"):
        page = book.files()[f"{prefix}basics/sums/index.html"].decode()
        head = page[: page.index("</head>")]
        assert f'<link rel="canonical" href="{SITE_URL}{prefix}basics/sums/">' in head
        assert "hreflang" not in head


def test_a_page_that_is_behind_says_so_in_its_language(browser: Browser, book_address: str) -> None:
    page = browser.new_page(viewport=DESKTOP)
    page.goto(f"{book_address}zh/basics/sums/")
    notice = page.locator(".admonition.warning")

    expect(notice).to_have_count(1)
    expect(notice).to_be_in_viewport()
    expect(notice).to_contain_text("英文原文又改过")
    page.goto(f"{book_address}basics/sums/")
    expect(page.locator(".admonition.warning")).to_have_count(0)
    page.goto(f"{book_address}zh/")
    expect(page.locator(".admonition.warning")).to_have_count(0)
    page.close()


@pytest.mark.parametrize("path", ["nothing", "nothing/", "zh/nothing", "evaluation/a/b/c/d.html"])
def test_a_missing_page_leads_home_from_any_depth(browser: Browser, book_address: str, path: str) -> None:
    page = browser.new_page(viewport=DESKTOP)
    page.goto(book_address + path)

    assert [link.evaluate("link => link.href") for link in page.locator("a").all()] == [
        book_address,
        f"{book_address}zh/",
    ]
    assert page.locator("[lang=zh]").inner_text().startswith("没有这个页面")
    assert page.locator("h2").first.inner_text() == "There is no such page"
    page.close()


@pytest.mark.parametrize("prefix", ["/", "/sub/path/"])
@pytest.mark.parametrize("path", ["nothing", "zh/a/b/nothing/"])
def test_a_missing_page_leads_home_where_nobody_said_what_the_address_is(
    browser: Browser, prefix: str, path: str
) -> None:
    with hosted(SITE, prefix) as address:
        page = browser.new_page(viewport=DESKTOP)
        page.goto(address + path)

        expect(page.locator("a").first).to_have_attribute("href", re.compile(rf"^{re.escape(prefix)}$"))
        page.locator("a[hreflang=zh]").click()
        page.wait_for_url(f"{address}zh/")
        page.close()
