"""The colours of Python source, as it is typed and as it is shown; pure.

Source that is being typed is seldom whole, so it is not parsed: one pattern finds the
next piece, whatever came before it.  Colours are names of classes; `STYLE` says which
of the terminal's own sixteen colours they are, so that they suit its background.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable, Iterator

from spawning_devtools.ctl.rendering import Fragments

STYLE = {
    "keyword": "ansiblue bold",
    "constant": "ansiblue",
    "builtin": "ansicyan",
    "string": "ansigreen",
    "number": "ansimagenta",
    "comment": "ansibrightblack italic",
    "decorator": "ansiyellow",
    "defined": "bold",
    "place": "ansicyan",
    "marker": "ansired bold",
    "error": "ansired bold",
    "dim": "ansibrightblack",
    "head": "bold",
    "notice": "ansiyellow",
    "mark": "ansigreen bold",
    "worker": "ansicyan bold",
    "pdb": "ansimagenta bold",
}

_STRING = r"""(?:[rRbBuUfFtT]{1,2})?(?:"{3}(?s:\\.|(?!"{3}).)*(?:"{3}|\Z)|'{3}(?s:\\.|(?!'{3}).)*"""
_STRING += r"""(?:'{3}|\Z)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)"""
_PIECE = re.compile(
    rf"""
    (?P<comment>\#[^\n]*)
    |(?<!\w)(?P<string>{_STRING})
    |(?<![\w.])(?P<number>0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+
        |(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?[jJ]?)
    |(?<![\w.])(?P<definition>(?:def|class)(?=\s))
    |(?P<decorator>(?:(?<=\n)|\A)[ \t]*@[\w.]+)
    |(?P<attribute>\.[^\W\d]\w*)
    |(?P<word>[^\W\d]\w*)
    |(?P<other>\s+|.)
    """,
    re.VERBOSE,
)
_CONSTANTS = frozenset({"True", "False", "None", "Ellipsis", "NotImplemented"})
_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_")) - _CONSTANTS
_SOFT = re.compile(r"(?:match|case|type)(?=[ \t]+[\w\"'\[({])")


def coloured(source: str) -> Fragments:
    """Return the pieces of Python source; joined, they are the source."""
    fragments: Fragments = []
    for colour, text in _pieces(source):
        if fragments and fragments[-1][0] == colour:
            fragments[-1] = (colour, fragments[-1][1] + text)
        else:
            fragments.append((colour, text))
    return fragments


def by_line(fragments: Fragments) -> list[Fragments]:
    """Return the same, a list for each line, without the line ends."""
    lines: list[Fragments] = [[]]
    for colour, text in fragments:
        first, *others = text.split("\n")
        if first:
            lines[-1].append((colour, first))
        lines += [[(colour, other)] if other else [] for other in others]
    return lines


def _pieces(source: str) -> Iterator[tuple[str, str]]:
    names_something = False
    for piece in _PIECE.finditer(source):
        kind, text = piece.lastgroup or "other", piece[0]
        if kind == "definition":
            names_something = True
            yield "class:keyword", text
        elif kind == "word":
            yield ("class:defined" if names_something else _of_word(source, piece)), text
            names_something = False
        elif kind in ("attribute", "other"):
            yield "", text
            names_something = names_something and text.isspace()
        else:
            yield f"class:{kind}", text


def _of_word(source: str, piece: re.Match[str]) -> str:
    word = piece[0]
    if word in _CONSTANTS:
        return "class:constant"
    if keyword.iskeyword(word):
        return "class:keyword"
    if word in _BUILTINS:
        return "class:builtin"
    begins = not source[source.rfind("\n", 0, piece.start()) + 1 : piece.start()].strip()
    return "class:keyword" if begins and _SOFT.match(source, piece.start()) else ""


# ---------------------------------------------------------------- tracebacks

_PLACE = re.compile(r'(\s*File )(".*")(, line )(\d+)(?:(, in )(.*))?$')
_MARKERS = re.compile(r"\s*[\^~]+[\^~ ]*$")
_ERROR = re.compile(r"([\w.]+(?:Error|Exception|Warning|Interrupt|Exit|Iteration|Group)?)(:.*)?$")
_FRAME = re.compile(r"(\s+)(\S.*?)(:)(\d+)( in )([^:]+)(: )(.*)$")
"""A line of `stack`."""
_STOPPED = re.compile(r"> (.*)\((\d+)\)(.*)$")
"""Where pdb is."""
_PDB_SOURCE = re.compile(r"(->|\s*\d+\s*(?:->|>>|B)*)(\s.*|)$")


def traceback(text: str) -> Fragments:
    """Return the pieces of what Python printed of an exception."""
    return _lines(text, _of_traceback)


def stack(text: str) -> Fragments:
    """Return the pieces of what `stack` says."""
    return _lines(text, _of_stack)


def debugger(text: str) -> Fragments:
    """Return the pieces of what pdb printed: a place, and source around it."""
    return _lines(text, _of_debugger)


def _lines(text: str, of_line: Callable[[str], Fragments]) -> Fragments:
    fragments: Fragments = []
    for line in text.splitlines(keepends=True):
        body = line.rstrip("\r\n")
        fragments += of_line(body)
        if len(body) < len(line):
            fragments.append(("", line[len(body) :]))
    return fragments


def _of_traceback(line: str) -> Fragments:
    if place := _PLACE.match(line):
        head, file, between, number, within, function = place.groups()
        told = [("class:dim", head), ("class:place", file), ("class:dim", between)]
        told.append(("class:number", number))
        return [*told, ("class:dim", within), ("class:defined", function)] if within else told
    if _MARKERS.match(line):
        return [("class:marker", line)]
    if line.startswith("Traceback ") or line.endswith("following exception:"):
        return [("class:dim", line)]
    if line and not line[0].isspace() and (error := _ERROR.match(line)):
        return [("class:error", error[1]), ("", error[2] or "")]
    return coloured(line)


def _of_stack(line: str) -> Fragments:
    frame = _FRAME.match(line)
    if not frame:
        return [("class:head" if line[:1].strip() else "", line)]
    margin, file, colon, number, within, function, between, source = frame.groups()
    return [("", margin), ("class:place", file), ("class:dim", colon), ("class:number", number),
            ("class:dim", within), ("class:defined", function), ("class:dim", between),
            *coloured(source)]  # fmt: skip


def _of_debugger(line: str) -> Fragments:
    if place := _STOPPED.match(line):
        file, number, function = place.groups()
        told = [("class:marker", "> "), ("class:place", file), ("class:dim", "(")]
        return [*told, ("class:number", number), ("class:dim", ")"), ("class:defined", function)]
    if source := _PDB_SOURCE.match(line):
        is_here = "->" in source[1]
        return [("class:marker" if is_here else "class:dim", source[1]), *coloured(source[2])]
    return coloured(line)
