"""What is asked for while somebody types: what can be typed next, and the signature of a call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence

from spawning_devtools.ctl.attach.completing import Kept, Offer, Place
from spawning_devtools.ctl.attach.talk import Talk
from spawning_devtools.ctl.attach.toolbar import call_at, signature
from spawning_devtools.ctl.attach.wire import Said
from spawning_devtools.ctl.rendering import Fragments


class Hints:
    """Asks the session as seldom as it can."""

    def __init__(self, refresh: Callable[[], None]) -> None:
        self._refresh = refresh
        self._kept = Kept()
        self._call: str | None = None
        """The call whose signature is known, or asked for."""
        self._asking: asyncio.Task[None] | None = None
        self.signature: Fragments = []
        """Of the call in which somebody types; empty where it is none."""
        self.talk: Talk | None = None
        """Who is asked, None while there is no line."""

    def forget(self) -> None:
        """Something has run: what was known may not be so any more."""
        self._kept.forget()
        self._call, self.signature = None, []

    async def offers(self, place: Place) -> Sequence[Offer]:
        """Return what can be typed here."""
        if place.is_text and not place.is_key:
            return []
        known = self._kept.narrowed(place)
        if known is not None or self.talk is None:
            return known or []
        lines = place.before.split("\n")
        said = await self.talk.ask(
            "complete", source=place.before, line=len(lines) - 1, column=len(lines[-1])
        )
        if said is None:
            return []
        offers = [_offer(item, place) for item in said.get("items", ())]
        self._kept.keep(place, offers)
        return offers

    async def used(self, text: str, known: Collection[str]) -> set[str]:
        """Return the word of ours that was typed, where it is a name of the session's too."""
        word = text.partition(" ")[0]
        if word not in known or self.talk is None:
            return set()
        said = await self.talk.ask("complete", source=word, line=0, column=len(word))
        kinds = {item.get("kind") for item in (said or {}).get("items", ())
                 if item.get("text") == word}  # fmt: skip
        return {word} if kinds - {"magic", "builtin", "keyword", None} else set()

    def typed(self, before: str) -> None:
        """Have the signature ready of the call in which was typed."""
        call = call_at(before)
        if call == self._call:
            return
        self._call = call
        if self._asking is not None:
            self._asking.cancel()
        if call is None or self.talk is None:
            self.signature = []
            return
        self._asking = asyncio.ensure_future(self._learn(self.talk, call, before))

    async def _learn(self, talk: Talk, call: str, before: str) -> None:
        lines = before.split("\n")
        line, column = len(lines) - 1, len(lines[-1])
        said = await talk.ask("signature", source=before, line=line, column=column)
        if self._call == call:
            self.signature = signature(said)
            self._refresh()


def _offer(item: Said, place: Place) -> Offer:
    start = item.get("start")
    if not isinstance(start, int) or not 0 <= start <= len(place.line):
        start = len(place.line) - len(place.word)
    return Offer(
        str(item.get("text", "")), start, str(item.get("kind") or ""), str(item.get("meta") or "")
    )
