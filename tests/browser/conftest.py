"""The built site on a server of this machine, in Debian's Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from hosting import hosted
from reading import PAGES, PHONE, SITE
from tools import CHROMIUM, found
from verified_docs.shells.chromium import ARGUMENTS
from visits import Visit, visit_all


@pytest.fixture(scope="session")
def chromium() -> dict[str, Any]:
    """How to start Chromium."""
    return {"executable_path": found(*CHROMIUM), "args": ARGUMENTS}


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address of the site."""
    assert (SITE / "index.html").exists(), "build the site first: make site"
    with hosted(SITE) as address:
        yield address


@pytest.fixture(scope="session")
def visits(chromium: dict[str, Any], address: str) -> dict[str, Visit]:
    """All pages, visited once."""
    with ThreadPoolExecutor(1) as other:  # the browser of the other fixtures has the loop of this thread
        return other.submit(visit_all, chromium, address, [*PAGES, "404.html"]).result()


@pytest.fixture(scope="session")
def browser(chromium: dict[str, Any]) -> Iterator[Browser]:
    """A browser for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A fresh browser context of phone width, in which every request beyond the site fails the test."""
    context = browser.new_context(viewport=PHONE, base_url=address)
    elsewhere: list[str] = []
    context.on("request", lambda request: request.url.startswith((address, "data:")) or elsewhere.append(request.url))
    yield context
    context.close()
    assert elsewhere == []
