"""What is offered below the cursor, and the colours of what is typed, for prompt_toolkit."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer

from spawning_devtools.ctl.attach.colouring import by_line, coloured
from spawning_devtools.ctl.attach.completing import Offer, Place

Ask = Callable[[Place], Awaitable[Sequence[Offer]]]


class Menu(Completer):
    """Offers what `offers` returns."""

    def __init__(self, offers: Ask) -> None:
        self._offers = offers

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Offer nothing: only the asynchronous way can wait for an answer."""
        return ()

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """Offer what there is."""
        place = Place(document.text_before_cursor)
        if complete_event.text_inserted and not _is_invited(place):
            return
        for offer in await self._offers(place):
            yield Completion(
                offer.text,
                start_position=min(0, offer.start - len(place.line)),
                display_meta=offer.meta or offer.kind,
                style="fg:ansibrightblack" if offer.text.startswith("_") else "",
            )


def _is_invited(place: Place) -> bool:
    """Return whether what was just typed calls for a menu that nobody has asked for."""
    return bool(place.word) or place.line.endswith(".") or place.is_key


class Colours(Lexer):
    """Python as it is typed."""

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """Return the colours by line."""
        lines = by_line(coloured(document.text))

        def line(number: int) -> StyleAndTextTuples:
            return [*lines[number]] if number < len(lines) else []

        return line
