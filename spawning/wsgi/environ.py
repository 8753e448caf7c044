"""What the application is told of a request (PEP 3333, RFC 3875); pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TextIO
from urllib.parse import unquote_to_bytes

from spawning.http.body import RequestBody
from spawning.http.request import Request
from spawning.wsgi.complaints import Complaints
from spawning.wsgi.files import FileWrapper

_OF_EACH_REQUEST = (
    "REQUEST_METHOD",
    "RAW_URI",
    "REQUEST_URI",
    "PATH_INFO",
    "wsgi.input",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that listens, and what every environ of its connections begins with."""

    environ: dict[str, Any]
    is_unix: bool


def endpoint(
    host: str, port: str, *, is_unix: bool, errors: TextIO, threads: bool, processes: bool
) -> Endpoint:
    """Return the endpoint of a listening address; `threads`: whether calls run side by side."""
    environ = {
        "SCRIPT_NAME": "",
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_SOFTWARE": "Spawning",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "GATEWAY_INTERFACE": "CGI/1.1",
        "QUERY_STRING": "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": Complaints(errors),
        "wsgi.multithread": threads,
        "wsgi.multiprocess": processes,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "wsgi.file_wrapper": FileWrapper,
        "REMOTE_ADDR": "",
        # What each request fills in; here so that a copy need not grow.
        **dict.fromkeys(_OF_EACH_REQUEST if is_unix else (*_OF_EACH_REQUEST, "REMOTE_PORT")),
    }
    return Endpoint(environ, is_unix)


EnvironOf = Callable[[Request, Any, Endpoint, RequestBody], dict[str, Any]]
"""What makes the environ of a request, `environ_of` unless proxies tell of their clients."""


def environ_of(request: Request, peer: Any, end: Endpoint, body: RequestBody) -> dict[str, Any]:
    """Return the environ of one request."""
    environ = end.environ.copy()
    path = environ["RAW_URI"] = environ["REQUEST_URI"] = request.target
    environ["REQUEST_METHOD"] = request.method
    if not request.http11:
        environ["SERVER_PROTOCOL"] = "HTTP/1.0"
    if "?" in path:
        path, _, environ["QUERY_STRING"] = path.partition("?")
    # Bytes as latin-1, whatever their encoding (PEP 3333, Unicode issues).
    environ["PATH_INFO"] = unquote_to_bytes(path).decode("latin-1") if "%" in path else path
    environ["wsgi.input"] = body
    if not end.is_unix:
        environ["REMOTE_ADDR"] = peer[0]
        environ["REMOTE_PORT"] = str(peer[1])
    # All of them begin with HTTP_ or CONTENT_, so they replace nothing.
    environ.update(request.headers)
    return environ


def address_of(peer: Any) -> str:
    """Return the address of a connection's peer, as REMOTE_ADDR has it; '' on a unix socket."""
    return peer[0] if isinstance(peer, tuple) else ""
