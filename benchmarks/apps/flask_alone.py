"""Processor time of the page of Flask without a server, in seconds for each call.

    flask_alone.py SECONDS

The application is called in a loop, with the same environ each time, and its answer is taken as
a server takes it.  What a copy of the environ and the loop cost is a server's own, and is taken
off: it is measured in the same way, with an application that does nothing.
"""

import io
import sys
import time

from serving_app import app

ENVIRON = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/flask",
    "QUERY_STRING": "",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "8080",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "HTTP_HOST": "127.0.0.1:8080",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.input": io.BytesIO(),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}
AT_ONCE = 200


def nothing(environ, start_response):
    start_response("200 OK", [])
    return [b""]


def start_response(status, fields, exc_info=None):
    return None


def call(application):
    answer = application(ENVIRON.copy(), start_response)
    try:
        for _ in answer:
            pass
    finally:
        if hasattr(answer, "close"):
            answer.close()


def each(application, seconds):
    """Return the processor time of one call."""
    calls, began = 0, time.process_time()
    while (spent := time.process_time() - began) < seconds:
        for _ in range(AT_ONCE):
            call(application)
        calls += AT_ONCE
    return spent / calls


def main():
    seconds = float(sys.argv[1])
    each(app, 0.2)
    print(each(app, seconds) - each(nothing, 0.1))


if __name__ == "__main__":
    main()
