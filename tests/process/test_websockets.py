"""Websockets with `--threads 0`, and what else applications know from eventlet's own server."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import socketio  # type: ignore[import-untyped]

from clients import Client, get, request
from frames import CLOSE, PING, PONG, TEXT, WebSocket, frame
from serving import APPS, PATIENCE, Server, StartServer, wait_until

pytestmark = pytest.mark.slow

GOING_AWAY = b"\x03\xe9"
MANY = 200


@pytest.fixture
def chat(spawn: StartServer) -> Iterator[Server]:
    """A worker with the application of `websocket_site`."""
    folder = APPS / "websocket_site"
    server = spawn(folder, "-s", "1", "-t", "0", "chat.app").wait_until_serving()
    yield server
    assert not any("bug in the server" in line for line in server.log.lines)


def test_frames_go_both_ways_and_the_client_says_goodbye(chat: Server) -> None:
    with WebSocket(chat.address, "/echo") as socket:
        assert socket.ask(b"hello") == b"hello"
        assert socket.ask(b"x" * 300_000) == b"x" * 300_000
        socket.send(b"are you there", PING)
        assert socket.receive() == (PONG, b"are you there")
        assert socket.close() == b"\x88\x02\x03\xe8"
    chat.access.wait_for(r'"GET /echo HTTP/1\.1" 101 0 ')


def test_frames_that_come_with_the_request_are_not_lost(chat: Server) -> None:
    with WebSocket(chat.address, "/echo", frame(b"one") + frame(b"two")[:5]) as socket:
        assert socket.receive() == (TEXT, b"one")
    whole = frame(b"two")
    with WebSocket(chat.address, "/echo", frame(b"one") + whole[:5]) as socket:
        assert socket.receive() == (TEXT, b"one")
        socket.client.send(whole[5:])
        assert socket.receive() == (TEXT, b"two")


def test_the_server_says_goodbye(chat: Server) -> None:
    with WebSocket(chat.address, "/echo") as socket:
        socket.send(b"leave")
        assert socket.receive() == (CLOSE, b"")
        assert socket.client.rest() == b""
    with WebSocket(chat.address, "/duplex") as socket:  # closed by a greenlet that sends
        assert socket.receive() == (TEXT, b"written")
        assert socket.receive() == (CLOSE, b"")
        assert socket.client.rest() == b""
        # The handler of `duplex` still waits to receive: it must see that the client goes.
    chat.access.wait_for(r'"GET /duplex HTTP/1\.1" 101 0 ')


def test_the_goodbye_reaches_a_client_that_goes_on_sending(chat: Server) -> None:
    more = frame(b"x" * 60_000)
    with WebSocket(chat.address, "/echo") as socket:
        socket.send(b"leave")
        for _ in range(100):
            socket.client.send(more)
        assert socket.receive() == (CLOSE, b"")
        assert socket.client.rest() == b""


def test_a_handler_that_fails_ends_its_connection_and_says_why(chat: Server) -> None:
    with WebSocket(chat.address, "/echo") as socket:
        socket.send(b"fail")
        assert socket.client.rest() == b""
    chat.log.wait_for("RuntimeError: the handler fails")
    assert get(chat.address, "/hello").status == 200


def test_an_application_that_is_a_generator_may_upgrade_too(chat: Server) -> None:
    with WebSocket(chat.address, "/wrapped") as socket:
        assert socket.ask(b"hello") == b"hello"
        assert socket.close() == b"\x88\x02\x03\xe8"
    assert "Traceback" not in "\n".join(chat.log.lines)


def test_many_at_once_and_ordinary_requests_beside_them(chat: Server) -> None:
    (worker,) = chat.workers()
    with Client(chat.address) as client:
        assert client.get("/hello").status == 200
        before = worker.num_fds()
        for _ in range(2):
            sockets = [WebSocket(chat.address, "/echo") for _ in range(MANY)]
            for number, socket in enumerate(sockets):
                assert client.get("/hello").body == b"hello v1"
                assert socket.ask(b"%d" % number) == b"%d" % number
            for number, socket in enumerate(sockets):
                if number % 2:
                    socket.close()
                socket.client.close()  # the others just go
            wait_until(lambda: worker.num_fds() == before, "all descriptors are closed")
    assert "Traceback" not in "\n".join(chat.log.lines)


def test_a_client_that_goes_ends_a_handler_that_only_sends(chat: Server) -> None:
    with WebSocket(chat.address, "/clock") as socket:
        assert socket.receive() == (TEXT, b"tick")
    chat.access.wait_for(r'"GET /clock HTTP/1\.1" 101 0 ')
    assert "Traceback" not in "\n".join(chat.log.lines)


def test_stopping_waits_for_open_websockets(chat: Server) -> None:
    with WebSocket(chat.address, "/echo") as socket:
        assert socket.ask(b"before") == b"before"
        chat.signal(signal.SIGTERM)
        chat.wait_for_workers(1, "(draining)")
        assert socket.ask(b"after") == b"after"
        socket.close()
    assert chat.wait() == 0


def test_a_reload_leaves_websockets_to_old_code_until_the_deadman(
    spawn: StartServer, copy_of: Callable[[str], Path]
) -> None:
    folder = copy_of("websocket_site")
    server = spawn(folder, "-s", "1", "-t", "0", "--deadman", "2", "chat.app")
    with WebSocket(server.wait_until_serving().address, "/echo") as socket:
        (folder / "texts.py").write_text('VERSION = "v2"\n')
        server.signal(signal.SIGHUP)
        server.log.wait_for(r"generation 2 in ")
        assert get(server.address, "/hello").body == b"hello v2"
        assert socket.ask(b"version") == b"v1"
        server.log.wait_for(r"GET /echo had taken")  # the deadman says what it kills
        assert socket.client.rest() == b""
    assert "bug in the server" not in "\n".join(server.log.lines)


def test_a_reload_in_development_sends_clients_to_new_code(
    spawn: StartServer, copy_of: Callable[[str], Path], threads: str
) -> None:
    folder = copy_of("websocket_site")
    server = spawn(folder, "-s", "1", "-t", threads, "--reload=dev", "chat.app")
    server.wait_until_serving()
    server.log.wait_for("watching")
    paths = ("/echo", "/clock") if threads == "0" else ()
    events = Client(server.address)
    events.send(request("/events", "Accept: text/event-stream"))
    assert events.head()[0] == 200
    sockets = [WebSocket(server.address, path) for path in paths]
    (folder / "texts.py").write_text('VERSION = "v2"\n')
    server.log.wait_for(r"texts\.py changed.*: generation 2 in ")
    for socket in sockets:
        while (received := socket.receive())[0] == TEXT:
            pass
        assert received == (CLOSE, GOING_AWAY)
        assert socket.client.rest() == b""
    while (chunk := _chunk_or_end(events)) is not None:
        assert chunk == b"data: v1\n\n"
    server.wait_for_workers(1)  # the old one did not need its deadman
    assert get(server.address, "/hello").body == b"hello v2"
    for socket in [*sockets, events.socket]:
        getattr(socket, "client", socket).close()
    log = "\n".join(server.log.lines)
    assert "killed" not in log
    assert "bug in the server" not in log


def _chunk_or_end(client: Client) -> bytes | None:
    try:
        return client.chunk()
    except EOFError:
        return None


def test_a_protocol_of_its_own(chat: Server) -> None:
    with Client(chat.address) as client:
        client.send(request("/by_hand") + b"one\ntwo\n")
        assert client.head() == (101, {})
        assert client.line() == b"ONE\n"
        client.send(b"three\n")
        assert [client.line(), client.line()] == [b"TWO\n", b"THREE\n"]


def test_an_answer_after_the_socket_was_taken(chat: Server) -> None:
    for size in (5, 2_000_000):
        with Client(chat.address) as client:
            client.send(request(f"/after_all?{size}"))
            assert client.answer().body == b"x" * size + b"end"
            assert client.rest() == b""
    with Client(chat.address) as client:
        assert client.get("/fail_early").status == 500
    with Client(chat.address) as client:
        client.send(request("/twice"))
        assert client.rest() == b"by hand\r\n"
    assert get(chat.address, "/echo").status == 400  # not a websocket's request


def test_posthooks_are_called_after_the_response(chat: Server) -> None:
    with Client(chat.address) as client:
        assert client.get("/hooks").body == b"ok"
        chat.log.wait_for("^/hooks is over$")
        chat.log.wait_for("RuntimeError: the hook fails")
        assert client.get("/hello").body == b"hello v1"


def test_threads_have_no_socket_to_give(spawn: StartServer) -> None:
    server = spawn(APPS / "websocket_site", "-s", "1", "-t", "1", "chat.app")
    with Client(server.wait_until_serving().address) as client:
        assert client.get("/after_all?1").status == 500
    server.log.wait_for("KeyError: 'eventlet.input'")


class Talker:
    """A client of python-socketio, and what it was sent."""

    def __init__(self, server: Server, transport: str) -> None:
        self.client = socketio.Client(reconnection=False)
        self.seen: list[tuple[str, Any]] = []
        self._changed = threading.Condition()
        for event in ("welcome", "shouted", "binary", "counted"):
            self.client.on(event, lambda data, event=event: self._note(event, data))
        host, port = server.address
        self.client.connect(f"http://{host}:{port}", transports=[transport], wait_timeout=PATIENCE)

    def wait_for(self, *wanted: tuple[str, Any]) -> None:
        """Return once all that is wanted has come."""

        def came() -> bool:
            return all(each in self.seen for each in wanted)

        with self._changed:
            assert self._changed.wait_for(came, PATIENCE), self.seen

    def _note(self, event: str, data: Any) -> None:
        with self._changed:
            self.seen.append((event, data))
            self._changed.notify_all()


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_flask_socketio(spawn: StartServer, transport: str) -> None:
    folder = APPS / "flask_socketio_site"
    server = spawn(folder, "-s", "1", "-t", "0", "talk.app").wait_until_serving()
    one, other = Talker(server, transport), Talker(server, transport)
    one.wait_for(("welcome", {"transport": transport}))
    assert one.client.transport() == transport
    assert one.client.call("double", 21, timeout=PATIENCE) == 42
    one.client.emit("shout", "hello")
    one.client.emit("binary", b"\x01\x02\x03")
    one.client.emit("count", 10)
    one.wait_for(("binary", b"\x03\x02\x01"), *(("counted", each) for each in range(10)))
    other.wait_for(("shouted", "HELLO"))
    sid = one.client.get_sid()
    one.client.disconnect()
    wait_until(lambda: sid in get(server.address, "/left").text, "the server knows who left")
    other.client.disconnect()
    assert server.stop() == 0
    assert "Traceback" not in "\n".join(server.log.lines)
