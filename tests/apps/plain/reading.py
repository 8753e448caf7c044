"""Reads its input before, after, and in spite of what it answers."""

def app(environ, start_response):
    body = environ["wsgi.input"]
    if environ["PATH_INFO"] == "/late":
        return late(body, start_response)
    if environ["PATH_INFO"] == "/whatever":
        try:
            body.read()
        except OSError:
            pass
    elif environ["PATH_INFO"] == "/framework":
        try:
            body.read()
        except Exception:
            start_response("500 Internal Server Error", [])
            return [b"an error page"]
    else:
        body.read()
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]

def late(body, start_response):
    start_response("200 OK", [])
    yield b"first"
    body.read()
