"""What browsers ask for: the page, and a websocket for each."""

import contextlib
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import eventlet
from eventlet.websocket import WebSocketWSGI

from chat.room import Room

HERE = Path(__file__).parent
PAGE = HERE / "page.html"
LONGEST_FRAME = 16_384
LONGEST_NAME = 30
LONGEST_TEXT = 2000

room = Room(HERE.parent / "data" / "chat.sqlite3")


def app(environ, start_response):
    match environ["REQUEST_METHOD"], environ["PATH_INFO"]:
        case "GET", "/socket" if _is_our_page(environ):
            return websocket(environ, start_response)
        case "GET" | "HEAD", "/":
            return _answer(start_response, "200 OK", "text/html", PAGE.read_bytes())
        case _, "/socket":
            return _answer(start_response, "403 Forbidden", "text/plain", b"Not from there.\n")
        case _:
            return _answer(start_response, "404 Not Found", "text/plain", b"Not here.\n")


def talk(socket):
    """Serve one browser, until it goes."""
    asked = parse_qs(socket.environ["QUERY_STRING"])
    name = " ".join(asked.get("name", [""])[0].split())[:LONGEST_NAME] or "somebody"
    after = asked.get("after", ["0"])[0]
    with room.entered(name):
        telling = eventlet.spawn(tell, socket, min(int(after), 2**53) if after.isdecimal() else 0)
        try:
            while (frame := socket.wait()) is not None:
                hear(name, frame)
        finally:
            telling.kill()


def hear(name, frame):
    """Keep what somebody says; an empty frame only keeps the connection open."""
    with contextlib.suppress(ValueError, TypeError, KeyError, RecursionError):
        said = json.loads(frame) if frame else {}
        key, text = str(said["key"]), str(said["text"]).strip()
        if text:
            room.say(key[:64], name, text[:LONGEST_TEXT])


def tell(socket, after):
    """Send what was said after a message, and who is here; then whatever is new, for ever."""
    names = None
    with contextlib.suppress(OSError):  # gone: `talk` sees it as well
        while True:
            change = room.change
            for message in room.said(after):
                after = message["number"]
                socket.send(json.dumps({"message": message}))
            if names != room.names:
                names = room.names
                socket.send(json.dumps({"here": names}))
            room.wait(change)


websocket = WebSocketWSGI(talk, max_frame_length=LONGEST_FRAME)


def _is_our_page(environ):
    """Browsers say which page opens a websocket; programs need not."""
    origin = environ.get("HTTP_ORIGIN")
    return origin is None or urlsplit(origin).netloc == environ.get("HTTP_HOST")


def _answer(start_response, status, kind, body):
    fields = [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response(status, fields)
    return [body]
