"""A server for built sites that does what hosts of plain files do: it compresses, lets cache, and has a 404 page.

It listens on this machine only, and serves a site under any path.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.server
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from chance import CHANCE

COMPRESSED = {".html", ".css", ".js", ".json", ".svg", ".xml"}


@contextlib.contextmanager
def hosted(site: Path, prefix: str = "/", handler: type[_Handler] | None = None) -> Iterator[str]:
    """Serve the site under the path; gives its address."""
    handle = functools.partial(handler or _Handler, site, prefix)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handle) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
        server.shutdown()


@functools.lru_cache(maxsize=1024)
def _compressed(file: Path, changed: int) -> bytes:
    return gzip.compress(file.read_bytes(), 6, mtime=0)


class _Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, site: Path, prefix: str, *rest: object) -> None:
        self.site, self.prefix = site, prefix
        super().__init__(*rest)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.answer(with_body=True)

    def do_HEAD(self) -> None:
        self.answer(with_body=False)

    def answer(self, with_body: bool) -> None:
        path = self.path.partition("?")[0]
        file = self.site / path.removeprefix(self.prefix)
        if not path.startswith(self.prefix) or ".." in path:
            self.send_file(self.site / "404.html", HTTPStatus.NOT_FOUND, with_body)
        elif file.is_dir() and not path.endswith("/"):
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", path + "/")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            file = file / "index.html" if file.is_dir() else file
            found = file.is_file()
            status = HTTPStatus.OK if found else HTTPStatus.NOT_FOUND
            self.send_file(file if found else self.site / "404.html", status, with_body)

    def send_file(self, file: Path, status: HTTPStatus, with_body: bool) -> None:
        squeeze = file.suffix in COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", "")
        body = _compressed(file, file.stat().st_mtime_ns) if squeeze else file.read_bytes()
        kind = self.guess_type(file)
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        if squeeze:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if with_body:
            self.send_body(file, body)

    def send_body(self, file: Path, body: bytes) -> None:
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class SlowLine(_Handler):
    """Sends pages piece by piece, and waits after each, so that a browser draws what it has."""

    def send_file(self, file: Path, status: HTTPStatus, with_body: bool) -> None:
        # As it is: a piece of something compressed may be nothing that could be drawn.
        del self.headers["Accept-Encoding"]
        super().send_file(file, status, with_body)

    def send_body(self, file: Path, body: bytes) -> None:
        if file.suffix != ".html":
            super().send_body(file, body)
            return
        while body:
            size = CHANCE.randint(1000, 8000)
            self.wfile.write(body[:size])
            self.wfile.flush()
            body = body[size:]
            time.sleep(0.03)
