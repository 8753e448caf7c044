"""A person at a browser, as far as a server can tell: cookies, forms and their tokens."""

from __future__ import annotations

import hashlib
import http.client
import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from serving import PATIENCE

BOUNDARY = "between-the-parts-of-a-form"
CHUNK = 65536


class Browser:
    """One keep-alive connection, and the cookies that came over it."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._connection = http.client.HTTPConnection(*address, timeout=PATIENCE)
        self._cookies: dict[str, str] = {}
        self._home = f"http://{address[0]}:{address[1]}"

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def get(self, target: str) -> tuple[http.client.HTTPResponse, bytes]:
        """Return the answer to a GET, and its body."""
        return self._ask("GET", target)

    def post(self, target: str, **fields: str) -> tuple[http.client.HTTPResponse, bytes]:
        """Fill in a form."""
        kind = "application/x-www-form-urlencoded"
        return self._ask("POST", target, urlencode(fields).encode(), kind)

    def upload(
        self, target: str, name: str, content: bytes, **fields: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Fill in a form that takes a file."""
        parts = [f'name="{key}"\r\n\r\n{value}'.encode() for key, value in fields.items()]
        head = f'name="{name}"; filename="{name}.bin"\r\nContent-Type: application/octet-stream'
        parts.append(head.encode() + b"\r\n\r\n" + content)
        start = f"--{BOUNDARY}\r\nContent-Disposition: form-data; ".encode()
        body = b"\r\n".join([*(start + part for part in parts), f"--{BOUNDARY}--\r\n".encode()])
        return self._ask("POST", target, body, f"multipart/form-data; boundary={BOUNDARY}")

    def digest(self, target: str) -> tuple[str, int]:
        """Return the SHA-256 and the length of what is at `target`, read piece by piece."""
        self._connection.request("GET", target, headers=self._fields())
        response = self._connection.getresponse()
        digest, length = hashlib.sha256(), 0
        while piece := response.read(CHUNK):
            digest.update(piece)
            length += len(piece)
        return digest.hexdigest(), length

    def _ask(
        self, method: str, target: str, body: bytes = b"", kind: str = ""
    ) -> tuple[http.client.HTTPResponse, bytes]:
        fields = self._fields() | ({"Content-Type": kind} if kind else {})
        self._connection.request(method, target, body or None, fields)
        response = self._connection.getresponse()
        for line in response.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return response, response.read()

    def _fields(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {"Origin": self._home} | ({"Cookie": cookies} if cookies else {})


def token_in(page: bytes) -> str:
    """Return the token of Django's form in a page."""
    match = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert match, page
    return match[1].decode()
