"""Puts each page together into one text, and says which script and style are its own; pure.

A page is made once and holds nothing of the user's: the scripts ask for all of that, and put
it into text nodes.  The exception is `notice_page`, which escapes what it is given.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import html
import re
from pathlib import Path
from typing import NamedTuple

_HERE = Path(__file__).parent
_PART = re.compile(r"\{\{([a-z.]+)\}\}")
_BLANK = re.compile(r"\[\[([a-z]+)\]\]")
_OWN = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

REPORT_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';"
    f" img-src 'self' data:; {_OWN}"
)
"""For the HTML report of coverage.py, which has scripts within its pages."""


class Page(NamedTuple):
    """A page to serve as text/html; charset=utf-8."""

    body: bytes
    policy: str
    """Its Content-Security-Policy."""


@functools.cache
def index_page() -> Page:
    """Return the page of all files."""
    return _page(_read("index.html"))


@functools.cache
def file_page() -> Page:
    """Return the page of one file, whichever: its script reads `path` from the address."""
    return _page(_read("file.html"))


def notice_page(title: str, sentence: str, again: bool = False) -> Page:
    """Return a page that says one thing; `again`: it asks for its address anew by itself."""
    values = {
        "title": html.escape(title),
        "sentence": html.escape(sentence),
        "refresh": '<meta http-equiv="refresh" content="1">' if again else "",
    }
    return _page(_BLANK.sub(lambda blank: values[blank[1]], _read("notice.html")))


def _read(name: str) -> str:
    """Return one of our files, with those in it that it names."""
    text = (_HERE / name).read_text(encoding="utf-8")
    return _PART.sub(lambda part: _read(part[1]), text)


def _page(text: str) -> Page:
    scripts, styles = _hashes(text, "script"), _hashes(text, "style")
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; connect-src 'self';"
        f" img-src data:; {_OWN}; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    return Page(text.encode(), policy)


def _hashes(page: str, tag: str) -> str:
    bodies = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    digests = [hashlib.sha256(body.encode()).digest() for body in bodies]
    hashes = [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
    return " ".join(hashes) or "'none'"
