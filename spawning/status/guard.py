"""Who may ask, and what a browser may do with the answer; pure.

A page somewhere on the web must not read the status of a server on its
reader's machine.  It cannot from another origin, unless its own name leads to
the loopback address (DNS rebinding); then the Host field has that name.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import re

_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_PORT = re.compile(r":\d*$")

HEADERS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
"""Of every answer."""
CLOSED_POLICY = "default-src 'none'; frame-ancestors 'none'"


def is_loopback(address: str) -> bool:
    """Return whether a bound address can be reached from this machine only."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return found.is_loopback


def may_ask(bound: str, host: str) -> bool:
    """Return whether a request for `host` is for us, who are bound to the address `bound`.

    No Host field at all is a program's: a browser sends one.
    """
    if not host or not is_loopback(bound):
        return True
    name = _PORT.sub("", host.lower()).removeprefix("[").removesuffix("]").removesuffix(".")
    return name in _LOCAL_NAMES or name == bound


def page_policy(page: str) -> str:
    """Return the Content-Security-Policy that allows a page's own script and style, by hash."""
    scripts = _hashes(page, "script")
    styles = _hashes(page, "style")
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; connect-src 'self';"
        " img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _hashes(page: str, tag: str) -> str:
    bodies = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    digests = [hashlib.sha256(body.encode()).digest() for body in bodies]
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
