"""What readers take from a page: code that is what it says, programs that run, and evidence that is true."""

from __future__ import annotations

import functools
import http.server
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from chance import CHANCE
from verified_docs.build import Book, Runs, read_text
from verified_docs.project import LANGUAGES, find_project
from verified_docs.project import Page as Source
from verified_docs.runnable import runnable

PROJECT = find_project(Path(__file__))
SITE = PROJECT.root / "site"
TEXT = read_text(PROJECT)
# Exercises are shown as a whole: their blocks are no cells to take.
CELLS = {page: [one for one in TEXT.references[page].cells if one.cell] for page in TEXT.pages}
PAGES = [page for page in TEXT.pages if CELLS[page]]
# It shows a file of this project, and says so: copied, it runs in a checkout only.
HERE_ONLY = "benchmarks.md"
CHAPTER = "evaluation/classification/"
CLIPBOARD = ["clipboard-read", "clipboard-write"]
# What is in a tab is looked at by a press of its title.
SHOW = """button => {
  const tab = button.closest(".tabbed-block")
  tab?.closest(".tabbed-set").querySelectorAll("label")[[...tab.parentElement.children].indexOf(tab)].click()
}"""
# What each block has to offer, as its buttons would copy it.
BLOCKS = """[...document.querySelectorAll(".cell[id]")].map(block => {
  let line = block
  while (!line.matches(".evidence")) line = line.nextElementSibling
  const [source, program] = [".copy", ".copy-program"].map(kind => line.querySelector(kind).copies())
  return [block.id, block.querySelector("code").textContent, source, program]
})"""


@dataclass(frozen=True)
class Part:
    """A program that a reader copies: the module up to a cell, from a page."""

    page: Source
    module: str
    cell: str

    @property
    def raises(self) -> str | None:
        """What its last cell raises on purpose."""
        cell = TEXT.modules[self.module].cell(self.cell)
        assert cell
        return cell.raises

    def __str__(self) -> str:
        return f"{self.page.language}-{self.module}:{self.cell}"


def parts(language: str) -> list[Part]:
    """Every block of a language but the guests on the home page, and what runs in this project only."""
    return [
        Part(page, reference.module, reference.cell)
        for page in PAGES
        for reference in CELLS[page]
        if page.language == language and page.path not in {"index.md", HERE_ONLY}
    ]


def whole(language: str) -> list[Part]:
    """The last block of each module."""
    order = {(path, cell.name): cell.line for path, module in TEXT.modules.items() for cell in module.cells}
    last: dict[str, Part] = {}
    for part in sorted(parts(language), key=lambda part: order[part.module, part.cell]):
        last[part.module] = part
    return [last[module] for module in sorted(last)]


def prefixes() -> list[Part]:
    """A block by chance of each chapter, in a language by chance."""
    chapters = sorted({path.partition("/")[0] for path in TEXT.modules})
    return [
        CHANCE.choice([part for part in parts(CHANCE.choice(LANGUAGES)) if part.module.startswith(f"{chapter}/")])
        for chapter in chapters
    ]


# One language of each module, the other one next time: that both are the same program is checked at each build.
WHOLE = [CHANCE.choice(both) for both in zip(*(whole(language) for language in LANGUAGES), strict=True)]
MISTAKE = CHANCE.choice([part for part in parts(CHANCE.choice(LANGUAGES)) if part.raises])
PROGRAMS = list(dict.fromkeys([*WHOLE, *prefixes(), MISTAKE]))


@pytest.fixture(scope="module")
def book() -> Iterator[Book]:
    """The runs that the site was built from."""
    with Runs(PROJECT) as runs:
        yield runs.book(TEXT)


@pytest.fixture
def reader(context: BrowserContext) -> Page:
    """A page of a reader who may use the clipboard."""
    context.grant_permissions(CLIPBOARD)
    return context.new_page()


def line_of(page: Page, block: str) -> Locator:
    """What stands below a block."""
    return page.locator(f'[id="{block}"] ~ .evidence').first


def pressed(page: Page, block: str, kind: str) -> str:
    """What is in the clipboard after a press of a block's button."""
    page.evaluate("navigator.clipboard.writeText('')")
    button = line_of(page, block).locator(f".{kind}")
    button.evaluate(SHOW)
    button.click()
    page.wait_for_function("button => 'answered' in button.dataset", arg=button.element_handle())
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def evidence_of(cell: str, language: str) -> tuple[dict[str, str], dict[str, str | float]]:
    """The environment, and the entry of a cell, in `verification.json`."""
    evidence = json.loads((SITE / "verification.json").read_text(encoding="utf-8"))
    (entry,) = [one for one in evidence["cells"] if (one["id"], one["language"]) == (cell, language)]
    return evidence["environment"], entry


@pytest.mark.parametrize("source", PAGES, ids=lambda page: page.shown_path)
def test_each_block_of_a_page_offers_its_code_and_a_whole_program(reader: Page, book: Book, source: Source) -> None:
    reader.goto(source.url)
    offered = {name: (shown, code, program) for name, shown, code, program in reader.evaluate(BLOCKS)}

    expected = {}
    for reference in CELLS[source]:
        code = book.shown(source, reference.module, reference.cell).source
        run = reference.module, source.language
        drawn = {cell.name for cell in book.outcomes[run].cells for output in cell.outputs if output.figure}
        program = runnable(TEXT.modules[reference.module], book.programs[run], drawn).program(reference.cell)
        expected[f"{reference.module}:{reference.cell}"] = (f"{code}\n", code, program)
    assert offered == expected

    name, (_, code, program) = CHANCE.choice(list(expected.items()))
    assert pressed(reader, name, "copy") == code
    assert pressed(reader, name, "copy-program") == program


@pytest.mark.parametrize(("path", "copied"), [(CHAPTER, "Copied"), (f"zh/{CHAPTER}", "已复制")])
def test_the_keyboard_copies_and_the_answer_is_said(reader: Page, path: str, copied: str) -> None:
    reader.goto(path)
    button = line_of(reader, "evaluation/roc.py:tumours").locator(".copy")
    button.focus()
    reader.keyboard.press("Enter")

    reader.wait_for_function(
        "text => document.querySelector('body > [role=status].said').textContent === text", arg=copied
    )
    assert button.inner_text().strip() == copied
    assert button.evaluate("button => button === document.activeElement")
    reader.wait_for_function("() => document.querySelector('body > [role=status].said').textContent === ''")
    assert button.inner_text().strip() in {"Copy", "复制"}


def run_by_itself(program: str, home: Path, fonts: Path) -> subprocess.CompletedProcess[str]:
    """What a new Python makes of the program, in a home and a folder of its own."""
    file = home / "program.py"
    file.write_text(program, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TF_", "KERAS"))}
    # That matplotlib looks for fonts each time would be most of the time.
    own = {"HOME": str(home), "KERAS_HOME": str(home / ".keras"), "MPLBACKEND": "Agg", "MPLCONFIGDIR": str(fonts)}
    command = [sys.executable, str(file)]
    return subprocess.run(command, cwd=home, env=kept | own, capture_output=True, text=True, timeout=900)


@pytest.fixture(scope="module")
def programs(
    browser: Browser, address: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[subprocess.CompletedProcess[str]]]]:
    """The programs, copied by a press of their buttons, and each run by itself, one per core at a time."""
    context = browser.new_context(base_url=address)
    context.grant_permissions(CLIPBOARD)
    page = context.new_page()
    fonts = tmp_path_factory.mktemp("fonts")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = {}
        for part in PROGRAMS:
            page.goto(part.page.url)
            text = pressed(page, f"{part.module}:{part.cell}", "copy-program")
            found[str(part)] = pool.submit(run_by_itself, text, tmp_path_factory.mktemp("home"), fonts)
        context.close()
        yield found
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("part", PROGRAMS, ids=str)
def test_a_copied_program_runs_by_itself(
    part: Part, programs: dict[str, Future[subprocess.CompletedProcess[str]]]
) -> None:
    done = programs[str(part)].result()

    assert done.returncode == (1 if part.raises else 0), done.stderr
    assert not part.raises or re.search(rf"^(\w+\.)*{part.raises}\b", done.stderr, re.MULTILINE), done.stderr


@pytest.mark.parametrize(
    ("language", "path", "short"), [("en", CHAPTER, "Ran in "), ("zh", f"zh/{CHAPTER}", "运行用时")]
)
def test_a_block_says_with_what_it_ran_and_when(context: BrowserContext, language: str, path: str, short: str) -> None:
    page = context.new_page()
    page.goto(path)
    page.locator(".cell").first.scroll_into_view_if_needed()
    first = line_of(page, "evaluation/roc.py:setup").locator("a").first
    page.wait_for_function("link => link.title", arg=first.element_handle())

    environment, entry = evidence_of("evaluation/roc.py:setup", language)
    versions = {name: environment[name] for name in ("tensorflow", "keras", "python")}
    assert versions == dict(
        zip(versions, re.findall(r"(?:TensorFlow|Keras|Python) ([\d.]+\d)", first.inner_text()), strict=True)
    )
    assert str(entry["ran"])[:10] in first.inner_text()
    _, slow = evidence_of("evaluation/roc.py:tumour-model", language)
    text = line_of(page, "evaluation/roc.py:tumour-model").locator("a").first.inner_text()
    assert text.startswith(short) and f"{slow['seconds']:.1f}" in text
    first.click()
    page.wait_for_url(f"**/evidence/#{language}:evaluation/roc.py:setup")
    assert page.locator(f'[id="{language}:evaluation/roc.py:setup"]').is_visible()


def test_the_evidence_is_fetched_once_and_not_before_a_block_is_seen(context: BrowserContext) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 200})
    fetched: list[str] = []
    page.on("request", lambda request: "verification" in request.url and fetched.append(request.url))
    page.goto(CHAPTER)
    page.wait_for_load_state("networkidle")
    assert fetched == []

    for block in ("setup", "two-by-two", "roc-curve"):
        line_of(page, f"evaluation/roc.py:{block}").scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")
    assert len(fetched) == 1


@pytest.mark.parametrize(("path", "text"), [(CHAPTER, "Evidence"), (f"zh/{CHAPTER}", "验证情况")])
@pytest.mark.parametrize("answer", [None, "{", "{}"])
def test_without_evidence_the_link_stays(context: BrowserContext, path: str, text: str, answer: str | None) -> None:
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("**/verification.json", lambda route: route.fulfill(body=answer) if answer else route.abort())
    with page.expect_event(
        "requestfinished" if answer else "requestfailed", lambda request: "verification" in request.url
    ):
        page.goto(path)
        page.locator(".cell").first.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")

    assert set(page.locator(".evidence > a:first-of-type").all_inner_texts()) == {text}
    assert errors == []


@pytest.mark.parametrize(("path", "text"), [(CHAPTER, "Evidence"), (f"zh/{CHAPTER}", "验证情况")])
def test_without_javascript_code_and_links_are_there_and_no_dead_button(
    browser: Browser, address: str, path: str, text: str
) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto(path)

    lines = page.locator(".evidence")
    assert lines.count() == page.locator(".cell").count() > 20
    assert page.locator("article button:visible").count() == 0
    assert lines.first.locator("a").first.inner_text() == text
    lines.first.get_by_role("link", name=text).click()
    page.wait_for_url("**/evidence/#**")
    assert page.locator("html").get_attribute("lang") == ("zh" if "zh" in path else "en")
    assert page.locator("tr[id='en:evaluation/roc.py:setup']").count() == 1
    assert not page.locator(".ledger form").is_visible()
    assert page.locator(".ledger details").count() == len(TEXT.modules)
    context.close()


@pytest.mark.parametrize(("path", "title"), [(CHAPTER, "raises on purpose"), (f"zh/{CHAPTER}", "有意引发的异常")])
def test_a_block_that_raises_on_purpose_is_told_by_words_and_shape(
    context: BrowserContext, path: str, title: str
) -> None:
    page = context.new_page()
    page.goto(path)

    raising = page.locator(".cell.raises")
    assert set(raising.locator(".filename").all_inner_texts()) == {title}
    width = "block => parseFloat(getComputedStyle(block).borderLeftWidth)"
    usual = page.locator(".cell:not(.raises)").first.evaluate(width)
    assert min(one.evaluate(width) for one in raising.all()) >= usual + 3


@pytest.mark.parametrize("path", [CHAPTER, f"zh/{CHAPTER}", "evidence/", "zh/evidence/"])
def test_a_finger_can_hit_every_control(context: BrowserContext, path: str) -> None:
    page = context.new_page()
    page.goto(path)
    page.wait_for_load_state("networkidle")

    controls = (
        ".evidence > a, .evidence > button, .ledger summary, .ledger :is(input, select), .explorer :is(input, button)"
    )
    sizes = page.eval_on_selector_all(controls, "all => all.map(one => [one.offsetWidth, one.offsetHeight])")
    assert sizes
    assert min(min(size) for size in sizes) >= 24


@pytest.mark.parametrize("clipboard", [True, False], ids=["clipboard", "none"])
def test_programs_can_be_copied_from_a_file(browser: Browser, clipboard: bool) -> None:
    context = browser.new_context(permissions=CLIPBOARD)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: "verification" in request.url and asked.append(request.url))
    page.goto((SITE / CHAPTER / "index.html").as_uri())
    page.evaluate("navigator.clipboard.writeText('')")
    if not clipboard:
        page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})")
    button = line_of(page, "evaluation/roc.py:tumours").locator(".copy-program")
    expected = button.evaluate("button => button.copies()")
    button.click()
    page.wait_for_function("button => button.innerText.trim() === 'Copied'", arg=button.element_handle())

    page.evaluate("delete navigator.clipboard")
    assert page.evaluate("navigator.clipboard.readText()") == expected
    assert asked == []
    context.close()


@pytest.fixture
def below(tmp_path: Path) -> Iterator[str]:
    """The address of the site below a path of a server."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "site").symlink_to(SITE)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/a/b/site/"
        server.shutdown()


@pytest.mark.parametrize("prefix", ["", "zh/"])
def test_all_of_it_works_below_a_path(browser: Browser, below: str, prefix: str) -> None:
    context = browser.new_context(base_url=below, permissions=CLIPBOARD)
    page = context.new_page()
    page.goto(f"{prefix}{CHAPTER}")
    page.locator(".cell").first.scroll_into_view_if_needed()
    first = page.locator(".evidence a").first
    page.wait_for_function("link => link.title", arg=first.element_handle())
    with page.expect_download() as download:
        page.locator(".evidence a[download]").first.click()
    saved = Path(download.value.path()).read_bytes()
    assert saved == (SITE / f"{prefix}evaluation/roc.py").read_bytes()

    first.click()
    page.wait_for_function("() => document.querySelector('.ledger caption').textContent.includes('UTC')")
    page.locator(".ledger tr:target a").click()
    page.wait_for_url(f"**/{prefix}{CHAPTER}#evaluation/roc.py:setup")
    context.close()


def rows(page: Page) -> list[str]:
    """The ids of the rows that the filter leaves."""
    left: list[str] = page.eval_on_selector_all(
        ".ledger tbody tr", "rows => rows.filter(r => !r.hidden).map(r => r.id)"
    )
    return left


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control has the focus."""
    for _ in range(100):
        if page.evaluate("document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {name}")


@pytest.mark.parametrize(("language", "other", "prefix"), [("en", "zh", ""), ("zh", "en", "zh/")])
def test_the_filter_of_the_evidence_page_works_by_keyboard(
    context: BrowserContext, language: str, other: str, prefix: str
) -> None:
    page = context.new_page()
    page.goto(f"{prefix}evidence/")
    said = page.locator(".ledger output")
    evidence = json.loads((SITE / "verification.json").read_text(encoding="utf-8"))
    cells = len(evidence["cells"]) // len(LANGUAGES)
    raising = [cell for cell in TEXT.modules["evaluation/roc.py"].cells if cell.raises]
    assert said.get_attribute("aria-live") == "polite"
    assert len(rows(page)) == cells and str(cells) in said.inner_text() and str(2 * cells) in said.inner_text()

    page.keyboard.press("Tab")
    tab_to(page, "text")
    page.keyboard.type("ROC.py")
    assert {name.split(":")[1] for name in rows(page)} == {"evaluation/roc.py"}
    assert page.locator(f"tr[id='{language}:evaluation/roc.py:roc-curve']").is_visible()
    assert not page.locator("details[id='tour/core.py']").is_visible()

    tab_to(page, "status")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert rows(page) == [f"{language}:evaluation/roc.py:{cell.name}" for cell in raising]
    assert re.findall(r"\d+", said.inner_text()) == [str(len(raising)), str(2 * cells)]

    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Home")
    assert {name[:2] for name in rows(page)} == {language, other}

    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("no such cell")
    assert rows(page) == []
    assert re.findall(r"\d+", said.inner_text())[0] == "0"
    assert not any(module.is_visible() for module in page.locator(".ledger details").all())


def test_a_module_opens_by_keyboard_and_shows_when_it_ran(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("evidence/")
    page.wait_for_function("() => document.querySelector('.ledger caption').textContent.includes('UTC')")
    module = page.locator("details[id='evaluation/roc.py']")
    assert not module.get_by_text("UTC").first.is_visible()
    module.locator("summary").focus()
    page.keyboard.press("Enter")

    environment, entry = evidence_of("evaluation/roc.py:accuracy", "en")
    when = str(entry["ran"])
    assert f"{when[:10]} {when[11:16]} UTC" in module.locator("caption").first.inner_text()
    row = page.locator("tr[id='en:evaluation/roc.py:accuracy']")
    assert row.locator("td").all_inner_texts() == ["passed", "accuracy >= 0.88", f"{entry['seconds']:.2f}"]
    assert f"TensorFlow {environment['tensorflow']}" in page.locator(".environment").inner_text()


def test_scripts_only_ever_add_text() -> None:
    for file in (PROJECT.root / "overrides/assets").glob("*.js"):
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", file.read_text())
