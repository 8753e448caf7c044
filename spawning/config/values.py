"""What a user may write for an option: from text to a value, or to what would have been right.

Each of these raises ValueError with a clause that ends a sentence such as
"--port: 'x' will not do, a port is a whole number from 0 to 65535".
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable
from pathlib import Path

_SIZE = re.compile(r"([0-9]+)([KMG]?)", re.IGNORECASE | re.ASCII)
_FACTORS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}
_SCRIPTS = ("javascript", "data", "vbscript")
EVERYONE = "*"
UNIX_PEER = "unix"


def whole(what: str, low: int, high: float = math.inf) -> Callable[[str], int]:
    """Return the parser of a whole number within limits."""
    limits = f"{low} or more" if high == math.inf else f"from {low} to {high:.0f}"

    def parse(text: str) -> int:
        # int() alone also takes underscores, blanks and other scripts' digits.
        digits = text.isascii() and text.isdigit()
        if not digits or not low <= int(text) <= high:
            raise ValueError(f"{what} is a whole number, {limits}")
        return int(text)

    return parse


def seconds(text: str) -> float:
    """Return a number of seconds."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not (0 <= number < math.inf):
        raise ValueError("it is a number of seconds, 0 or more")
    return number


def size(unit: int) -> Callable[[str], int]:
    """Return the parser of a size in bytes, whose bare numbers count `unit` bytes each."""

    def parse(text: str) -> int:
        match = _SIZE.fullmatch(text.removesuffix("B").removesuffix("b"))
        if match is None:
            raise ValueError("it is a size such as 512K, 300M or 2G")
        return int(match[1]) * (_FACTORS[match[2].upper()] if match[2] else unit)

    return parse


RELOAD_WORDS = {
    "cold": "start each generation with a fresh interpreter and not from a snapshot",
    "poll": "look at the files twice a second as well, where no events tell of changes",
}
"""What may come after `--reload=dev`, and what it does."""


def reload_mode(text: str) -> str:
    """Return the mode of reloading: `dev`, and words that say more about it, each once."""
    mode, *words = (word.strip() for word in text.split(","))
    if mode != "dev":
        raise ValueError("the only mode is 'dev'")
    for word in words:
        if word not in RELOAD_WORDS:
            raise ValueError(f"after 'dev,' comes {' or '.join(RELOAD_WORDS)}, not '{word}'")
    return ",".join([mode, *sorted(set(words))])


def editor_url(text: str) -> str:
    """Return the pattern of an address that opens a file in an editor."""
    scheme, colon, _ = text.partition(":")
    is_a_place = re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme, re.IGNORECASE | re.ASCII)
    if not (colon and is_a_place and "{path}" in text) or scheme.lower() in _SCRIPTS:
        raise ValueError("it is a URL with {path} in it, such as pycharm://open?file={path}")
    return text


def dotted(text: str) -> str:
    """Return the dotted path of something inside a module."""
    module, _, _attribute = text.rpartition(".")
    if not module or not all(part.isidentifier() for part in text.split(".")):
        raise ValueError("it is a dotted path such as spawning.wsgi_factory.config_factory")
    return text


def watched(text: str) -> str:
    """Return the name of a file, which need not exist yet."""
    if Path(text).is_dir():
        raise ValueError("it is a file, and this is a folder")
    return text


def existing(text: str) -> str:
    """Return the name of a file that exists."""
    if not Path(text).is_file():
        raise ValueError("there is no such file")
    return text


def path(text: str) -> str:
    """Return a path that is not empty."""
    if not text:
        raise ValueError("it is the path of a file")
    return text


def bind(text: str) -> str:
    """Return an address to listen on, as text."""
    if text.startswith("unix:"):
        if text == "unix:":
            raise ValueError("a path follows 'unix:', such as unix:/run/app.sock")
        return text
    host, colon, number = text.rpartition(":")
    if not colon:
        raise ValueError("it is HOST:PORT or unix:PATH, such as 127.0.0.1:8080")
    if ":" in host and not (host.startswith("[") and host.endswith("]")):
        raise ValueError("an IPv6 address stands in brackets, such as [::1]:8080")
    port(number)
    return text


BACKDOOR_PORT = "3000"


def backdoor(text: str) -> str:
    """Return the port, or the path of a unix socket, at which the server can be entered."""
    if text.startswith("unix:") and text != "unix:":
        return text
    try:
        return str(port(text))
    except ValueError:
        raise ValueError(
            "it is a port of this machine such as 3000, or unix:PATH, and 0 picks a free port"
        ) from None


def mode(text: str) -> str:
    """Return the permissions of a file, as octal digits."""
    if not re.fullmatch(r"0?o?[0-7]{3}", text, re.ASCII):
        raise ValueError("it is three octal digits, such as 660")
    return text[-3:]


def peers(text: str) -> tuple[str, ...]:
    """Return the addresses and networks of a list with commas, `*`, and `unix`."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name in (EVERYONE, UNIX_PEER):
            continue
        try:
            ipaddress.ip_network(name, strict=False)
        except ValueError:
            raise ValueError(
                f"'{name}' is no address or network such as 10.0.0.0/8,"
                " nor 'unix' for unix sockets, nor '*' for everyone"
            ) from None
    return names


def identity(text: str) -> str:
    """Return USER, or USER:GROUP."""
    user, colon, group = text.partition(":")
    if not user or (colon and not group):
        raise ValueError("it is USER or USER:GROUP, by name or number")
    return text


port = whole("a port", 0, 65535)
