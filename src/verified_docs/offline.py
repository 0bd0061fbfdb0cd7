"""The built site as files that need no server: what a browser refuses to a folder is there in another way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from .project import LANGUAGES, ORIGINAL

PAGES = Path(__file__).with_name("offline.js")
FRAME = Path(__file__).with_name("offline_search.js")
INDEX, DOCS = "search/search_index.json", "search/docs.json"
# A server's business, what only developers look at, and the editions themselves.
LEFT_OUT = re.compile(r"(.*/)?404\.html|(.*/)?sitemap\.xml(\.gz)?|.*\.map|editions/.*")
LINK = re.compile(r'(?<=\shref=")[^"#][^"]*(?=")')
EDITIONS = re.compile(r'<p class="editions">.*?</p>', re.DOTALL)
SEARCH_PAGE = """\
<!doctype html>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'">
<title>Search</title>
<script src="{root}assets/offline_search.js"></script>
<script src="../assets/javascripts/workers/search.js"></script>
"""


def offline(site: Path) -> Iterator[tuple[str, bytes]]:
    """Paths and contents of the files, in a fixed order."""
    for file in sorted(site.rglob("*")):
        path = file.relative_to(site).as_posix()
        if file.is_file() and not LEFT_OUT.fullmatch(path):
            yield from _files(path, file.read_bytes())
    for script in (PAGES, FRAME):
        yield f"assets/{script.name}", script.read_bytes()
    for language in LANGUAGES:
        folder = "" if language == ORIGINAL else f"{language}/"
        if (site / folder / DOCS).exists():
            yield f"{folder}search/search.html", SEARCH_PAGE.format(root="../" * (folder.count("/") + 1)).encode()


def _files(path: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """What becomes of a file of the site."""
    if path.endswith(".html"):
        yield path, page(content.decode(), "../" * path.count("/")).encode()
    elif path.endswith(INDEX):
        # The theme looks for this one by itself when it is in a folder.
        yield path.removesuffix("on"), b"var __index = " + content
    elif path.endswith(DOCS):
        docs = [{**doc, "location": with_file(doc["location"])} for doc in json.loads(content)]
        yield f"{path}.js", _script(json.dumps(docs, ensure_ascii=False, separators=(",", ":")).encode())
    elif path.endswith(".json"):
        yield path, content
        yield f"{path}.js", _script(content)
    else:
        yield path, content


def _script(content: bytes) -> bytes:
    """JSON as a script that hands it to whoever has loaded it."""
    return b"document.currentScript.data = " + content


def page(html: str, root: str) -> str:
    """A page whose links name files, and that runs first what stands in for a server; `root` leads to the folder."""
    html = LINK.sub(lambda match: with_file(match[0]), EDITIONS.sub("", html))
    html = html.replace("worker-src 'self'", "frame-src 'self'", 1)
    return html.replace("</head>", f'<script src="{root}assets/{PAGES.name}"></script></head>', 1)


def with_file(address: str) -> str:
    """An address on this site with the name of the file: folders do not open a page by themselves."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not (parts.path in {"", ".", ".."} or parts.path.endswith(("/", "/.", "/.."))):
        return address
    folder = parts.path.removesuffix("/")
    return parts._replace(path=f"{folder}/index.html" if folder else "index.html").geturl()
