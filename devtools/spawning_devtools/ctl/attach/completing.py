"""What is offered while somebody types, with as few questions as can be; pure.

Rules:
1. The session is asked once a word, where it begins (or where a dot or a quote invites a
   menu); what is typed further only narrows the answer.
2. An answer that was cut short is asked for anew, with what has been typed meanwhile.
3. Nothing is offered within a string or a comment, but for the key of a dictionary.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from spawning_devtools.ctl.attach.colouring import coloured

CUT_AT = 500
"""An answer of so many may have been cut short (`backdoor.session.complete.MOST`)."""

_WORD = re.compile(r"[^\W\d]?\w*\Z")
_KEY = re.compile(r"[\w\])]\[\s*[rbf]?(\"[^\"\n]*|'[^'\n]*|)\Z")


@dataclasses.dataclass(frozen=True, slots=True)
class Offer:
    """Something to insert in place of the line from column `start` on."""

    text: str
    start: int
    kind: str = ""
    meta: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where is typed."""

    before: str
    """The source before the cursor."""

    @property
    def line(self) -> str:
        """The part of its line before the cursor."""
        return self.before[self.before.rfind("\n") + 1 :]

    @property
    def word(self) -> str:
        """What has been typed of a word."""
        found = _WORD.search(self.line)
        assert found
        return found[0]

    @property
    def is_key(self) -> bool:
        """Whether the key of something is typed: `d["`."""
        return bool(_KEY.search(self.line))

    @property
    def is_text(self) -> bool:
        """Whether the cursor is within a string or a comment."""
        last = coloured(self.before)[-1:] or [("", "")]
        colour, text = last[0]
        return colour == "class:comment" or (colour == "class:string" and not _is_closed(text))

    @property
    def root(self) -> str:
        """What an answer depends on, whatever is typed further of the word."""
        if found := _KEY.search(self.line):
            return self.before[: len(self.before) - len(found[1])] + "["
        return self.before[: len(self.before) - len(self.word)]


def _is_closed(string: str) -> bool:
    bare = string.lstrip("rRbBuUfFtT")
    quote = bare[:3] if bare[:3] in ('"""', "'''") else bare[:1]
    inside = bare[len(quote) : -len(quote)]
    escapes = len(inside) - len(inside.rstrip("\\"))
    return len(bare) >= 2 * len(quote) and bare.endswith(quote) and not escapes % 2


class Kept:
    """The last answer, and what can still be read from it."""

    def __init__(self) -> None:
        self._root: str | None = None
        self._asked = ""
        self._offers: Sequence[Offer] = ()

    def keep(self, place: Place, offers: Sequence[Offer]) -> None:
        """Keep an answer."""
        self._root, self._asked, self._offers = place.root, place.before, offers

    def forget(self) -> None:
        """A statement has run: objects may have other attributes now."""
        self._root = None

    def narrowed(self, place: Place) -> list[Offer] | None:
        """Return what the last answer offers here, None where it has to be asked anew."""
        if self._root != place.root or not place.before.startswith(self._asked):
            return None
        if len(self._offers) >= CUT_AT and place.before != self._asked:
            return None
        line = place.line
        fitting = [one for one in self._offers if _fits(one.text, line[one.start :])]
        return sorted(fitting, key=lambda one: not one.text.startswith(line[one.start :]))


def _fits(text: str, typed: str) -> bool:
    # Names that begin with an underscore are for those who type one.
    hidden = text.startswith("_") and not typed.startswith("_")
    return not hidden and text.casefold().startswith(typed.casefold())
