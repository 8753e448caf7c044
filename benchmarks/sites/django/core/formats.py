"""How numbers and texts are shown: the serializers of all applications use it."""

from decimal import ROUND_HALF_UP, Decimal

VERSION = "v0"


def rounded(value, places=2):
    return Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def shorten(content, length=24):
    return content if len(content) <= length else content[: length - 1] + "…"
