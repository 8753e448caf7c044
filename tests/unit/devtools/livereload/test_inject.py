"""What the wrapper around the application makes of its responses."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.util import FileWrapper, setup_testing_defaults
from wsgiref.validate import validator

import pytest

from spawning_devtools.livereload.inject import Headers, injecting

TAG = b'<script src="/live.js?seen=7" async></script>'
HTML = "text/html; charset=utf-8"
PAGE = b"<!doctype html><html><head><title>x</title></head><body>y</body></html>"
WITH_TAG = PAGE.replace(b"<head>", b"<head>" + TAG)
ACCEPT = {"HTTP_ACCEPT": "text/html,application/xhtml+xml,*/*;q=0.8"}


class Answer:
    """What a server gets of an application that is asked once."""

    def __init__(self, application: Any, **fields: str) -> None:
        self.environ: dict[str, Any] = {}
        setup_testing_defaults(self.environ)
        self.environ |= ACCEPT | {"wsgi.input": io.BytesIO(), "QUERY_STRING": ""} | fields
        self.pieces: list[bytes] = []
        self.status = ""
        self.headers: Headers = []
        result = injecting(application, lambda: "/live.js?seen=7")(self.environ, self._start)
        self.result = result
        try:
            self.pieces.extend(result)
        finally:
            if hasattr(result, "close"):
                result.close()

    def _start(self, status: str, headers: Headers, *exc_info: Any) -> Callable[[bytes], None]:
        if self.status and not exc_info:
            raise AssertionError("start_response was called twice")
        self.status, self.headers = status, headers
        return self.pieces.append

    @property
    def body(self) -> bytes:
        """All of it."""
        return b"".join(self.pieces)

    def field(self, name: str) -> str | None:
        """Return the value of a header field."""
        return dict(self.headers).get(name)


def page(*pieces: bytes, status: str = "200 OK", **fields: str) -> Any:
    """Return an application that answers with a page, as a list."""
    headers = [("Content-Type", HTML)] if "Content_Type" not in fields else []
    headers += [(name.replace("_", "-"), value) for name, value in fields.items()]

    def answer(_environ: dict[str, Any], start: Any) -> list[bytes]:
        start(status, headers)
        return list(pieces)

    return answer


def test_a_page_gets_the_script_right_after_its_head() -> None:
    answer = Answer(page(PAGE, Content_Length=str(len(PAGE)), ETag='"1"', X_Own="a"))
    assert answer.pieces == [WITH_TAG]
    assert answer.headers == [
        ("Content-Type", HTML),
        ("Content-Length", str(len(WITH_TAG))),
        ("X-Own", "a"),
        ("Vary", "Accept, Sec-Fetch-Dest, X-Requested-With"),
    ]


# (what is special about the response)
ALIKE: dict[str, dict[str, str]] = {
    "error page": {"status": "500 Internal Server Error"},
    "not found": {"status": "404 Not Found"},
    "no charset": {"Content_Type": "text/html"},
    "odd spelling": {"Content_Type": 'Text/HTML;CHARSET="ISO-8859-1"'},
    "identity": {"Content_Encoding": "identity"},
    "policy": {"Content_Security_Policy": "default-src 'self'"},
}
LEFT_ALONE: dict[str, dict[str, str]] = {
    "json": {"Content_Type": "application/json"},
    "text": {"Content_Type": "text/plain"},
    "no type": {"Content_Type": ""},
    "gzip": {"Content_Encoding": "gzip"},
    "brotli": {"Content_Encoding": "br"},
    "a part": {"status": "206 Partial Content"},
    "no content": {"status": "204 No Content"},
    "not modified": {"status": "304 Not Modified"},
    "redirect": {"status": "302 Found"},
    "utf-16": {"Content_Type": "text/html; charset=utf-16"},
    "download": {"Content_Disposition": 'attachment; filename="a.html"'},
    "empty": {"Content_Length": "0"},
    "policy": {"Content_Security_Policy": "script-src 'none'"},
}


@pytest.mark.parametrize("fields", ALIKE.values(), ids=ALIKE)
def test_what_is_a_page(fields: dict[str, str]) -> None:
    assert TAG in Answer(page(PAGE, **fields)).body


@pytest.mark.parametrize("fields", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_what_is_none(fields: dict[str, str]) -> None:
    answer = Answer(page(PAGE, ETag='"1"', **fields))
    assert answer.body == PAGE
    assert answer.field("ETag") == '"1"'
    assert answer.field("Vary") is None


REQUESTS: dict[str, tuple[dict[str, str], bool]] = {
    "a navigation": ({"HTTP_SEC_FETCH_DEST": "document"}, True),
    "a form": ({"REQUEST_METHOD": "POST"}, True),
    "curl": ({"HTTP_ACCEPT": "*/*"}, False),
    "fetch": ({"HTTP_SEC_FETCH_DEST": "empty"}, False),
    "a frame": ({"HTTP_SEC_FETCH_DEST": "iframe"}, False),
    "jQuery": ({"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}, False),
    "a websocket": ({"HTTP_UPGRADE": "websocket"}, False),
    "another method": ({"REQUEST_METHOD": "PUT"}, False),
}


@pytest.mark.parametrize(("fields", "is_page"), REQUESTS.values(), ids=REQUESTS)
def test_who_asks(fields: dict[str, str], is_page: bool) -> None:
    answer = Answer(page(PAGE), **fields)
    assert (b"/live.js?seen=7" in answer.body) is is_page


def test_a_page_that_answers_a_form_says_so() -> None:
    answer = Answer(page(PAGE), REQUEST_METHOD="POST")
    assert b'src="/live.js?seen=7&amp;posted"' in answer.body


def test_the_application_does_not_know_what_the_browser_has() -> None:
    told: list[str] = []

    def answer(environ: dict[str, Any], start: Any) -> list[bytes]:
        told.extend(name for name in environ if name.startswith("HTTP_"))
        start("200 OK", [])
        return []

    fields = {"HTTP_IF_NONE_MATCH": "a", "HTTP_ACCEPT_ENCODING": "gzip", "HTTP_COOKIE": "a=b"}
    Answer(answer, **fields)
    assert sorted(told) == ["HTTP_ACCEPT", "HTTP_COOKIE", "HTTP_HOST"]
    told.clear()
    Answer(answer, HTTP_SEC_FETCH_DEST="empty", **fields)
    assert "HTTP_IF_NONE_MATCH" in told


def test_head_says_the_length_of_the_page() -> None:
    length = str(len(PAGE))
    answer = Answer(page(Content_Length=length), REQUEST_METHOD="HEAD")
    assert answer.field("Content-Length") == str(len(WITH_TAG))
    assert answer.body == b""


def test_pieces_go_on_as_they_come() -> None:
    events: list[str] = []

    def answer(_environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        start("200 OK", [("Content-Type", HTML)])
        for piece in (b"", PAGE[:30], b"", PAGE[30:]):
            events.append(f"made {len(piece)}")
            yield piece

    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    result = injecting(answer, lambda: "/live.js?seen=7")(environ | ACCEPT, lambda *_: None)
    for piece in result:
        events.append(f"sent {len(piece)}")
    rest, added = len(PAGE) - 30, len(TAG)
    assert events == [
        *("made 0", "sent 0", "made 30", f"sent {30 + added}"),
        *("made 0", "sent 0", f"made {rest}", f"sent {rest}"),
    ]


def test_written_pieces_come_first() -> None:
    def answer(_environ: dict[str, Any], start: Any) -> list[bytes]:
        write = start("200 OK", [("Content-Type", HTML)])
        write(PAGE[:20])
        return [PAGE[20:]]

    assert Answer(answer).pieces == [PAGE[:15] + TAG + PAGE[15:20], PAGE[20:]]


def test_a_page_without_a_head_gets_the_script_at_its_end() -> None:
    assert Answer(page(b"<p>", b"x")).pieces == [b"<p>", b"x", TAG]
    assert Answer(page(b"<p>x")).pieces == [b"<p>x" + TAG]
    assert Answer(page(PAGE, Content_Type="text/html")).pieces == [PAGE + TAG]


def test_an_error_replaces_the_page() -> None:
    def answer(_environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        start("200 OK", [("Content-Type", HTML), ("Content-Length", "5")])
        try:
            raise ValueError
        except ValueError as error:
            exc_info = (ValueError, error, error.__traceback__)
            start("500 Oops", [("Content-Type", "text/plain"), ("Content-Length", "4")], exc_info)
        yield b"oops"

    answered = Answer(answer)
    assert (answered.status, answered.body) == ("500 Oops", b"oops")
    assert answered.field("Content-Length") == "4"


class Closing:
    """An iterable that remembers how often it was closed."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = iter(pieces)
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = next(self._pieces)
        if piece == b"fail":
            raise RuntimeError(piece)
        return piece

    def close(self) -> None:
        """Count."""
        self.closed += 1


@pytest.mark.parametrize("kind", [HTML, "text/plain"])
def test_what_was_returned_is_closed_once(kind: str) -> None:
    for pieces in ([PAGE], [PAGE, b"fail"]):
        closing = Closing(pieces)

        def answer(_environ: Any, start: Any, closing: Closing = closing) -> Closing:
            start("200 OK", [("Content-Type", kind)])
            return closing

        if b"fail" in pieces:
            with pytest.raises(RuntimeError):
                Answer(answer)
        else:
            Answer(answer)
        assert closing.closed == 1


def test_a_page_that_is_left_early_ends_the_generator() -> None:
    ended: list[bool] = []

    def answer(_environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        start("200 OK", [("Content-Type", HTML)])
        try:
            yield PAGE
            yield PAGE
        finally:
            ended.append(True)

    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    result = injecting(answer, lambda: "/")(environ | ACCEPT, lambda *_: None)
    next(result)
    result.close()
    assert ended == [True]


def test_what_is_no_page_is_passed_on_as_it_is() -> None:
    def answer(environ: dict[str, Any], start: Any) -> Any:
        start("200 OK", [("Content-Type", "image/png")])
        return environ["wsgi.file_wrapper"](io.BytesIO(b"png"))

    answered = Answer(answer, **{"wsgi.file_wrapper": FileWrapper})  # type: ignore[arg-type]
    assert type(answered.result) is FileWrapper
    assert answered.body == b"png"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("pieces", [[PAGE], [PAGE[:9], PAGE[9:]], [b"<p>"], []])
def test_both_sides_keep_to_the_pep(method: str, pieces: list[bytes]) -> None:
    body = [] if method == "HEAD" else pieces
    inner = validator(page(*body))
    outer = validator(injecting(inner, lambda: "/live.js"))
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    environ |= ACCEPT | {"REQUEST_METHOD": method, "QUERY_STRING": ""}
    if method == "POST":
        environ["wsgi.input"] = io.BytesIO()

    def start(_status: str, _headers: Headers, _exc_info: Any = None) -> Callable[[bytes], None]:
        return lambda _data: None

    result = outer(environ, start)
    assert b"".join(result).count(b"/live.js") == (method != "HEAD")
    result.close()
