"""The event stream of real servers: what comes, to whom, and what to those who come back."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

import pytest

from clients import Client
from heard import Event, Full, Stream
from serving import PATIENCE, wait_until
from spawning.status.counters import lasting
from watched import Watch, Watched

pytestmark = pytest.mark.slow


def serving(watch: Watch, *arguments: str) -> Watched:
    """Return a server of one worker, whose status page knows that it serves."""

    def is_told(said: dict[str, Any]) -> bool:
        return [child["state"] for child in said["children"].values()] == ["serving"]

    watched = watch("-s", "1", *arguments)
    watched.wait_until_it_says(is_told, "a worker serves")
    return watched


def test_events_come_as_they_happen_and_end_with_the_server(watch: Watch) -> None:
    watched = serving(watch)
    with Stream(watched.status) as stream:
        (hello,) = stream.until("hello")
        assert hello["data"]["version"] == 1
        assert hello["data"]["status"]["pid"] == watched.server.pid
        watched.server.signal(signal.SIGHUP)
        heard = stream.until("generation-serves", generation=2)
        assert all(event["data"]["event"] == event["event"] for event in heard)
        assert ("generation-begun", 2) in [(e["event"], e["data"].get("generation")) for e in heard]
        ids = [event["id"] for event in (hello, *heard)]
        assert len(set(ids)) == len(ids)
        watched.server.signal(signal.SIGTERM)
        stream.until("stopping")
        stream.client.rest()
    assert watched.server.wait() == 0


def test_who_comes_back_gets_what_it_has_missed(watch: Watch) -> None:
    watched = serving(watch)
    with Stream(watched.status) as stream, Stream(watched.status) as other:
        (hello,) = stream.until("hello")
        other.until("hello")
        watched.server.signal(signal.SIGHUP)
        all_of_it = stream.until("worker-gone", generation=1)
        assert other.until("worker-gone", generation=1) == all_of_it
    for had, *missed in ([hello, *all_of_it], all_of_it, all_of_it[2:]):
        with Stream(watched.status, last=had["id"]) as stream:
            assert [stream.next() for _ in missed] == missed
    with Stream(watched.status, last=all_of_it[-1]["id"]) as stream:
        watched.server.signal(signal.SIGHUP)
        (*_, begun) = stream.until("generation-begun")
        assert begun["data"]["generation"] == 3
    with Stream(watched.status, last="no-such") as stream:
        assert [event["event"] for event in stream.until("hello")] == ["hello"]


def test_ids_of_a_status_page_that_died_are_not_known_to_the_next_one(watch: Watch) -> None:
    watched = serving(watch)
    with Stream(watched.status) as stream:
        (hello,) = stream.until("hello")
        watched.process().kill()
        assert stream.client.rest() == b""
    with Stream(watched.status, last=hello["id"]) as stream:
        (again,) = stream.until("hello")
        assert again["id"] != hello["id"]
        assert again["data"]["status"]["generation"]["serving"] == 1


def test_counters_are_told_to_who_asks_for_them_when_they_change(
    watch: Watch, threads: str
) -> None:
    watched = serving(watch, "-t", threads)
    with Stream(watched.status, "?counters=1") as stream, Stream(watched.status) as other:
        (hello,) = stream.until("hello")
        other.until("hello")
        seen = _Seen(stream, hello)
        later = hello["data"]["status"]["time"] + 2.5
        watched.wait_until_it_says(lambda s: s["time"] > later, "all ages have grown")
        with watched.begin("/wait") as client:
            busy = seen.until(lambda told: _requests_of(told) != [None])
            (request,) = _requests_of(busy)
            assert request["line"].startswith("GET /wait?")
            watched.gate.touch()
            assert client.answer().status == 200
        done = seen.until(lambda told: told["totals"]["requests"] == 1)
        assert _requests_of(done) == [None]
        assert {*done} - {"version", "event", "at"} < {*watched.says()}
        watched.server.signal(signal.SIGHUP)
        assert [event["event"] for event in other.until("generation-begun")] == ["generation-begun"]
    with Stream(watched.status, "?counters=1", last=hello["id"]) as stream:
        names = [event["event"] for event in stream.until("counters")]
        assert names[0] == "generation-begun", "facts first, and counters at once"


class _Seen:
    """Counters as they come: each has to tell something new that is no age."""

    def __init__(self, stream: Stream, hello: Event) -> None:
        self._stream = stream
        self._id = hello["id"]
        self._last: dict[str, Any] = {}

    def until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the next ones for which that holds."""
        while True:
            event = self._stream.next()
            assert event is not None
            assert (event["event"], event["id"]) == ("counters", self._id)
            told: dict[str, Any] = event["data"]
            lasts = lasting({**told, "at": 0})
            assert lasts != self._last
            self._last = lasts
            if holds(told):
                return told


def _requests_of(told: dict[str, Any]) -> list[Any]:
    return [child["oldest_request"] for child in told["children"].values()]


def test_streams_are_bounded_and_leave_room_for_the_rest(watch: Watch) -> None:
    watched = serving(watch)
    streams = [Stream(watched.status) for _ in range(8)]
    for stream in streams:
        stream.until("hello")
    with Client(watched.status) as client:
        client.send(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        status, headers = client.head()
    assert (status, headers["retry-after"]) == (503, "15")
    assert watched.ask("/readyz").status == 200
    for stream in streams:
        stream.client.close()
    others: list[Stream] = []

    def have_room() -> bool:
        while len(others) < 8:
            try:
                others.append(Stream(watched.status))
            except Full:
                return False
        return True

    wait_until(have_room, "who has gone leaves room")
    for stream in others:
        stream.until("hello")
        stream.client.close()


def test_it_does_not_outlive_the_controller(watch: Watch) -> None:
    watched = serving(watch)
    process = watched.process()
    with Stream(watched.status) as stream:
        stream.until("hello")
        watched.server.process.kill()
        process.wait(PATIENCE)
        stream.client.rest()
