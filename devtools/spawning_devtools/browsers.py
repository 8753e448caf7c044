"""Whether a browser has meant us, and whether one of our own pages asks; pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

_PORT = re.compile(r":\d*$")


def asks_for_itself(headers: Mapping[str, str]) -> bool:
    """Return whether a request comes from a page of ours, or is no browser's.

    A browser sends Sec-Fetch-Site to https and to the loopback address only.
    """
    origin = headers.get("HTTP_ORIGIN", "")
    if origin and origin.partition("://")[2] != headers.get("HTTP_HOST"):
        return False
    return headers.get("HTTP_SEC_FETCH_SITE", "none") in ("same-origin", "none")


def means_us(host: str, bound: str) -> bool:
    """Return whether a request for `host` is one that no other site can have a browser make.

    The name of any other site may lead to this machine (DNS rebinding); then its pages
    and ours are of one origin.  It cannot be an address, nor end with `.localhost`.
    """
    name = _PORT.sub("", host.lower()).removeprefix("[").removesuffix("]").removesuffix(".")
    if not name or name in ("localhost", bound.lower()) or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
