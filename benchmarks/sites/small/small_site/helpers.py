from flask import Response

VERSION = "v0"


def text(content):
    return Response(content + "\n", content_type="text/plain; charset=utf-8")


def shorten(content, length=24):
    return content if len(content) <= length else content[: length - 1] + "…"
