"""An application that takes its time, and its memory, in every way there is."""

import os
import re
import time

held = []


def doze(_):
    """Waits in small steps, between which a thread can be interrupted."""
    while True:
        time.sleep(0.01)


def block(_):
    """Waits in the kernel, where nothing interrupts a thread."""
    os.read(os.pipe()[0], 1)


def spin(_):
    """Computes for ever, in Python."""
    while True:
        pass


def backtrack(_):
    """Computes for ever in C, and lets nobody else run."""
    re.match(r"(a+)+$", "a" * 60 + "b")


def hold(megabytes):
    held.append(b"x" * (int(megabytes) << 20))


WAYS = {"/doze": doze, "/block": block, "/spin": spin, "/backtrack": backtrack, "/hold": hold}


def app(environ, start_response):
    if environ["PATH_INFO"] == "/stream":
        start_response("200 OK", [])
        return stream()
    way = WAYS.get(environ["PATH_INFO"])
    if way:
        way(environ["QUERY_STRING"])
    start_response("200 OK", [])
    return [str(os.getpid()).encode()]


def stream():
    yield b"begun"
    doze(None)
