"""The built site on a server of this machine, in Debian's Chromium."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

SITE = Path(__file__).parents[2] / "site"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Without these Chromium asks Google for things at every start.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address of the site."""
    assert (SITE / "index.html").exists(), "build the site first: make site"
    handler = functools.partial(_Quiet, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, or one line that says how to install it."""
    if CHROMIUM is None:
        how = "install it with: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(f"Chromium is missing; {how}")
        pytest.skip(f"Chromium is missing; {how}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A fresh browser context of phone width, in which every request beyond the site fails the test."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=address)
    elsewhere: list[str] = []
    context.on("request", lambda request: request.url.startswith((address, "data:")) or elsewhere.append(request.url))
    yield context
    context.close()
    assert elsewhere == []
