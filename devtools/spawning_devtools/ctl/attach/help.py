"""What `help` shows: the words of ours, and the keys; pure."""

from __future__ import annotations

from collections.abc import Mapping

from spawning_devtools.ctl.rendering import Fragments

KEYS = (
    ("Tab", "complete; in front of a line, indent it"),
    ("Enter", "run what is whole, else begin a new line; an empty line ends a block"),
    ("Alt-Enter", "run it, whole or not"),
    ("Right", "take over what is suggested from the history"),
    ("Up, Down", "through the lines, then through the history"),
    ("Ctrl-R", "search the history"),
    ("Ctrl-X Ctrl-E", "edit in $EDITOR"),
    ("F4", "keys of vi, or of emacs"),
    ("Ctrl-C", "interrupt the statement that runs, or drop what is typed"),
    ("Ctrl-\\", "leave a statement that cannot be interrupted"),
    ("Ctrl-D", "leave; the server goes on"),
)


def help_on(*magics: Mapping[str, str]) -> Fragments:
    """Return the words, those of all `magics`, and the keys."""
    merged = {word: about for some in magics for word, about in some.items()}
    shown: Fragments = [("class:head", "words (as they are, or after a %)\n")]
    shown += _listed(sorted(merged.items()), "class:keyword")
    shown += [("class:head", "keys\n"), *_listed(KEYS, "class:worker")]
    return [*shown, ("class:dim", "All else is Python, in the process that the prompt names.\n")]


def _listed(pairs: tuple[tuple[str, str], ...] | list[tuple[str, str]], style: str) -> Fragments:
    width = max((len(name) for name, _ in pairs), default=0)
    shown: Fragments = []
    for name, about in pairs:
        shown += [(style, f"  {name:<{width}}"), ("", f"  {about}\n")]
    return shown
