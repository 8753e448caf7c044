"""What Spawning is to reach with its engine, and what was measured: pure.

A goal is about the ratio of two figures.  Of each round the ratio is taken, for both come from
the same minutes there; what counts is the median of the rounds.
"""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cases
from serving_peers import (
    BJOERN,
    EVENTLET,
    GRANIAN,
    GRANIAN_THREADS,
    GREENLETS,
    GUNICORN,
    INTERPRETED_GREENLETS,
    INTERPRETED_THREADS,
    THREADS,
    UWSGI,
)

Plain = dict[str, Any]
Figures = dict[int, float]
"""By round."""
Ours = tuple[str, str]
OURS: Ours = (GREENLETS.name, THREADS.name)
"""With greenlets and with threads; compiled, as most people have it."""
INTERPRETED: Ours = (INTERPRETED_GREENLETS.name, INTERPRETED_THREADS.name)
OVERHEAD = 1 / 5
FAIR = 10.0


@dataclass(frozen=True)
class Goal:
    """`ratios` is one for each round in which both were measured, none where one was not."""

    text: str
    asked: float
    ratios: tuple[float, ...]
    at_least: bool = True
    beyond: bool = False
    """Whether the figure that is asked is not enough."""
    interpreted: tuple[float, ...] = ()
    """What `ratios` are where nothing is compiled."""

    @property
    def measured(self) -> float | None:
        """Return the median, or None where nothing was measured."""
        return statistics.median(self.ratios) if self.ratios else None

    @property
    def holds(self) -> bool | None:
        """Return whether it is reached, or None where nothing was measured."""
        if self.measured is None:
            return None
        if self.measured == self.asked:
            return not self.beyond
        return (self.measured > self.asked) is self.at_least

    @property
    def wording(self) -> str:
        """Return what is asked, in words."""
        if self.beyond:
            return f"above {self.asked:g}"
        return f"at {'least' if self.at_least else 'most'} {self.asked:g}"


def per_cpu_second(measurements: Sequence[Plain], peer: str, case: str) -> Figures:
    """Return the requests per second of processor time."""
    return {
        one["round"]: one["requests"] / one["cpu_seconds"]
        for one in measurements
        if one["peer"] == peer and one["case"] == case and one["cpu_seconds"] and one["requests"]
    }


def ratios(ours: Figures, theirs: Figures) -> tuple[float, ...]:
    """Return our figure by theirs, for each round that has both."""
    return tuple(ours[number] / theirs[number] for number in sorted(ours.keys() & theirs.keys()))


def overheads(measured: Plain, peer: str) -> Figures:
    """Return the processor seconds that a server takes for a page of Flask beside the page."""
    alone = dict(enumerate(measured["alone"], 1))
    rates = per_cpu_second(measured["measurements"], peer, cases.FLASK.name)
    return {number: 1 / rate - alone[number] for number, rate in rates.items() if number in alone}


def goals(measured: Plain) -> Iterator[Goal]:
    """Yield all goals, with what was measured."""
    pairs = zip(_goals(measured, OURS), _goals(measured, INTERPRETED), strict=True)
    for compiled, interpreted in pairs:
        yield dataclasses.replace(compiled, interpreted=interpreted.ratios)


def _goals(measured: Plain, all_ours: Ours) -> Iterator[Goal]:
    yield from _hello(measured["measurements"], *all_ours)
    for case in (cases.HEADERS, cases.VARIED_HEADERS, cases.ECHO):
        yield from _above_the_compiled(measured["measurements"], case, all_ours)
    gunicorn = overheads(measured, GUNICORN.name)
    for ours in all_ours:
        text = f"{ours} against {GUNICORN.name}: processor time beside a page of Flask"
        yield Goal(text, OVERHEAD, ratios(overheads(measured, ours), gunicorn), at_least=False)
    slowest = _latency(measured["measurements"], "p99")
    for ours in all_ours:
        text = f"{ours} against {GUNICORN.name}: p99 with {cases.MANY} connections"
        yield Goal(text, 1.0, ratios(slowest(ours), slowest(GUNICORN.name)), at_least=False)
    for ours in all_ours:
        text = f"{ours}: the longest wait of {cases.MANY} clients against the median one"
        waits = [one["longest"] / one["median"] for one in measured["turns"] if one["peer"] == ours]
        yield Goal(text, FAIR, tuple(waits), at_least=False)


def _hello(measurements: Sequence[Plain], greenlets: str, threads: str) -> Iterator[Goal]:
    def goal(ours: str, theirs: str, asked: float, *, beyond: bool = False) -> Goal:
        case = cases.VARIED_HELLO
        text = f"{ours} against {theirs}: {case.title}"
        own, other = (per_cpu_second(measurements, peer, case.name) for peer in (ours, theirs))
        return Goal(text, asked, ratios(own, other), beyond=beyond)

    yield goal(greenlets, EVENTLET.name, 7.0)
    yield goal(greenlets, GRANIAN.name, 1.0)
    yield goal(greenlets, BJOERN.name, 0.7)
    yield goal(threads, GUNICORN.name, 8.0)
    yield goal(threads, GRANIAN_THREADS.name, 1.0, beyond=True)
    yield goal(threads, UWSGI.name, 1.0, beyond=True)


def _above_the_compiled(
    measurements: Sequence[Plain], case: cases.Case, all_ours: Ours
) -> Iterator[Goal]:
    for ours in all_ours:
        own = per_cpu_second(measurements, ours, case.name)
        for peer in (GRANIAN, GRANIAN_THREADS, UWSGI):
            theirs = per_cpu_second(measurements, peer.name, case.name)
            text = f"{ours} against {peer.name}: {case.title}"
            yield Goal(text, 1.0, ratios(own, theirs), beyond=True)


def _latency(measurements: Sequence[Plain], which: str) -> Callable[[str], Figures]:
    def of(peer: str) -> Figures:
        return {
            one["round"]: one[which]
            for one in measurements
            if one["peer"] == peer and one["case"] == cases.CROWD.name and one[which]
        }

    return of
