"""Where in a page the script goes."""

from __future__ import annotations

import pytest

from spawning_devtools.livereload.place import in_head

# (the beginning of a page, `|` where the script belongs)
PLACES = [
    "<!doctype html><html><head>|<title>",
    "<!DOCTYPE HTML>\n<!-- <head> -->\n<html lang='en' data-x=\"a>b\">\n  <HEAD id=x>|\n",
    "\ufeff<!doctype html>\n<html>|<body>",
    "<!doctype html>|<title>x</title>",
    "<html>|<p>",
    "<head>|<p>",
    "<!--[if gt IE 8]><!--> <html> <!--<![endif]--> <head>|<meta>",
    "<!doctype html>|<header>",
]


@pytest.mark.parametrize("text", PLACES)
def test_the_place_in_the_head(text: str) -> None:
    before, after = text.encode().split(b"|")
    assert in_head(before + after) == len(before)


@pytest.mark.parametrize(
    "text", ["", "<p>x", "x<html><head>", "<!-- <html><head>", "<header>", "<html", "<htmlx>"]
)
def test_no_place_in_a_head(text: str) -> None:
    assert in_head(text.encode()) is None


def test_a_long_beginning_is_searched_in_no_time() -> None:
    for filler in (b" ", b"<!--", b"<!-- -->", b"<html a='", b"<html "):
        assert in_head(filler * 100_000 + b"<html><head>") is None
