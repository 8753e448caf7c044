"""HTTP/1.1 as a client sees it, from a real server, with threads and with greenlets."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from clients import Client, request
from serving import Server, StartServer, wait_until

pytestmark = pytest.mark.slow

CHUNK = b"x" * 65536


def test_keep_alive_and_pipelining(echo: Server) -> None:
    with Client(echo.address) as client:
        for _ in range(3):
            assert client.get("/environ").status == 200
        client.send(request("/status?204+No") + request("/environ") + request("/status?299+Own"))
        assert [client.answer().status for _ in range(3)] == [204, 200, 299]
        assert client.get("/environ", "Connection: close").headers["connection"] == "close"
        assert client.rest() == b""


def test_http_1_0_closes_unless_asked(echo: Server) -> None:
    with Client(echo.address) as client:
        client.send(b"GET /environ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        assert client.answer().headers["connection"] == "keep-alive"
        client.send(b"GET /environ HTTP/1.0\r\n\r\n")
        assert client.answer().headers["connection"] == "close"
        assert client.rest() == b""


def test_bodies_arrive_whole_however_they_are_sent(echo: Server) -> None:
    body = os.urandom(300_000)
    with Client(echo.address) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body))
        for start in range(0, len(body), 7919):
            client.send(body[start : start + 7919])
        assert client.answer().body == body
        client.send(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for start in range(0, len(body), 10007):
            piece = body[start : start + 10007]
            client.send(b"%x;note=1\r\n%b\r\n" % (len(piece), piece))
        client.send(b"0\r\nX-Trailer: ignored\r\n\r\n" + request("/environ"))
        assert client.answer().body == body
        assert client.answer().status == 200
        client.send(b"POST /lines HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na\nbb\nccc\n")
        assert client.answer().body == b"[b'a\\n', b'bb\\n', b'ccc\\n']"


def test_continue_is_sent_when_the_body_is_wanted(echo: Server) -> None:
    head = b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
    with Client(echo.address) as client:
        client.send(head % b"/")
        assert client.head() == (100, {})
        client.send(b"hello")
        assert client.answer().body == b"hello"
        # An application that does not read its input must not invite the body; whether the
        # client sends it nevertheless cannot be known, so the connection ends.
        client.send(head % b"/unread")
        answer = client.answer()
        assert (answer.body, answer.headers["connection"]) == (b"ok", "close")
        assert client.rest() == b""


def test_a_body_that_is_not_read_does_not_become_a_request(echo: Server) -> None:
    smuggled = request("/status?299+Smuggled")
    with Client(echo.address) as client:
        client.send(
            b"POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b"
            % (len(smuggled), smuggled)
        )
        client.send(request("/environ"))
        assert client.answer().body == b"ok"
        assert client.answer().status == 200


def test_an_unread_body_that_comes_after_the_answer_is_skipped(echo: Server) -> None:
    with Client(echo.address) as client:
        for head in (b"Content-Length: 9", b"Transfer-Encoding: chunked"):
            client.send(b"POST /unread HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n")
            answer = client.answer()
            assert (answer.body, answer.headers.get("connection")) == (b"ok", None)
            body = b"GET / HTT" if b"Length" in head else b"9\r\nGET / HTT\r\n0\r\n\r\n"
            for byte in body:
                client.send(bytes([byte]))
            assert client.get("/environ").status == 200


def test_a_large_unread_body_ends_the_connection_after_the_answer(echo: Server) -> None:
    with Client(echo.address) as client:
        client.send(b"POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n" + CHUNK)
        assert client.answer().body == b"ok"
        client.rest()


@pytest.mark.parametrize("code", [204, 304])
def test_responses_without_a_body(echo: Server, code: int) -> None:
    with Client(echo.address) as client:
        answer = client.get(f"/status?{code}+None")
        assert answer.status == code
        assert "transfer-encoding" not in answer.headers
        assert "content-length" not in answer.headers
        assert client.get("/environ").status == 200


def test_head_tells_the_length_and_sends_no_body(echo: Server) -> None:
    with Client(echo.address) as client:
        length = len(client.get("/environ").body)
        answer = client.get("/environ", method="HEAD")
        assert abs(int(answer.headers["content-length"]) - length) < 20
        assert client.get("/unread").body == b"ok"


def test_write(echo: Server) -> None:
    with Client(echo.address) as client:
        assert client.get("/write").body == b"one two three"


def test_failures_before_the_head_answer_500(echo: Server) -> None:
    for path in ("/fail", "/exit"):
        with Client(echo.address) as client:
            answer = client.get(path)
            assert (answer.status, answer.headers["connection"]) == (500, "close")
    echo.log.wait_for("RuntimeError: the application fails")
    with Client(echo.address) as client:
        assert client.get("/environ").status == 200


def test_failures_after_the_head_cut_the_connection(echo: Server) -> None:
    with Client(echo.address) as client:
        client.send(request("/fail-late"))
        assert client.head()[0] == 200
        assert client.chunk() == b"first"
        assert client.rest() == b""  # and no last chunk


def test_a_body_shorter_than_promised_ends_the_connection(echo: Server) -> None:
    with Client(echo.address) as client:
        client.send(request("/short"))
        client.head()
        assert client.rest() == b"short"
    echo.log.wait_for("5 bytes fewer than its Content-Length")


def test_pieces_are_sent_as_they_are_yielded(
    serve: StartServer, plain: Path, tmp_path: Path
) -> None:
    server = serve(plain, "streaming.app")
    with Client(server.address) as client:
        client.send(request(f"/?gate={tmp_path}&chunks=3"))
        assert client.head()[1]["transfer-encoding"] == "chunked"
        for number in range(3):
            assert client.chunk() == b"chunk %d\n" % number
            (tmp_path / str(number + 1)).touch()
        assert client.chunk() == b""
    wait_until(lambda: (tmp_path / "closed").exists(), "the iterable was closed")


def test_the_iterable_is_closed_when_the_client_goes(
    serve: StartServer, plain: Path, tmp_path: Path
) -> None:
    server = serve(plain, "streaming.app")
    with Client(server.address) as client:
        client.send(request(f"/?gate={tmp_path}&chunks=9"))
        client.head()
    for number in range(9):
        (tmp_path / str(number + 1)).touch()
    wait_until(lambda: (tmp_path / "closed").exists(), "the iterable was closed")
    assert "Traceback" not in "\n".join(server.log.lines)


def test_a_slow_reader_holds_the_application_back(echo: Server) -> None:
    worker = echo.workers()[0]
    before = worker.memory_info().rss
    with Client(echo.address) as client:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        client.send(request("/big"))
        status, headers = client.head()
        assert (status, headers["content-length"]) == (200, str(64 << 20))
        left = 64 << 20
        while left:
            assert worker.memory_info().rss - before < 16 << 20
            left -= len(client.exactly(min(left, 1 << 20)))


def test_a_client_that_goes_in_the_middle_harms_nobody(echo: Server) -> None:
    for _ in range(20):
        client = Client(echo.address)
        client.send(request("/big"))
        client.socket.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0"
        )  # closing resets
        client.close()
        with Client(echo.address) as other:
            other.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
    with Client(echo.address) as client:
        assert client.get("/environ").status == 200
    assert "Traceback" not in "\n".join(echo.log.lines)


def test_malformed_requests_are_refused_and_closed(echo: Server) -> None:
    with Client(echo.address) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + request("/environ"))
        assert client.answer().status == 400
        assert client.rest() == b""


def test_no_keepalive(serve: StartServer, plain: Path) -> None:
    server = serve(plain, "hello.app", "--no-keepalive")
    with Client(server.address) as client:
        assert client.get("/").headers["connection"] == "close"
        assert client.rest() == b""


def test_the_validator_of_pep_3333_is_content(serve: StartServer, plain: Path) -> None:
    server = serve(plain, "validated.app")
    with Client(server.address) as client:
        assert client.get("/").status == 200
        assert client.get("/", method="HEAD").status == 200
        client.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody")
        assert client.answer().status == 200
        client.send(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        client.send(b"4\r\nbody\r\n0\r\n\r\n")
        assert client.answer().status == 200
    assert "Assertion" not in "\n".join(server.log.lines)


def test_the_access_log_tells_method_path_status_bytes_and_duration(echo: Server) -> None:
    with Client(echo.address) as client:
        client.get('/status?299+"quoted')
        client.get("/unread")
    echo.access.wait_for(
        r'^127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4} [\d:]{8}\] "GET /unread HTTP/1\.1" 200 2 '
        r"\d\.\d{6} id=\S+ g=1 w=1$"
    )
    echo.access.wait_for(r'"GET /status\?299\+\\"quoted HTTP/1\.1" 299 0 ')
