"""An application between two lie detectors: `wsgiref.validate` checks server and application."""

from wsgiref.validate import validator

PIECE = 8192


def read_body(environ):
    """Read what CONTENT_LENGTH promises, or to the end where the server marks the end."""
    body = environ["wsgi.input"]
    if environ.get("CONTENT_LENGTH"):
        return body.read(int(environ["CONTENT_LENGTH"]))
    if not environ.get("wsgi.input_terminated"):
        return b""
    pieces = []
    while piece := body.read(PIECE):
        pieces.append(piece)
    return b"".join(pieces)


def answer(environ, start_response):
    method = environ["REQUEST_METHOD"]
    if method == "POST":
        content = read_body(environ)
    elif method in ("GET", "HEAD"):
        content = b"validated\n"
    else:
        start_response(
            "405 Method Not Allowed", [("Allow", "GET, HEAD, POST"), ("Content-Type", "text/plain")]
        )
        return [b"no\n"]
    start_response(
        "200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(content)))]
    )
    return [] if method == "HEAD" else [content]


app = validator(answer)
