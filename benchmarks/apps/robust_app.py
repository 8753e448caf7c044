"""What robustness.py and rolling.py serve: an application that is asked for trouble."""

import os
import time
from urllib.parse import parse_qs

HELLO = b"hello, world\n"
BLOCK = b"x" * 65536


def hello(environ):
    return [HELLO]


def who(environ):
    """Tell the worker's process id, after a while if that is asked for."""
    asked = parse_qs(environ["QUERY_STRING"])
    if "seconds" in asked:
        time.sleep(float(asked["seconds"][0]))
    if environ["REQUEST_METHOD"] == "POST":
        environ["wsgi.input"].read()
    return [str(os.getpid()).encode()]


def upload(environ):
    body, size = environ["wsgi.input"], 0
    while piece := body.read(len(BLOCK)):
        size += len(piece)
    return [str(size).encode()]


def download(environ):
    for _ in range(int(environ["QUERY_STRING"])):
        yield BLOCK


def opens_file(environ):
    with open(os.devnull):
        return [HELLO]


def selects(environ):
    """Wait for a pipe with select(), which knows no descriptor from 1024 on."""
    import select

    reading, writing = os.pipe()
    try:
        os.write(writing, b"x")
        select.select([reading], [], [], 1)
        return [HELLO]
    finally:
        os.close(reading)
        os.close(writing)


def tells(environ):
    environ["wsgi.errors"].write("told to wsgi.errors\n")
    return [HELLO]


def fails(environ):
    raise RuntimeError("the application fails")


PAGES = {
    "/": hello,
    "/who": who,
    "/upload": upload,
    "/download": download,
    "/file": opens_file,
    "/select": selects,
    "/tell": tells,
    "/fail": fails,
}


def app(environ, start_response):
    result = PAGES[environ["PATH_INFO"]](environ)
    fields = [("Content-Type", "text/plain")]
    if isinstance(result, list):
        fields.append(("Content-Length", str(len(result[0]))))
    start_response("200 OK", fields)
    return result
