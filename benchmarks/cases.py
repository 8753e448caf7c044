"""The cases of the serving benchmark: what is asked for, on how many connections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CONNECTIONS = 16
MANY = 256
BROWSER_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en-GB,en;q=0.9,de;q=0.7,fr;q=0.5",
    "Cache-Control": "max-age=0",
    "Cookie": "session=eyJ1c2VyIjoxNzI5fQ.aBcDeF.0123456789abcdefghij; theme=dark; consent=1",
    "DNT": "1",
    "Priority": "u=0, i",
    "Referer": "http://127.0.0.1/start?from=bookmarks",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-User": "?1",
    "Upgrade-Insecure-Requests": "1",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}
"""With Host, which wrk adds, fifteen."""

# The head is made once; only what stands in the last field differs.
VARIED = """
local head, number = nil, 1000000000
init = function(args)
  head = string.sub(wrk.format(), 1, -3) .. "X-Request: "
end
request = function()
  number = number + 1
  return head .. number .. "\\r\\n\\r\\n"
end
"""


@dataclass(frozen=True)
class Case:
    """One kind of request, repeated on keep-alive connections."""

    name: str
    title: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: int = 0
    """Bytes that are posted; 0 for a GET."""
    connections: int = CONNECTIONS
    varied: bool = False
    """Whether each request has one more field, unlike all others: no GET can be remembered."""
    workers: int = 1
    main: bool = True
    """Whether it is a part of the quick run; the others are measured in every second round."""

    @property
    def method(self) -> str:
        return "POST" if self.body else "GET"

    @property
    def closes(self) -> bool:
        """Return whether the client asks for the end of the connection."""
        return self.headers.get("Connection") == "close"

    def script(self) -> str:
        """Return the request as a wrk script."""
        lines = [f'wrk.method = "{self.method}"']
        lines += [f'wrk.headers["{name}"] = "{value}"' for name, value in self.headers.items()]
        if self.body:
            lines.append(f'wrk.body = string.rep("x", {self.body})')
        if self.varied:
            lines.append(VARIED)
        return "\n".join(lines)


HELLO = Case("hello", "Hello world", "/", main=False)
VARIED_HELLO = Case("varied", "Hello world, each head another one", "/", varied=True)
HEADERS = Case("headers", "Hello world, 15 request headers", "/", BROWSER_HEADERS)
VARIED_HEADERS = Case(
    "varied-headers",
    "Hello world, 15 request headers and one that is always another",
    "/",
    BROWSER_HEADERS,
    varied=True,
    main=False,
)
ECHO = Case("echo", "10 KB posted and echoed", "/echo", body=10 * 1024)
FLASK = Case("flask", "A page of Flask, from a template", "/flask")
CROWD = Case("crowd", f"Hello world, {MANY} connections", "/", connections=MANY, varied=True)

CASES = (
    VARIED_HELLO,
    HEADERS,
    ECHO,
    CROWD,
    HELLO,
    VARIED_HEADERS,
    Case("json", "1 KB of JSON", "/json", main=False),
    Case("block", "64 KB sent", "/block", main=False),
    Case("close", "Hello world, a connection each", "/", {"Connection": "close"}, main=False),
    Case("waits", "A page that waits 10 ms", "/waits", main=False),
    # Memory is looked at before: the import of Flask is the application's.
    FLASK,
    Case("workers", "Hello world, 2 workers", "/", varied=True, workers=2, main=False),
)
