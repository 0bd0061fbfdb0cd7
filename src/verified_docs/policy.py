"""A content security policy for a page: a browser takes nothing from other hosts and runs no script but the theme's."""

from __future__ import annotations

import base64
import hashlib
import re

# Everything that is not named here comes from nowhere. Pictures in style sheets are data; nothing is sent as a form.
POLICY = (
    "default-src 'none'; script-src 'self'{scripts}; style-src 'self'{styles}; img-src 'self' data:; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'"
)
INLINE = re.compile(r"<(?P<tag>script|style)\b(?P<attributes>[^>]*)>(?P<text>.*?)</(?P=tag)\s*>", re.DOTALL | re.I)
ARTICLE = re.compile(r"<article\b.*</article\s*>", re.DOTALL | re.I)
TYPE = re.compile(r"""\btype\s*=\s*["']?(?P<type>[^"'\s]+)""", re.I)
# A script of another type is data, which no browser runs.
SCRIPTS = (None, "text/javascript", "module")
START = re.compile(r"<meta\s+charset[^>]*>|<head\b[^>]*>", re.I)


def policy(html: str) -> str:
    """The page with its policy at the start of its head, before anything that the policy is about.

    Hosts of plain files send no headers, so it stands in the page itself. What the templates brought inline is let
    through by its hash; what stands in the article came from a page, an output or a translation, and is not.
    """
    start = list(START.finditer(html, 0, 1024))
    if not start:
        return html
    frame = ARTICLE.sub("", html)
    text = POLICY.format(scripts=_hashes(frame, "script"), styles=_hashes(frame, "style"))
    meta = f'<meta http-equiv="Content-Security-Policy" content="{text}">'
    return html[: start[-1].end()] + meta + html[start[-1].end() :]


def _hashes(frame: str, tag: str) -> str:
    """The hashes of the inline scripts or styles, as a policy names them, each once."""
    found = [match["text"] for match in INLINE.finditer(frame) if match["tag"].lower() == tag and _is_code(match)]
    return "".join(dict.fromkeys(f" 'sha256-{_digest(text)}'" for text in found if text))


def _is_code(match: re.Match[str]) -> bool:
    given = TYPE.search(match["attributes"])
    return match["tag"].lower() == "style" or (given and given["type"].lower()) in SCRIPTS


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
