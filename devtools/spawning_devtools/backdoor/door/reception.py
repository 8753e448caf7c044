"""From a client's first byte to its session, or out again; pure.

One `Reception` a client: it is told what the client says, and when it has been silent
for a while, and answers with what is to be done.
"""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

from spawning_devtools.backdoor.door.admission import is_secret
from spawning_devtools.backdoor.door.sniffing import First, greeting, is_request, judge

SILENCE = 0.3
"""Seconds after which somebody who says nothing is a person who waits for the banner."""
GREETING_TIME = 10.0
"""Seconds for our client's first line, once it has begun."""
PROOF_TIME = 60.0
"""Seconds for the secret, which a person types."""
LONGEST_PROOF = 4096
LONGEST_FIRST_LINE = 1 << 16

_IS_MEANT = re.compile(rb"[\n\r\x03\x04]|\xff[\xf3\xf4]")
"""The end of a line, or a key or command of telnet that interrupts or ends."""

TURNED_AWAY = " was turned away from the backdoor, as others will be, without a word"
EAGER = "wait for the prompt before you type; programs use 'spawnctl attach'"
WRONG_SECRET = "that is not the secret"  # noqa: S105 - none
TOO_SLOW = "nothing came"


@dataclasses.dataclass(frozen=True, slots=True)
class Stay:
    """Wait for more; say something first, if there is something to say."""

    seconds: float
    say: bytes = b""


@dataclasses.dataclass(frozen=True, slots=True)
class Enter:
    """Begin a session."""

    plain: bool
    about: dict[str, Any]
    rest: bytes
    """What has come after the first line."""


@dataclasses.dataclass(frozen=True, slots=True)
class Leave:
    """Show the client out."""

    why: str
    """For the client; nothing is said where it is empty."""
    log: str = ""
    """For the user, once for each text."""


Step = Stay | Enter | Leave

NO_WEB_SERVER = Leave("", "a web page, or another client of HTTP," + TURNED_AWAY)


class Reception:
    """How far one client has come."""

    def __init__(self, must_prove: bool, secret: str) -> None:
        self._must_prove = must_prove
        self._secret = secret
        self._said = b""
        self._plain = False
        self._about: dict[str, Any] = {}
        self._is_proving = False

    def begin(self) -> Step:
        """The client has connected."""
        return Stay(SILENCE)

    def hear(self, data: bytes) -> Step:
        """The client says something."""
        self._said += data
        if self._is_proving:
            return self._proof()
        match judge(self._said):
            case First.NOTHING:
                return Stay(SILENCE)
            case First.PART:
                return Stay(GREETING_TIME)
            case First.HTTP:
                return NO_WEB_SERVER
            case First.EAGER:
                return Leave(EAGER, "somebody who spoke before the prompt" + TURNED_AWAY)
            case First.OURS:
                told = greeting(self._said)
                assert told is not None
                self._about, self._said = told
                return self._known()

    def silence(self) -> Step:
        """The client has said nothing for as long as it was waited for."""
        if self._is_proving or judge(self._said) is not First.NOTHING:
            return Leave(TOO_SLOW)
        self._plain = True
        return self._known()

    def _known(self) -> Step:
        """It is known what the client is."""
        about = dict(self._about)
        shown = about.pop("secret", None)
        self._about = about
        if not self._must_prove:
            return self._enter()
        if isinstance(shown, str):
            return self._check(shown)
        self._is_proving = True
        if not self._secret:
            return Leave("this system does not tell who you are, and there is no secret to show")
        ask = b"secret: " if self._plain else b'{"say":"secret"}\n'
        return self._proof() if b"\n" in self._said else Stay(PROOF_TIME, ask)

    def _proof(self) -> Step:
        line, newline, rest = self._said.partition(b"\n")
        if not newline:
            return Stay(PROOF_TIME) if len(line) < LONGEST_PROOF else self._check("")
        self._said = rest
        if self._plain:
            return self._check(line.decode("latin-1").strip())
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            told = None
        return self._check(str(told.get("secret")) if isinstance(told, dict) else "")

    def _check(self, shown: str) -> Step:
        if is_secret(shown, self._secret):
            return self._enter()
        return Leave(WRONG_SECRET, "somebody with a wrong secret" + TURNED_AWAY)

    def _enter(self) -> Enter:
        # What a person has typed before the banner was not meant for it.
        return Enter(self._plain, self._about, b"" if self._plain else self._said)


class FirstLine:
    """What comes after the banner is looked at once more: its first line."""

    def __init__(self) -> None:
        self._said: bytes | None = b""

    def hear(self, data: bytes) -> bytes | Enter | Leave:
        """Return what the session may have of it; or what else is to be done."""
        if self._said is None:
            return data
        said = self._said = self._said + data
        if is_request(said):
            return NO_WEB_SERVER
        if not _IS_MEANT.search(said) and len(said) < LONGEST_FIRST_LINE:
            return b""
        self._said = None
        if judge(said) is First.OURS:  # which was slow, on a busy machine
            told = greeting(said)
            assert told is not None
            return Enter(False, *told)
        return said
