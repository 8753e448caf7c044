"""Websockets on eventlet's own WebSocketWSGI, and what else lives on eventlet.wsgi."""

import sys

import eventlet
from eventlet.websocket import WebSocketWSGI

from texts import VERSION


@WebSocketWSGI
def echo(ws):
    while (message := ws.wait()) is not None:
        if message == "leave":
            return
        if message == "fail":
            raise RuntimeError("the handler fails")
        ws.send(VERSION if message == "version" else message)


@WebSocketWSGI
def clock(ws):
    """Sends for ever and never listens."""
    while True:
        ws.send("tick")
        eventlet.sleep(0.01)


@WebSocketWSGI
def duplex(ws):
    """One greenlet sends and closes while another waits to receive."""

    def write():
        ws.send("written")
        ws.close()

    eventlet.spawn(write)
    ws.send(f"read {ws.wait()!r}")


def by_hand(environ, start_response):
    """Speaks a protocol of its own."""
    sock = environ["eventlet.input"].get_socket()
    assert environ["eventlet.input"].get_socket() is sock
    assert environ["wsgi.input"].read() == b""
    with sock.makefile("rb") as lines:
        sock.sendall(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
        for line in lines:
            sock.sendall(line.upper())
    return []


def after_all(environ, start_response):
    """Takes the socket and then answers like anybody else."""
    environ["eventlet.input"].get_socket()
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"x" * int(environ["QUERY_STRING"])
    yield b"end"


def twice(environ, start_response):
    """Answers by hand, and then as if it had not."""
    environ["eventlet.input"].get_socket().sendall(b"by hand\r\n")
    start_response("200 OK", [("Content-Length", "6")])
    return [b"second"]


def fail_early(environ, start_response):
    environ["eventlet.input"].get_socket()
    raise RuntimeError("the application fails")


def wrapped(environ, start_response):
    """A middleware that is a generator: the application runs when it is iterated."""
    yield from echo(environ, start_response)


def hooks(environ, start_response):
    def say(environ, what, *, end):
        print(environ["PATH_INFO"], what + end, file=sys.stderr, flush=True)

    def fail(environ):
        raise RuntimeError("the hook fails")

    environ["eventlet.posthooks"].append((say, ("is",), {"end": " over"}))
    environ["eventlet.posthooks"].append((fail, (), {}))
    start_response("200 OK", [])
    return [b"ok"]


def events(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/event-stream")])
    while True:
        yield f"data: {VERSION}\n\n".encode()
        eventlet.sleep(0.01)


def hello(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"hello {VERSION}".encode()]


PATHS = {
    function.__name__: function
    for function in (by_hand, after_all, twice, fail_early, wrapped, hooks, events, hello)
} | {"echo": echo, "clock": clock, "duplex": duplex}


def app(environ, start_response):
    return PATHS[environ["PATH_INFO"].strip("/")](environ, start_response)
