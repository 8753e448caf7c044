"""What changes: requests a second, time on the processor; pure."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Mapping, Sequence

from spawning_devtools.ctl.status.sight import Sight

KEPT = 120
"""Sights of the past whose rate is shown as a curve."""


@dataclasses.dataclass(frozen=True, slots=True)
class Rates:
    """Between two sights."""

    requests: float = 0.0
    """A second."""
    latency: float | None = None
    """Mean seconds of the requests that have ended, None where that is not known."""
    by_worker: Mapping[int, float] = dataclasses.field(default_factory=dict)
    """Requests a second, by process id."""
    cpu: Mapping[int, float] = dataclasses.field(default_factory=dict)
    """Percent of one processor, by process id."""

    @property
    def whole_cpu(self) -> float:
        """Percent of one processor, all workers together."""
        return sum(self.cpu.values())


def between(before: Sight | None, after: Sight) -> Rates:
    """Return what has changed a second."""
    if before is None or after.at <= before.at:
        return Rates()
    seconds = after.at - before.at
    earlier = {worker.pid: worker for worker in before.workers}
    known = [(worker, earlier[worker.pid]) for worker in after.workers if worker.pid in earlier]
    ended = after.requests - before.requests
    latency = None
    if after.seconds is not None and before.seconds is not None and ended > 0:
        latency = max(0.0, after.seconds - before.seconds) / ended
    return Rates(
        max(0.0, ended / seconds),
        latency,
        {one.pid: max(0, one.requests - old.requests) / seconds for one, old in known},
        {one.pid: max(0.0, one.cpu - old.cpu) / seconds * 100 for one, old in known},
    )


class History:
    """The sights of the last while."""

    def __init__(self) -> None:
        self.sight: Sight | None = None
        self.rates = Rates()
        self.curve: collections.deque[float] = collections.deque(maxlen=KEPT)
        """Requests a second, the latest last."""

    def add(self, sight: Sight) -> None:
        """The server looks like this now."""
        is_first = self.sight is None
        self.rates = between(self.sight, sight)
        self.sight = sight
        if not is_first:
            self.curve.append(self.rates.requests)


_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], width: int) -> str:
    """Return the last values as a curve of so many characters; nothing is a blank."""
    shown = list(values)[-width:] if width > 0 else []
    top = max(shown, default=0.0)
    bars = [
        " " if value <= 0 else _BARS[min(len(_BARS) - 1, int(value / top * len(_BARS)))]
        for value in shown
    ]
    return "".join(bars).rjust(max(0, width))
