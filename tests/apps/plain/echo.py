"""Tells what it was sent, and answers as it is asked."""

import json

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/status":
        start_response(environ["QUERY_STRING"].replace("+", " "), [("X-A", "1")])
        return []
    if path == "/unread":
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]
    if path == "/big":
        start_response("200 OK", [("Content-Length", str(64 << 20))])
        return (b"x" * 65536 for _ in range(1024))
    if path == "/write":
        write = start_response("200 OK", [])
        write(b"one ")
        write(b"two ")
        return [b"three"]
    if path == "/fail-late":
        return late(start_response)
    if path == "/fail":
        raise RuntimeError("the application fails")
    if path == "/exit":
        raise SystemExit(3)
    if path == "/short":
        start_response("200 OK", [("Content-Length", "10")])
        return [b"short"]
    if path == "/environ":
        body = json.dumps({k: v for k, v in environ.items() if isinstance(v, (str, bool, tuple))})
        start_response("200 OK", [("Content-Type", "application/json")])
        return [body.encode()]
    if path == "/lines":
        lines = list(environ["wsgi.input"])
        start_response("200 OK", [])
        return [repr(lines).encode()]
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("X-Length", str(len(body)))])
    return [body]

def late(start_response):
    start_response("200 OK", [])
    yield b"first"
    raise RuntimeError("the application fails late")
