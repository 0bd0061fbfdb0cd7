"""Chapters as readers get them: code, outputs, formulas and figures, in the colours of the reader's choice."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext

from reading import CHAPTER, ROOT, opened


@pytest.mark.parametrize("path", [CHAPTER, f"zh/{CHAPTER}"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_follow_the_theme_and_the_hidden_one_is_not_fetched(
    context: BrowserContext, path: str, scheme: str
) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    fetched: list[str] = []
    page.on("request", lambda request: "/figures/" in request.url and fetched.append(request.url))
    page.goto(path)
    for figure in page.locator("img.figure").all():
        if figure.is_visible():
            figure.scroll_into_view_if_needed()
            figure.evaluate("image => image.decode()")

    assert fetched
    assert all(f".{scheme}.svg" in url for url in fetched)


@pytest.mark.parametrize("path", [CHAPTER, f"zh/{CHAPTER}"])
def test_code_outputs_and_formulas_are_there(context: BrowserContext, path: str) -> None:
    page = opened(context, path)

    source = (ROOT / "docs" / ("zh" if path.startswith("zh/") else "en") / f"{CHAPTER.rstrip('/')}.md").read_text()
    assert page.locator(".cell").count() == source.count("```python cell=")
    assert page.locator(".output").count() > page.locator(".cell").count() / 2
    assert page.locator(".cell.raises").count() == page.locator(".output.error").count() > 0
    assert page.locator("math").count() >= 4
    assert "\\(" not in page.locator("article").inner_text()
