"""What each server serves in serving.py: one application, a page for each case."""

import json

HELLO = b"hello, world\n"
RECORD = {
    "id": 1729,
    "name": "a record of about one kilobyte",
    "tags": [f"tag-{number}" for number in range(40)],
    "scores": {f"score-{number}": number * 1.5 for number in range(22)},
}


def hello(environ):
    return "text/plain", HELLO


def record(environ):
    # Encoded anew each time, as an application would.
    return "application/json", json.dumps(RECORD).encode()


def echo(environ):
    return "application/octet-stream", environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))


PAGES = {"/": hello, "/json": record, "/echo": echo}


def app(environ, start_response):
    content_type, body = PAGES[environ["PATH_INFO"]](environ)
    start_response("200 OK", [("Content-Type", content_type), ("Content-Length", str(len(body)))])
    return [body]
