"""The site as a zip, unpacked and opened from its folder: everything that works on a server works there."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from reading import CHAPTER, DESKTOP, SITE, search
from verified_docs.project import ZIP
from visits import TO_THE_END

QUERIES = {
    "": {
        "confusion matrix": CHAPTER,
        "F1Score": CHAPTER,
        "learning rate schedule": "training/learning-rate/",
        "load_model": "saving/formats/",
        "broadcasting": "tensors/basics/",
    },
    "zh/": {
        "混淆矩阵": CHAPTER,
        "f1分数": CHAPTER,
        "阈值": "evaluation/thresholds/",
        "超参数": "training/regression/",
        "屋顶": "tensors/basics/",
    },
}
BLOCK = "evaluation/roc.py:tumours"
SHOWN = "[...document.images].filter(one => one.checkVisibility()).map(one => [one.src, one.naturalWidth])"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked folder, in one whose name has a space."""
    place = tmp_path_factory.mktemp("unpacked") / "my books 书"
    assert (SITE / ZIP).exists(), "make the editions first: make editions"
    with zipfile.ZipFile(SITE / ZIP) as archive:
        archive.extractall(place)
    (top,) = place.iterdir()
    return top


@pytest.fixture
def context(browser: Browser, folder: Path) -> Iterator[BrowserContext]:
    """A reader's browser, in which anything on the console and every request beyond the folder fails the test."""
    context = browser.new_context(
        viewport=DESKTOP, color_scheme="light", permissions=["clipboard-read", "clipboard-write"]
    )
    wrong: list[str] = []
    allowed = (folder.as_uri() + "/", "data:")
    context.on("console", lambda message: wrong.append(message.text))
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on("request", lambda request: request.url.startswith(allowed) or wrong.append(request.url))
    context.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
    yield context
    context.close()
    assert wrong == []


def opened(context: BrowserContext, folder: Path, path: str) -> Page:
    page = context.new_page()
    page.goto((folder / path / "index.html").as_uri())
    page.wait_for_load_state("networkidle")
    return page


def test_every_link_names_a_file(folder: Path) -> None:
    pages = list(folder.rglob("*.html"))
    assert len(pages) > 80
    for page in pages:
        text = re.sub(r"<pre.*?</pre>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for address in re.findall(r'\s(?:href|src)="([^"]*)"', text):
            parts = urlsplit(address)
            if not parts.scheme and parts.path:
                assert (page.parent / unquote(parts.path)).is_file(), f"{page}: {address}"


@pytest.mark.parametrize("prefix", QUERIES)
def test_the_search_finds(context: BrowserContext, folder: Path, prefix: str) -> None:
    page = opened(context, folder, prefix)
    for query, path in QUERIES[prefix].items():
        search(page, query)
        results = page.locator(".md-search-result__item > a")
        expect(results.first).to_be_visible()
        found = results.evaluate_all("links => links.map(link => decodeURI(link.pathname))")
        assert f"{folder}/{prefix}{path}index.html" in list(dict.fromkeys(found))[:5], query
    page.locator(f".md-search-result__item a[href*='{path}']").first.click()
    page.wait_for_url(f"**/{prefix}{path}index.html*")


@pytest.mark.parametrize("prefix", QUERIES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_have_their_figures(context: BrowserContext, folder: Path, prefix: str, scheme: str) -> None:
    page = opened(context, folder, prefix + CHAPTER)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.evaluate(TO_THE_END)
    figures = page.evaluate(SHOWN)
    assert len(figures) >= 3
    assert all(width and source.endswith(f"#only-{scheme}") for source, width in figures)
    colour = page.locator("body").evaluate("one => getComputedStyle(one).backgroundColor")
    assert colour == {"light": "rgb(252, 253, 254)", "dark": "rgb(23, 27, 34)"}[scheme]


@pytest.mark.parametrize("kind", ["copy", "copy-program"])
def test_code_is_copied(context: BrowserContext, folder: Path, kind: str) -> None:
    page = opened(context, folder, f"zh/{CHAPTER}")
    page.evaluate("navigator.clipboard.writeText('')")
    button = page.locator(f'[id="{BLOCK}"] ~ .evidence').first.locator(f".{kind}")
    button.click()
    page.wait_for_function("button => 'answered' in button.dataset", arg=button.element_handle())
    assert page.evaluate("navigator.clipboard.readText()") == button.evaluate("button => button.copies()") != ""


def test_blocks_say_with_what_they_ran(context: BrowserContext, folder: Path) -> None:
    page = opened(context, folder, CHAPTER)
    versions = json.loads((SITE / "verification.json").read_text(encoding="utf-8"))["environment"]
    line = page.locator(".evidence.first a:first-of-type").first
    line.scroll_into_view_if_needed()
    expect(line).to_contain_text(f"TensorFlow {versions['tensorflow']}")


def test_language_and_colours_are_switched_and_kept(context: BrowserContext, folder: Path) -> None:
    page = opened(context, folder, CHAPTER)
    for _ in range(2):  # from "as the system" to light, and to dark
        page.locator("label[for^=__palette]:visible").click()
    page.locator("#roc").scroll_into_view_if_needed()
    page.locator("nav.languages a").click()
    page.wait_for_url(f"**/zh/{CHAPTER}index.html#*")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    page.locator("nav.languages a").click()
    page.wait_for_url(f"{folder.as_uri()}/{CHAPTER}index.html#*")


@pytest.mark.parametrize("prefix", QUERIES)
def test_the_evidence_has_its_times_and_its_filter(context: BrowserContext, folder: Path, prefix: str) -> None:
    page = opened(context, folder, f"{prefix}evidence")
    expect(page.locator(".environment")).to_contain_text("TensorFlow")
    page.locator(".ledger [name=text]").fill("roc.py")
    shown = page.locator(".ledger tbody tr:visible")
    assert 10 < shown.count() < 100
    assert all("roc.py" in str(row.get_attribute("id")) for row in shown.all())
    assert re.fullmatch(r"\d+\.\d\d", shown.first.locator("td").last.inner_text())
