"""What a worker is told first: how it is to live."""

from __future__ import annotations

from spawning.messages import Boot, Channel
from spawning.worker import restart


def boot_of(channel: Channel, descriptor: int) -> Boot | None:
    """Return the first message of the controller, None where that died before it said anything.

    `descriptor`: where it stands that an earlier try has received, -1 where there was none.
    """
    return restart.boot_in(descriptor) if descriptor >= 0 else _first_message(channel)


def _first_message(channel: Channel) -> Boot | None:
    from select import POLLIN, poll

    arrival = poll()
    arrival.register(channel.fileno(), POLLIN)
    while not channel.ended:
        arrival.poll()
        for message in channel.receive():
            if isinstance(message, Boot):
                return message
    return None
