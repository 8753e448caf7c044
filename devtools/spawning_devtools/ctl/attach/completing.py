"""What is offered while somebody types, with as few questions as can be; pure.

Rules:
1. A name is completed from what is known here: the names that the session has told, those
   that were bound since, keywords and builtins.  Nothing crosses.
2. What follows a dot, a bracket with a quote, or `import` is asked for once, where the word
   begins; what is typed further only narrows the answer.
3. An answer that was cut short is asked for anew, with what has been typed meanwhile.
4. Nothing is offered within a string or a comment, but for the key of a dictionary.
"""

from __future__ import annotations

import builtins
import dataclasses
import keyword
import re
from collections.abc import Collection, Iterable, Sequence

from spawning_devtools.ctl.attach.colouring import coloured

CUT_AT = 200
"""An answer of so many may have been cut short."""

_WORD = re.compile(r"[^\W\d]?\w*\Z")
_KEY = re.compile(r"[\w\])]\[\s*[rbf]?(\"[^\"\n]*|'[^'\n]*|)\Z")
_IMPORTS = re.compile(r"(?:^|;)\s*(?:import|from)\s[^;#]*\Z")


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
    def is_plain_name(self) -> bool:
        """Whether a name is typed that stands for itself: rule 1."""
        ahead = self.line[: len(self.line) - len(self.word)].rstrip()
        return not (ahead.endswith(".") or _IMPORTS.search(self.line) or self.is_key)

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


def own_names(
    place: Place, names: Iterable[str], words: Collection[str], limit: int = CUT_AT
) -> list[Offer]:
    """Return what completes a name by rule 1; `words` are ours, and begin a statement."""
    word, start = place.word, len(place.line) - len(place.word)
    if not word:
        return []
    begins = "\n" not in place.before and not place.before[: -len(word)].strip(" %")
    ours = [(name, "word", "") for name in words] if begins else []
    percent = place.before.lstrip().startswith("%")
    known = [] if percent else [
        *((name, "name", "") for name in names),
        *((name, "keyword", "") for name in keyword.kwlist),
        *((name, "builtin", "") for name in dir(builtins) if not name.startswith("__")),
    ]  # fmt: skip
    found: dict[str, Offer] = {}
    for name, kind, meta in [*known, *ours]:
        if name.startswith(word) and (name.startswith("_") <= word.startswith("_")):
            found.setdefault(name, Offer(name, start, kind, meta))
    return sorted(found.values(), key=lambda one: (one.kind == "builtin", one.text))[:limit]


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
        return [one for one in self._offers if one.text.startswith(line[one.start :])]
