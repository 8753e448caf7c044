"""What telnet says between the lines (RFC 854), taken out of them; pure.

Nothing is negotiated: a telnet client that is not answered stays as it is, a line at a
time.  The one thing that it waits for is the answer to `DO TIMING-MARK`, which it sends
with an interrupt, and until which it shows nothing (RFC 860).
"""

from __future__ import annotations

import dataclasses

_IAC, _SE, _SB, _WILL, _DONT = 255, 240, 250, 251, 254
_IP, _BRK, _ABORT, _DO, _TIMING_MARK = 244, 243, 238, 253, 6
_CTRL_C = 3
TIMING_MARK_REACHED = bytes((_IAC, _WILL, _TIMING_MARK))
_LONGEST = 256
"""Bytes of a command: more is no telnet."""


@dataclasses.dataclass(frozen=True, slots=True)
class Heard:
    """What some bytes said."""

    data: bytes
    interrupts: bool
    """Whether Ctrl-C was pressed: what was typed before it is not in `data`."""
    answer: bytes
    """What is to be sent back."""


class Telnet:
    """Takes the commands out of what comes in pieces; harmless where it is not telnet."""

    def __init__(self) -> None:
        self._held = b""
        """The beginning of a command."""

    def feed(self, data: bytes) -> Heard:
        """Return what is left of `data`, and what was said beside it."""
        if _IAC not in data and _CTRL_C not in data and not self._held:
            return Heard(data, False, b"")
        whole, self._held = self._held + data, b""
        kept, answer, interrupts, place = bytearray(), b"", False, 0
        while place < len(whole):
            byte = whole[place]
            size = _size(whole, place) if byte == _IAC else 1
            if not size:
                self._held = whole[place:] if len(whole) - place < _LONGEST else b""
                break
            command = whole[place : place + size]
            if byte == _CTRL_C or (byte == _IAC and command[1] in (_IP, _BRK, _ABORT)):
                interrupts = True
                kept.clear()
            elif command == bytes((_IAC, _DO, _TIMING_MARK)):
                answer += TIMING_MARK_REACHED
            elif command == bytes((_IAC, _IAC)) or byte != _IAC:
                kept.append(byte)
            place += size
        return Heard(bytes(kept), interrupts, answer)


def _size(data: bytes, place: int) -> int:
    """Return the length of the command that begins there; 0 where its end has not come."""
    left = len(data) - place
    if left < 2:
        return 0
    kind = data[place + 1]
    if kind == _SB:
        end = data.find(bytes((_IAC, _SE)), place)
        return end + 2 - place if end >= 0 else 0
    if _WILL <= kind <= _DONT:
        return 3 if left >= 3 else 0
    return 2
