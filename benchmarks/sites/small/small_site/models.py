from dataclasses import dataclass

from small_site.helpers import shorten


@dataclass(frozen=True)
class Note:
    title: str
    text: str


def all_notes():
    return [
        Note("first", shorten("Generations take over when they are ready.")),
        Note("second", shorten("Until then the old one serves.")),
    ]
