"""What stands behind proxies: it tells who asks, streams at the pace of the test, and echoes.

`/stream` goes on when the file exists that the query string names.
"""

import json
from pathlib import Path

import eventlet
from eventlet.websocket import WebSocketWSGI


@WebSocketWSGI
def echo(ws):
    while (message := ws.wait()) is not None:
        ws.send(message)


def stream(gate):
    yield b"first"
    while not gate.exists():
        eventlet.sleep(0.01)
    yield b"last"


def app(environ, start_response):
    if environ["PATH_INFO"] == "/echo":
        return echo(environ, start_response)
    if environ["PATH_INFO"] == "/stream":
        start_response("200 OK", [("Content-Type", "text/event-stream"), ("X-Accel-Buffering", "no")])
        return stream(Path(environ["QUERY_STRING"]))
    body = environ["wsgi.input"].read()
    told = {name: value for name, value in environ.items() if isinstance(value, str)}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(told | {"body": body.decode()}).encode()]
