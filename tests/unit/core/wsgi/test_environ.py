from __future__ import annotations

import io
from typing import Any
from wsgiref import validate

import pytest

from spawning.http.body import RequestBody
from spawning.http.request import Request
from spawning.wsgi.environ import Endpoint, endpoint, environ_of
from spawning.wsgi.files import FileWrapper

PEER = ("192.0.2.1", 50000)


class Nothing:
    """A `Source` that has nothing."""

    def take(self, _wait: bool) -> bytes:
        """Return nothing."""
        return b""

    def put_back(self, data: bytes) -> None:
        """Take nothing back."""

    def send(self, data: bytes) -> None:
        """Send nothing."""


def _end(is_unix: bool = False, threads: bool = True, processes: bool = True) -> Endpoint:
    host, port = ("/run/app.sock", "") if is_unix else ("127.0.0.1", "8080")
    return endpoint(
        host, port, is_unix=is_unix, errors=io.StringIO(), threads=threads, processes=processes
    )


def _environ(
    target: str = "/",
    headers: dict[str, str] | None = None,
    end: Endpoint | None = None,
    http11: bool = True,
) -> dict[str, Any]:
    request = Request("GET", target, http11, headers or {"HTTP_HOST": "a"})
    return environ_of(request, PEER, end or _end(), RequestBody(Nothing(), request))


# (target, PATH_INFO, QUERY_STRING)
TARGETS = [
    ("/", "/", ""),
    ("/a/b", "/a/b", ""),
    ("/a?", "/a", ""),
    ("/a?b=c&d", "/a", "b=c&d"),
    ("/a?b?c", "/a", "b?c"),
    ("/a%20b", "/a b", ""),
    ("/a+b", "/a+b", ""),
    ("/a%2Fb", "/a/b", ""),
    ("/a%3Fb?c", "/a?b", "c"),
    ("/%C3%A9", "\xc3\xa9", ""),
    ("/%e9", "\xe9", ""),
    ("/a%2", "/a%2", ""),
    ("/a%zz", "/a%zz", ""),
    ("/a%00", "/a\0", ""),
    ("/a%0d%0ab", "/a\r\nb", ""),
    ("/a?b%20c", "/a", "b%20c"),
    ("/a;b=c", "/a;b=c", ""),
    ("//a", "//a", ""),
    ("/a/../b", "/a/../b", ""),
    ("*", "*", ""),
]


@pytest.mark.parametrize(("target", "path", "query"), TARGETS)
def test_a_target_is_path_and_query(target: str, path: str, query: str) -> None:
    environ = _environ(target)
    expected = path if path.startswith(("/", "*")) else "/" + path
    assert (environ["PATH_INFO"], environ["QUERY_STRING"]) == (expected, query)
    assert environ["REQUEST_URI"] == environ["RAW_URI"] == target
    assert environ["SCRIPT_NAME"] == ""


@pytest.mark.parametrize("is_unix", [False, True])
@pytest.mark.parametrize("http11", [False, True])
def test_the_standard_library_finds_nothing_wrong(is_unix: bool, http11: bool) -> None:
    environ = _environ(end=_end(is_unix), http11=http11)
    validate.check_environ(environ)  # type: ignore[attr-defined]


def test_an_environ_says_what_the_request_says() -> None:
    headers = {"HTTP_HOST": "a", "CONTENT_TYPE": "text/plain", "HTTP_X_A": "b"}
    environ = _environ(headers=headers)
    expected = {
        **headers,
        "REQUEST_METHOD": "GET",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8080",
        "REMOTE_ADDR": "192.0.2.1",
        "REMOTE_PORT": "50000",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.run_once": False,
    }
    assert expected.items() <= environ.items()
    assert _environ(http11=False)["SERVER_PROTOCOL"] == "HTTP/1.0"


@pytest.mark.parametrize("threads", [False, True])
@pytest.mark.parametrize("processes", [False, True])
def test_an_environ_says_what_runs_side_by_side(threads: bool, processes: bool) -> None:
    environ = _environ(end=_end(threads=threads, processes=processes))
    assert environ["wsgi.multithread"] is threads
    assert environ["wsgi.multiprocess"] is processes


def test_a_client_of_a_unix_socket_has_no_address() -> None:
    environ = _environ(end=_end(is_unix=True))
    assert environ["REMOTE_ADDR"] == ""
    assert "REMOTE_PORT" not in environ


def test_an_environ_is_the_applications_own() -> None:
    end = _end()
    first = _environ(end=end)
    first["SERVER_NAME"] = first["X"] = "changed"
    second = _environ(end=end)
    assert second["SERVER_NAME"] == "127.0.0.1"
    assert "X" not in second


def test_every_variable_is_a_plain_string() -> None:
    for name, value in _environ().items():
        assert "." in name or type(value) is str


@pytest.mark.parametrize(("size", "blocks"), [(3, [b"abc", b"de"]), (5, [b"abcde"])])
def test_a_file_is_sent_in_blocks_and_closed(size: int, blocks: list[bytes]) -> None:
    file = io.BytesIO(b"abcde")
    wrapped = FileWrapper(file, size)
    assert list(wrapped) == blocks
    wrapped.close()
    assert file.closed


def test_a_file_without_close_has_none() -> None:
    class Reads:
        def read(self, _size: int) -> bytes:
            return b""

    assert not hasattr(FileWrapper(Reads()), "close")
