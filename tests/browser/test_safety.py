"""What others wrote stays text: outputs, figures, translations and pages cannot make the browser run anything."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from hosting import hosted
from reading import DESKTOP, PAGES, SITE, dressed, search

MODULE = '''# %%
"""Attack the reader."""

# %% printed keep="value"
value = 6.5
print('<img src=x onerror="hit(1)">')
print("</code></pre></article><script>hit(2)</script>")
print("<script>hit(3)</script>")

# %% shown
"<svg onload=hit(4)>"

# %% raised raises="ValueError"
raise ValueError("<img src=x onerror=hit(5)>")

# %% drawn
import matplotlib.pyplot as plt

fig, ax = plt.subplots()
ax.set_title("</text></svg><script>hit(6)</script>")
ax.set_gid('"><script>hit(7)</script>')
'''
CATALOG = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"

msgid "Attack the reader."
msgstr "<script>hit(8)</script>"

msgid "<img src=x onerror=\\"hit(1)\\">"
msgstr "<img src=x onerror=\\"hit(11)\\">"

msgid "</code></pre></article><script>hit(2)</script>"
msgstr "</code></pre></article><script>hit(12)</script>"

msgid "<script>hit(3)</script>"
msgstr "<script>hit(13)</script>"

msgid "</text></svg><script>hit(6)</script>"
msgstr "</text></svg><script>hit(16)</script>"
"""
PAGE = """---
title: Attacks <script>hit(20)</script> & more
description: '"><script>hit(21)</script>'
original: ORIGINAL
---

# Attacks

## First `<script>hit(22)</script>` {#first}

Kept: {{ basics/attacks.py:value | <<9.1f }}img src=x onerror=hit(23)>

```python cell="basics/attacks.py:printed"
```

```python cell="basics/attacks.py:shown"
```

```python cell="basics/attacks.py:raised"
```

```python cell="basics/attacks.py:drawn" alt='"><img src=x onerror="hit(24)"> ](x) {.a} <script>hit(25)</script>'
```
"""
# Markdown lets a page hold HTML. What is in it may be shown or not; it does not run.
MARKUP = """
<script>hit(30)</script>

<img src="x" alt="" onerror="hit(31)">

<a id="bait" href="javascript:hit(32)">bait</a>

<svg onload="hit(33)"></svg>

<iframe srcdoc="<script>parent.hit(34)</script>" title="frame"></iframe>

<script src="https://attacker.invalid/hit.js"></script>
"""
SPY = "window.hits = []; window.hit = number => window.hits.push(number)"


@dataclass
class Attacked:
    """A context in which pages note what ran, and the address of the attacked book."""

    context: BrowserContext
    address: str

    def opened(self, path: str) -> Page:
        """The page, when everything that would run has run."""
        page = self.context.new_page()
        page.goto(self.address + path)
        page.wait_for_load_state("networkidle")
        return page


@pytest.fixture(scope="module")
def attacked(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """A book whose outputs, figures, translations and pages attack the reader."""
    book = dressed(tmp_path_factory.mktemp("attacked") / "book")
    (book.root / "snippets/basics/attacks.py").write_text(MODULE)
    (book.root / "snippets/basics/attacks.zh.po").write_text(CATALOG)
    for name, text in (("attacks", PAGE), ("markup", PAGE.split("## First")[0] + MARKUP)):
        english = text.replace("original: ORIGINAL\n", "").encode()
        blob = hashlib.sha1(b"blob %d\0%s" % (len(english), english)).hexdigest()
        (book.root / f"docs/en/{name}.md").write_bytes(english)
        (book.root / f"docs/zh/{name}.md").write_text(text.replace("ORIGINAL", blob))
    for config in ("mkdocs.yml", "mkdocs.zh.yml"):
        book.replace(config, "basics/sums.md,", "basics/sums.md, attacks.md, markup.md,")
    book.run("accept")
    done = book.run("build")
    assert done.returncode == 0, done.stderr
    with hosted(book.root / "site") as address:
        context = browser.new_context(viewport=DESKTOP)
        context.add_init_script(SPY)
        yield Attacked(context, address)
        context.close()


@pytest.mark.parametrize("prefix", ["", "zh/"])
def test_attacks_are_shown_and_do_not_run(attacked: Attacked, prefix: str) -> None:
    page = attacked.opened(f"{prefix}attacks/")
    tens = 10 if prefix else 0

    shown = page.locator("article").inner_text()
    for text in (
        f'<img src=x onerror="hit({tens + 1})">',
        f"</code></pre></article><script>hit({tens + 2})</script>",
        f"<script>hit({tens + 3})</script>",
        "'<svg onload=hit(4)>'",
        "ValueError: <img src=x onerror=hit(5)>",
        "First <script>hit(22)</script>",
        "Kept: 6.5<<<<<<img src=x onerror=hit(23)>",
    ):
        assert text in shown
    assert page.title().startswith("Attacks <script>hit(20)</script> & more")
    assert page.locator("meta[name=description]").get_attribute("content") == '"><script>hit(21)</script>'
    alt = '"><img src=x onerror="hit(24)"> ](x) {.a} <script>hit(25)</script>'
    assert page.locator("img.figure").first.get_attribute("alt") == alt
    assert page.locator("article img").count() == 2  # the figure in both schemes, and nothing else
    assert page.evaluate("hits") == []


@pytest.mark.parametrize("prefix", ["", "zh/"])
def test_a_figure_opened_by_itself_is_a_picture(attacked: Attacked, prefix: str) -> None:
    language = "zh" if prefix else "en"
    page = attacked.opened(f"{prefix}assets/figures/basics/attacks.drawn.{language}.light.svg")

    assert f"</text></svg><script>hit({16 if prefix else 6})</script>" in (page.locator("svg").text_content() or "")
    assert page.evaluate("hits") == []


@pytest.mark.parametrize("prefix", ["", "zh/"])
def test_scripts_in_a_page_do_not_run(attacked: Attacked, prefix: str) -> None:
    refused: list[str | None] = []
    attacked.context.on("requestfailed", lambda one: "invalid" in one.url and refused.append(one.failure))
    page = attacked.opened(f"{prefix}markup/")
    page.locator("#bait").click()

    assert page.evaluate("hits") == []
    assert refused == ["csp"]


def test_searching_for_attacks_is_harmless(attacked: Attacked) -> None:
    page = attacked.opened("zh/")
    for query in ("onerror", "hit", "script"):
        search(page, query)
        page.locator(".md-search-result__item").first.wait_for()
    search(page, '<img src=x onerror="hit(40)">')
    page.locator(".md-search-result__meta", has_text="没有找到").wait_for()

    assert page.evaluate("hits") == []


@pytest.mark.parametrize("path", PAGES)
def test_the_policy_of_a_page_is_strict(path: str) -> None:
    page = (SITE / path / "index.html").read_text(encoding="utf-8")
    (text,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)

    assert "default-src 'none'" in text
    assert not re.search(r"unsafe|http|\*|data:(?!;)", text.replace("img-src 'self' data:", ""))
    # Nothing in the page needs more: no style or handler in an attribute.
    assert not re.search(r"<[^>]+\s(?:style|on[a-z]+)=", re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL))


def test_the_policy_holds_in_the_browser(browser: Browser, address: str) -> None:
    page = browser.new_page()
    refused: list[str | None] = []
    page.on("requestfailed", lambda one: refused.append(one.failure))
    page.goto(address)
    ran = page.evaluate(
        """async () => {
          window.ran = []
          const script = text => Object.assign(document.createElement("script"), text)
          document.body.append(script({ textContent: "ran.push('inline')" }))
          document.body.append(script({ src: "https://attacker.invalid/a.js" }))
          document.body.append(Object.assign(new Image(), { src: "https://attacker.invalid/a.png" }))
          document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=\\"ran.push('handler')\\">")
          document.body.insertAdjacentHTML("beforeend", "<p id=styled style='color: red'>")
          if (getComputedStyle(document.getElementById("styled")).color === "rgb(255, 0, 0)") ran.push("style")
          setTimeout(() => eval("ran.push('eval')"))  // outside of what the test itself may do
          try { await fetch("https://attacker.invalid/"); ran.push("fetch") } catch {}
          await new Promise(resolve => setTimeout(resolve, 300))
          return ran
        }"""
    )

    page.close()
    assert ran == []
    assert refused == ["csp"] * 2  # the script and the image; a fetch is refused before it becomes a request
