"""Applications that raise, at each moment at which one can."""

HEADERS = [("Content-Type", "text/plain")]


def before_start(environ, start_response):
    raise RuntimeError("raised before start_response")


def before_body(environ, start_response):
    start_response("200 OK", HEADERS)
    raise RuntimeError("raised after start_response, before the body")


def after_first_chunk(environ, start_response):
    start_response("200 OK", HEADERS)
    yield b"chunk 0\n"
    raise RuntimeError("raised after the first chunk")
