"""From a client's first byte to its session, and to which worker that goes."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from spawning.messages import Stop
from spawning_devtools.backdoor.door.choosing import CONTROLLER, Room, choose, wanted
from spawning_devtools.backdoor.door.client import LONGEST_LINE, Client
from spawning_devtools.backdoor.door.notices import breakpoint_at, encoded, refused, text
from spawning_devtools.backdoor.door.reception import (
    EAGER,
    GREETING_TIME,
    LONGEST_PROOF,
    PROOF_TIME,
    SILENCE,
    WRONG_SECRET,
    Enter,
    FirstLine,
    Leave,
    Reception,
    Stay,
    Step,
)

ASK = Stay(PROOF_TIME, b'{"say":"secret"}\n')
ASK_A_PERSON = Stay(PROOF_TIME, b"secret: ")
OURS = b'spawnctl 1 {"a": 1}\n'

# What is said, one after the other (None: silence), and what that comes to, once it is proven by
# the kernel and once where the secret "key" has to be shown.
WALKS: list[tuple[list[bytes | None], Step, Step]] = [
    ([None], Enter(True, {}, b""), ASK_A_PERSON),
    ([b"\xff\xfb\x18", None], Enter(True, {}, b""), ASK_A_PERSON),
    ([OURS], Enter(False, {"a": 1}, b""), ASK),
    ([OURS[:5]], Stay(GREETING_TIME), Stay(GREETING_TIME)),
    ([OURS[:5], OURS[5:] + b"{}\n"], Enter(False, {"a": 1}, b"{}\n"), Leave(WRONG_SECRET, "x")),
    ([OURS[:5], None], Leave("nothing came"), Leave("nothing came")),
    ([b"\xff"], Stay(SILENCE), Stay(SILENCE)),
    ([b"import os\n"], Leave(EAGER, "x"), Leave(EAGER, "x")),
    ([b"key\n"], Leave(EAGER, "x"), Leave(EAGER, "x")),
    ([b"GET / HTTP/1.1\r\n"], Leave("", "x"), Leave("", "x")),
    ([b"\x16\x03\x01"], Leave("", "x"), Leave("", "x")),
]

PROOFS: list[tuple[list[bytes | None], Step]] = [
    ([None, b"key\r\n"], Enter(True, {}, b"")),
    ([None, b"ke", b"y\n1+1\n"], Enter(True, {}, b"")),  # typed before the banner
    ([None, b"kez\n"], Leave(WRONG_SECRET, "x")),
    ([None, b"\n"], Leave(WRONG_SECRET, "x")),
    ([None, b"k", None], Leave("nothing came")),
    ([None, b"x" * LONGEST_PROOF], Leave(WRONG_SECRET, "x")),
    ([None, b"GET / HTTP/1.1\r\n"], Leave(WRONG_SECRET, "x")),
    ([OURS, b'{"do": "secret", "secret": "key"}\n{"do"'], Enter(False, {"a": 1}, b'{"do"')),
    ([b'spawnctl 1 {"secret": "key", "a": 1}\nx'], Enter(False, {"a": 1}, b"x")),
    ([b'spawnctl 1 {"secret": "k"}\n'], Leave(WRONG_SECRET, "x")),
    ([b'spawnctl 1 {"secret": null}\n'], ASK),
    ([OURS, b'{"secret": null}\n'], Leave(WRONG_SECRET, "x")),
    ([OURS, b"key\n"], Leave(WRONG_SECRET, "x")),
    ([OURS, b"[" * 4000 + b"\n"], Leave(WRONG_SECRET, "x")),
    ([OURS, b"[]\n"], Leave(WRONG_SECRET, "x")),
]


def walk(said: list[bytes | None], must_prove: bool) -> Step:
    reception = Reception(must_prove, "key")
    step = reception.begin()
    for data in said:
        assert isinstance(step, Stay), "it was shown out, or in, before"
        step = reception.silence() if data is None else reception.hear(data)
    if isinstance(step, Leave) and step.log:
        return Leave(step.why, "x")
    return step


@pytest.mark.parametrize(("said", "known", "unknown"), WALKS)
def test_what_a_first_word_comes_to(said: list[bytes | None], known: Step, unknown: Step) -> None:
    assert walk(said, must_prove=False) == known
    assert walk(said, must_prove=True) == unknown


@pytest.mark.parametrize(("said", "step"), PROOFS)
def test_the_secret_is_asked_for_before_anything_else(said: list[bytes | None], step: Step) -> None:
    assert walk(said, must_prove=True) == step


def test_where_there_is_no_secret_nobody_can_show_it() -> None:
    for said in (None, OURS, b'spawnctl 1 {"secret": ""}\n'):
        reception = Reception(True, "")
        reception.begin()
        step = reception.silence() if said is None else reception.hear(said)
        assert isinstance(step, Leave)


def test_a_secret_does_not_reach_the_session() -> None:
    step = walk([b'spawnctl 1 {"secret": "key", "b": 2}\n'], must_prove=False)
    assert step == Enter(False, {"b": 2}, b"")


AFTER: list[tuple[list[bytes], list[bytes | Enter | Leave]]] = [
    ([b"1+", b"1\n", b"GET / HTTP/1.1\r\n"], [b"", b"1+1\n", b"GET / HTTP/1.1\r\n"]),
    ([b"\r"], [b"\r"]),
    ([b"GE", b"T / HTTP/1.1\r\n"], [b"", Leave("", "x")]),
    ([b"\x16\x03\x01"], [Leave("", "x")]),
    ([b"spawnctl 1", b" {}\n{}"], [b"", Enter(False, {}, b"{}")]),
    ([b"x" * (1 << 16)], [b"x" * (1 << 16)]),
]


@pytest.mark.parametrize(("said", "passed"), AFTER)
def test_the_first_line_after_the_banner(
    said: list[bytes], passed: list[bytes | Enter | Leave]
) -> None:
    line = FirstLine()
    heard = [line.hear(data) for data in said]
    assert [Leave("", "x") if isinstance(one, Leave) else one for one in heard] == passed


OLD, NEW = Room(1, 1, "draining"), Room(5, 2, "serving")
CHOICES: list[tuple[str, list[Room], int | None, int | None]] = [
    ("nobody", [], None, None),
    ("the newest", [Room(1, 1, "serving"), NEW], None, 5),
    ("one that serves", [Room(1, 1, "serving"), Room(2, 2, "ready")], None, 1),
    ("one that is not left", [OLD, NEW], None, 5),
    ("few sessions", [Room(1, 1, "serving", 2), Room(2, 1, "serving", 1)], None, 2),
    ("the first of equals", [Room(4, 1, "serving"), Room(3, 1, "serving")], None, 3),
    ("where something waits", [NEW, Room(6, 2, "serving", 3, stops=1)], None, 6),
    ("where something waits, though it drains", [NEW, Room(1, 1, "draining", 0, 1)], None, 1),
    ("who moves does not go to what waits", [NEW, Room(6, 2, "draining", 0, 1)], 1, 5),
    ("who moves does not stay", [OLD], 1, None),
    ("who moves does not go where others leave", [OLD, Room(2, 1, "draining")], 1, None),
    ("who comes has no better", [OLD], None, 1),
    ("one that is ready", [OLD, Room(5, 2, "ready")], 1, 5),
]


@pytest.mark.parametrize(("rooms", "leaves", "chosen"), [c[1:] for c in CHOICES],
                         ids=[c[0] for c in CHOICES])  # fmt: skip
def test_where_a_session_goes(rooms: list[Room], leaves: int | None, chosen: int | None) -> None:
    assert choose(rooms, leaves) == chosen


def test_what_names_a_worker() -> None:
    named = ("", None, 3, "3", "controller", "0")
    assert [wanted(word) for word in named] == [None, None, 3, 3, CONTROLLER, 0]
    for wrong in ("three", "-1", "3.0", [3], "\u0663"):
        with pytest.raises(ValueError, match="there is no worker"):
            wanted(wrong)


STOP = breakpoint_at(3, Stop("GET /x", "/p/a.py", 7))
SAID = [
    (refused("no"), b'{"say":"refused","why":"no"}\n', b"spawn: no\r\n"),
    (text("a"), b'{"say":"text","text":"a"}\n', b"spawn: a\r\n"),
    (STOP, b'{"say":"breakpoint","worker":3,"request":"GET /x","file":"/p/a.py","line":7}\n',
     b"spawn: GET /x waits at /p/a.py:7 in worker 3\r\n"),
]  # fmt: skip


@pytest.mark.parametrize(("notice", "ours", "plain"), SAID)
def test_notices(notice: dict[str, object], ours: bytes, plain: bytes) -> None:
    assert encoded(notice, plain=False) == ours
    assert encoded(notice, plain=True) == plain


@pytest.fixture
def client() -> Iterator[Client]:
    here, there = socket.socketpair()
    made = Client(here, 1, "me", 0)
    yield made
    made.close()
    there.close()


def test_a_notice_waits_for_the_end_of_a_line(client: Client) -> None:
    client.take_out(b'{"a": ')
    client.tell(text("x"))
    client.take_out(b"1")
    assert client.outward.waiting == b'{"a": 1'
    client.take_out(b'}\n{"b"')
    assert client.outward.waiting == b'{"a": 1}\n{"say":"text","text":"x"}\n{"b"'


def test_who_loses_a_session_loses_what_was_meant_for_it(client: Client) -> None:
    client.take_in(b'{"do": "run"}\n{"do')
    client.take_out(b'{"say')
    client.tell(text("x"))
    client.lose_session()
    assert client.outward.waiting == b'{"say\n{"say":"text","text":"x"}\n'
    assert client.inward.waiting == b""
    client.take_in(b'": "run"}')
    client.take_in(b'\n{"do": 2}\n')
    assert client.inward.waiting == b'{"do": 2}\n'


def test_a_line_may_be_long_and_not_longer(client: Client) -> None:
    assert not client.take_in(b"x" * LONGEST_LINE)
    assert not client.take_in(b"\n" + b"x" * LONGEST_LINE)
    assert client.take_in(b"x")
