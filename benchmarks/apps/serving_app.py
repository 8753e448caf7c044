"""What each server serves in serving.py: one application, a page for each case."""

import json
import time

HELLO = b"hello, world\n"
BLOCK = b"x" * 65536
RECORD = {
    "id": 1729,
    "name": "a record of about one kilobyte",
    "tags": [f"tag-{number}" for number in range(40)],
    "scores": {f"score-{number}": number * 1.5 for number in range(22)},
}


def hello(environ):
    return "text/plain", HELLO


def block(environ):
    return "application/octet-stream", BLOCK


def waits(environ):
    """Wait as for another service; where sleep is patched, others are served meanwhile."""
    time.sleep(0.01)
    return "text/plain", HELLO


def record(environ):
    # Encoded anew each time, as an application would.
    return "application/json", json.dumps(RECORD).encode()


def echo(environ):
    return "application/octet-stream", environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))


PAGES = {"/": hello, "/json": record, "/echo": echo, "/block": block, "/waits": waits}


def app(environ, start_response):
    page = PAGES.get(environ["PATH_INFO"])
    if page is None:
        # Only here: the other cases are weighed without Flask.
        from flask_page import app as flask

        return flask(environ, start_response)
    content_type, body = page(environ)
    start_response("200 OK", [("Content-Type", content_type), ("Content-Length", str(len(body)))])
    return [body]
