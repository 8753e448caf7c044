"""What stands in a line of each form, and that no client can make it say anything else."""

from __future__ import annotations

import base64
import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from spawning.access_log import Origin, Record, check, formats, killed, refused
from zones import move_back, move_to

ORIGIN = Origin(generation=3, worker=7, pid=4711)
MOMENT = 1795525115.25  # 2026-11-24 12:58:35 UTC
GUNICORN = '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"'
OURS = r" id=[A-Za-z0-9._~:;/+=@-]+ g=3 w=7"
QUOTED = r'"(?:[^"\\\n]|\\.)*"'
FORMS = {
    "": rf"\S+ - - \[[^\[\]\n]*\] {QUOTED} \d+ \d+ \d+\.\d{{6}}{OURS}( cut=\w+)?\n",
    "common": rf"\S+ - \S+ \[[^\[\]\n]*\] {QUOTED} \d+ (\d+|-){OURS} s=\d+\.\d{{6}}( cut=\w+)?\n",
    "combined": rf"\S+ - \S+ \[[^\[\]\n]*\] {QUOTED} \d+ (\d+|-) {QUOTED} {QUOTED}{OURS}"
    r" s=\d+\.\d{6}( cut=\w+)?\n",
    GUNICORN: rf"\S+ - \S+ \[[^\[\]\n]*\] {QUOTED} \d+ (\d+|-) {QUOTED} {QUOTED}\n",
}


@pytest.fixture(autouse=True)
def _zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the machine an hour and a half east of Greenwich."""
    move_to("XYZ-01:30", monkeypatch)
    yield
    move_back(monkeypatch)


def _record(**changes: Any) -> Record:
    said: dict[str, Any] = {
        "client": "192.0.2.1",
        "id": "5f0c-1",
        "method": "GET",
        "target": "/path?query",
        "protocol": "HTTP/1.1",
        "status": 200,
        "sent": 1234,
        "seconds": 0.0123456,
        "time": MOMENT,
    }
    return Record(**(said | changes))


def _line(form: str, **changes: Any) -> str:
    return formats.compiled(form, ORIGIN)(_record(**changes))


BASIC = {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(b"ann:secret").decode()}
BROWSER = {"HTTP_REFERER": "http://x/", "HTTP_USER_AGENT": "Browser 1"}
CLF = '192.0.2.1 - ann [24/Nov/2026:14:28:35 +0130] "GET /path?query HTTP/1.1" 200 1234'
REQUEST_LINE = '"GET /path?query HTTP/1.1"'

# (format, what is different about the record, the line)
LINES = {
    "the form of 0.9.7": (
        "",
        {},
        f"192.0.2.1 - - [24/Nov/2026 14:28:35] {REQUEST_LINE} 200 1234 0.012346 id=5f0c-1 g=3 w=7",
    ),
    "a request that was cut": (
        "",
        {"status": 499, "cut": "client", "client": ""},
        f"- - - [24/Nov/2026 14:28:35] {REQUEST_LINE} 499 1234 0.012346 id=5f0c-1 g=3 w=7"
        " cut=client",
    ),
    "common": ("common", {"headers": BASIC}, f"{CLF} id=5f0c-1 g=3 w=7 s=0.012346"),
    "a user whom the application knows": (
        "common",
        {"headers": BASIC, "environ": {"REMOTE_USER": "ann"}},
        f"{CLF} id=5f0c-1 g=3 w=7 s=0.012346",
    ),
    "no bytes, no user": (
        "common",
        {"sent": 0, "headers": {"HTTP_AUTHORIZATION": "Basic \xff"}},
        f"{CLF.replace('ann', '-').replace('1234', '-')} id=5f0c-1 g=3 w=7 s=0.012346",
    ),
    "combined": (
        "combined",
        {"headers": BASIC | BROWSER},
        f'{CLF} "http://x/" "Browser 1" id=5f0c-1 g=3 w=7 s=0.012346',
    ),
    "combined, cut": (
        "combined",
        {"headers": BASIC, "cut": "killed"},
        f'{CLF} "-" "-" id=5f0c-1 g=3 w=7 s=0.012346 cut=killed',
    ),
    "gunicorn's own": (
        GUNICORN,
        {"headers": BASIC | BROWSER},
        f'{CLF} "http://x/" "Browser 1"',
    ),
    "parts of the request": ("%(m)s %(U)s %(q)s %(H)s", {}, "GET /path query HTTP/1.1"),
    "numbers": (
        "%(B)s %(T)s %(M)d %(D)06d %(L)s %(s)5d",
        {"sent": 0, "seconds": 1.25},
        "0 1 1250 1250000 1.250000   200",
    ),
    "header fields": (
        "%({User-Agent}i)s %({x-none}i)s %({X-Out}o)s %({x-none}o)s %({content-type}i)s",
        {
            "headers": BROWSER | {"CONTENT_TYPE": "a/b"},
            "response_headers": [("x-out", "1"), ("X-OUT", "2")],
        },
        "Browser 1 - 1, 2 - a/b",
    ),
    "variables": (
        "%({wsgi.url_scheme}e)s %({remote_port}e)s %({NONE}e)s",
        {"environ": {"wsgi.url_scheme": "http", "REMOTE_PORT": 50}},
        "http 50 -",
    ),
    "ours": (
        "%(id)s %(generation)s %(worker)s %(time)s %(cut)s %(p)s 100%%",
        {},
        "5f0c-1 3 7 2026-11-24T14:28:35.250+01:30 - <4711> 100%",
    ),
}


@pytest.mark.parametrize(("form", "changes", "line"), LINES.values(), ids=LINES)
def test_line(form: str, changes: dict[str, Any], line: str) -> None:
    assert _line(form, **changes) == line + "\n"


def test_json_has_its_names() -> None:
    said = json.loads(_line("json", headers=BROWSER))
    assert said == {
        "time": "2026-11-24T14:28:35.250+01:30",
        "id": "5f0c-1",
        "client": "192.0.2.1",
        "method": "GET",
        "path": "/path",
        "query": "query",
        "protocol": "HTTP/1.1",
        "status": 200,
        "bytes": 1234,
        "seconds": 0.012346,
        "referer": "http://x/",
        "user_agent": "Browser 1",
        "generation": 3,
        "worker": 7,
        "pid": 4711,
    }


def test_json_of_a_request_that_was_cut_says_by_what() -> None:
    assert json.loads(_line("json", cut="timeout"))["cut"] == "timeout"


def test_json_takes_bytes_for_utf_8_where_they_are() -> None:
    headers = {"HTTP_REFERER": "\xe9", "HTTP_USER_AGENT": "\u00c3\u00a9"}
    said = json.loads(_line("json", headers=headers))
    assert (said["referer"], said["user_agent"]) == ("\xe9", "\xe9")


REFUSED = {
    b"GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n": '"GET /a HTTP/1.1" 400',
    b"\r\nGET /a": '"GET /a" 400',
    b"\x16\x03\x01 hello": r'"\x16\x03\x01 hello" 400',
    b"": '"-" 400',
}


@pytest.mark.parametrize(("received", "said"), REFUSED.items())
def test_a_refused_request_is_logged_as_far_as_it_is_known(received: bytes, said: str) -> None:
    line = formats.compiled("", ORIGIN)(refused("192.0.2.1", "x-1", 400, received))
    assert f"] {said} 0 0.000000 id=x-1" in line
    assert re.fullmatch(FORMS[""], line)


def test_a_request_whose_worker_was_killed() -> None:
    line = formats.compiled("", ORIGIN)(killed("192.0.2.1", "", "GET", "/slow", 10.5))
    assert line.endswith('"GET /slow HTTP/1.1" 502 0 10.500000 id=- g=3 w=7 cut=killed\n')


# ---------------------------------------------------------------- forging

EVIL = ['"', "\\", '\\"', "\n", "\r\n", "\0", "\x1b[2J", "\x85", "\u2028", "\xe9", " ", "[", "]"]
PLACES = ("client", "target", "referer", "agent", "user", "remote user")


def _with(place: str, text: str) -> Record:
    """Return a record that has `text` where a client can put it."""
    user = base64.b64encode(text.encode()).decode()
    changes: dict[str, dict[str, Any]] = {
        "client": {"client": text},
        "target": {"target": text},
        "referer": {"headers": {"HTTP_REFERER": text}},
        "agent": {"headers": {"HTTP_USER_AGENT": text}},
        "user": {"headers": {"HTTP_AUTHORIZATION": f"Basic {user}"}},
        "remote user": {"environ": {"REMOTE_USER": text}},
    }
    return _record(**changes[place])


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("form", FORMS)
def test_no_client_forges_a_line_of_text(form: str, place: str) -> None:
    make = formats.compiled(form, ORIGIN)
    for first, second in itertools.product(EVIL, EVIL):
        text = f'{first}{second} HTTP/1.1" 200 1 0.5 id=x{first}192.0.2.9 - - [1] "{second}'
        line = make(_with(place, text))
        assert re.fullmatch(FORMS[form], line), line


@pytest.mark.parametrize("place", PLACES)
def test_no_client_forges_a_line_of_json(place: str) -> None:
    make = formats.compiled("json", ORIGIN)
    for first, second in itertools.product(EVIL, EVIL):
        line = make(_with(place, f'{first}","status":1,"x":"{second}'))
        assert line.count("\n") == 1
        assert line.isascii()
        assert json.loads(line)["status"] == 200


@pytest.mark.parametrize("field", ["{x}i", "{x}o", "{x}e", "m", "U", "q", "H", "f", "a", "r"])
def test_no_client_ends_the_quotes_of_a_field(field: str) -> None:
    make = formats.compiled(f'"%({field})s" end', ORIGIN)
    for text in map("".join, itertools.product(EVIL, EVIL)):
        record = _record(
            method=text,
            target=f"{text}?{text}",
            protocol=text,
            headers=dict.fromkeys(["HTTP_X", "HTTP_REFERER", "HTTP_USER_AGENT"], text),
            response_headers=[("X", text)],
            environ={"x": text},
        )
        assert re.fullmatch(rf"{QUOTED} end\n", make(record))


# ---------------------------------------------------------------- formats that are refused

WRONG = {
    "jsn": "did you mean 'json'?",
    "anything": "it is common, combined, json, or fields such as",
    "%(h)s %(wroker)s": "it has no field 'wroker': did you mean 'worker'?",
    "%(z)s": "it has no field 'z': there are h, l, u, t, r,",
    "%({x}q)s": "it has no field '{x}q': there are h, l, u,",
    "%h": "'%h' is no field: they look like %(h)s",
    "%(h)": "'%(h)' is no field",
    "50%": "'%' is no field",
    "%(h)s\n%(s)s": "it has a line break",
    "%(r)d": "a field cannot be written as it asks",
    # What is cut off could be half of an escape.
    '"%(r).5s"': "'%(r).5s\"' is no field",
}


@pytest.mark.parametrize(("form", "clause"), WRONG.items())
def test_a_format_that_cannot_be_says_what_would_be_right(form: str, clause: str) -> None:
    with pytest.raises(ValueError, match=re.escape(clause)):
        check(form)


@pytest.mark.parametrize("form", ["", "common", "combined", "json", GUNICORN])
def test_a_format_that_can_be(form: str) -> None:
    check(form)


# ---------------------------------------------------------------- colour


@pytest.mark.parametrize(("status", "colour"), [(200, 32), (304, 36), (404, 33), (500, 31)])
def test_the_status_has_colour_and_nothing_else(status: int, colour: int) -> None:
    line = _line("", target='/" 500 ', status=status)
    shown = formats.coloured(line)
    assert f'" \x1b[{colour}m{status}\x1b[0m 1234 ' in shown
    assert shown.replace(f"\x1b[{colour}m", "").replace("\x1b[0m", "") == line
