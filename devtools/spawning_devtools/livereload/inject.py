"""Adds a script to the pages of a WSGI application (PEP 3333), and to nothing else.

Rules:
1. A page is what a browser navigates to: `text/html` is asked for and answered, for a
   document of its own.  What scripts fetch and other programs ask for is left alone.
2. Nothing is kept back: each piece goes on as it comes, one of them longer.
3. The response is for this client and this moment.  So the application is not told
   what the browser has in its cache (a 304 would show a page with an old script), nor
   that it could compress; and what would name this page later is left out (ETag).
4. What cannot be changed without risk is left alone: parts (206), encoded bodies,
   attachments, encodings that are not like ASCII, policies that forbid the script.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from spawning_devtools.livereload.place import in_head
from spawning_devtools.livereload.policy import nonce_for

Start = Callable[..., Any]
Headers = list[tuple[str, str]]

WITHHELD = (
    "HTTP_ACCEPT_ENCODING",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_RANGE",
    "HTTP_RANGE",
)
LEFT_OUT = frozenset(
    "etag last-modified content-md5 digest content-digest repr-digest accept-ranges".split()
)
WITHOUT_PAGE = frozenset({"204", "205", "206"})
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s\";]+)", re.IGNORECASE)
_ASCII_LIKE = re.compile(r"(?!utf-?(7|16|32))", re.IGNORECASE)


def injecting(application: Any, address: Callable[[], str]) -> Any:
    """Return the application, whose pages load the script at what `address` returns.

    It is called before the application, so that the script knows what is older than the page.
    """

    def answer(environ: dict[str, Any], start: Start) -> Any:
        if not asks_for_page(environ):
            return application(environ, start)
        for name in WITHHELD:
            environ.pop(name, None)
        page = Page(environ, start, address())
        return page.around(application(environ, page.start))

    return answer


def asks_for_page(environ: dict[str, Any]) -> bool:
    """Return whether a browser asks, and for what it will show in a tab."""
    return (
        environ["REQUEST_METHOD"] in ("GET", "HEAD", "POST")
        and "text/html" in environ.get("HTTP_ACCEPT", "")
        and environ.get("HTTP_SEC_FETCH_DEST", "document") == "document"
        and "HTTP_X_REQUESTED_WITH" not in environ
        and "HTTP_UPGRADE" not in environ
    )


class Page:
    """One response on its way to a browser."""

    def __init__(self, environ: dict[str, Any], start: Start, address: str) -> None:
        self._start = start
        self._method = environ["REQUEST_METHOD"]
        self._origin = environ["wsgi.url_scheme"], environ.get("HTTP_HOST", "")
        self._address = f"{address}&amp;posted" if self._method == "POST" else address
        self._tag = b""
        """What has still to be added."""
        self._may_be_early = False
        self._has_started = False

    # ------------------------------------------------------------ for the application

    def start(self, status: str, headers: Headers, *exc_info: Any) -> Callable[[bytes], Any]:
        """`start_response`."""
        self._has_started = True
        self._tag = self._tag_for(status, headers)
        if self._tag:
            headers = changed(headers, len(self._tag))
        if self._method == "HEAD":
            self._tag = b""
        write = self._start(status, headers, *exc_info)
        return lambda data: write(self.piece(data))

    # ------------------------------------------------------------ for the server

    def around(self, result: Any) -> Any:
        """Return what the application returned, with the script in it."""
        if self._has_started and not self._tag:
            return result
        is_list = self._has_started and type(result) in (list, tuple)
        if is_list and len(result) == 1 and type(result[0]) is bytes:
            # Of a body in one piece the server can say how long it is.
            return [self.piece(result[0]) + self.rest()]
        return Pieces(self, result)

    def piece(self, data: bytes) -> bytes:
        """Return a piece of the body, with the script in it if this is the place."""
        if not self._may_be_early or not data or type(data) is not bytes:
            return data
        self._may_be_early = False
        at = in_head(data)
        return data if at is None else data[:at] + self.rest() + data[at:]

    def rest(self) -> bytes:
        """Return the script, if it has not been added yet."""
        tag, self._tag = self._tag, b""
        return tag

    # ------------------------------------------------------------

    def _tag_for(self, status: str, headers: Headers) -> bytes:
        """Return the script's element, empty for a response without one."""
        code = status[:3]
        if code in WITHOUT_PAGE or not (code.startswith("2") or code >= "400"):
            return b""
        found = {name.lower(): value.strip() for name, value in headers}
        kind, _, _ = found.get("content-type", "").partition(";")
        charset = _CHARSET.search(found.get("content-type", ""))
        if (
            kind.strip().lower() != "text/html"
            or (charset and not _ASCII_LIKE.match(charset[1]))
            or found.get("content-encoding", "identity").lower() != "identity"
            or found.get("content-length") == "0"
            or found.get("content-disposition", "").lower().startswith("attachment")
        ):
            return b""
        nonce = nonce_for(headers, *self._origin)
        if nonce is None:
            return b""
        # Without a charset in its type a page says it itself, within the first 1,024 bytes.
        self._may_be_early = charset is not None
        proof = f' nonce="{nonce}"' if nonce else ""
        return f'<script src="{self._address}"{proof} async></script>'.encode("ascii")


class Pieces:
    """The iterable of a response, and the script after its last piece if not before."""

    def __init__(self, page: Page, result: Iterable[bytes]) -> None:
        self._page = page
        self._result = result
        self._iterator = iter(result)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return self._page.piece(next(self._iterator))
        except StopIteration:
            if rest := self._page.rest():
                return rest
            raise

    def close(self) -> None:
        """Close what the application returned."""
        if hasattr(self._result, "close"):
            self._result.close()


def changed(headers: Headers, added: int) -> Headers:
    """Return the headers of a page that is longer by so many bytes."""
    kept: Headers = []
    for name, value in headers:
        lower = name.lower()
        if lower == "content-length" and value.isascii() and value.isdigit():
            value = str(int(value) + added)
        if lower not in LEFT_OUT:
            kept.append((name, value))
    return [*kept, ("Vary", "Accept, Sec-Fetch-Dest, X-Requested-With")]
