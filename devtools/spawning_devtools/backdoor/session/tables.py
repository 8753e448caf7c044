"""What the magic words show of workers, requests, modules and memory, as tables."""

from __future__ import annotations

import dataclasses
import gc
import os
import sys
import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from spawning.scoreboard import Reading

MOST = 30
"""Rows of a table that would be long."""
LINE = 120
"""Characters of a request line that the scoreboard has room for."""


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float | None, ...], ...]

    def __str__(self) -> str:
        from spawning_devtools.backdoor.session.fronts import table_of

        return table_of(self.columns, self.rows).rstrip("\n") if self.rows else "none"

    __repr__ = __str__


def workers(readings: Iterable[Reading], now: float, wall: float, here: int) -> Table:
    """Return the workers; `here` is the one that the session is in."""
    rows = []
    for one in sorted(readings, key=lambda reading: reading.worker_id):
        oldest = min(one.in_flight, key=lambda request: request.since, default=None)
        rows.append((
            one.worker_id,
            "*" if one.worker_id == here else "",
            str(one.pid),  # an identifier, not a number to be read
            one.generation,
            _duration(wall - one.started_at),
            f"{now - one.heartbeat:.1f} s" if one.heartbeat else "starting",
            one.connections,
            len(one.in_flight),
            one.requests,
            f"{_duration(now - oldest.since)}  {oldest.line}" if oldest else "",
        ))  # fmt: skip
    columns = "worker here pid generation age heartbeat connections busy requests oldest".split()
    return Table(tuple(columns), tuple(rows))


def requests(
    readings: Iterable[Reading], whole: Mapping[tuple[int, str], str], now: float
) -> Table:
    """Return the requests in flight, the oldest first.

    `whole`: by worker and beginning, request lines that the scoreboard cuts short.
    """
    found = [
        (now - request.since, one.worker_id, request.line)
        for one in readings
        for request in one.in_flight
    ]
    found.sort(reverse=True)
    rows = tuple(
        (f"{max(0.0, age):.3f} s", worker, *_method_and_url(whole.get((worker, line), line)))
        for age, worker, line in found
    )
    return Table(("age", "worker", "method", "URL"), rows)


def _method_and_url(line: str) -> tuple[str, str]:
    method, _, url = line.partition(" ")
    return method, url


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{max(0.0, seconds):.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02} min"


# ---------------------------------------------------------------- modules


def modules(loaded: Mapping[str, Any], since: float, now: float) -> Table:
    """Return the modules whose source was changed or removed after `since`."""
    rows = []
    for name, module in sorted(loaded.items()):
        file = module.__dict__.get("__file__") if type(module) is types.ModuleType else None
        if not isinstance(file, str) or name == "__mp_main__":
            continue
        try:
            changed = os.stat(file).st_mtime
        except FileNotFoundError:
            if not _is_within_archive(file):
                rows.append((name, "removed", file))
            continue
        except OSError:
            continue
        if changed > since:
            rows.append((name, f"{_duration(now - changed)} ago", file))
    return Table(("module", "changed", "file"), tuple(rows))


def _is_within_archive(file: str) -> bool:
    folder = os.path.dirname(file)
    while folder and not os.path.exists(folder):
        folder = os.path.dirname(folder)
    return os.path.isfile(folder)


# ---------------------------------------------------------------- memory


def memory(objects: Sequence[Any], resident: int) -> Table:
    """Return what some objects take, by type, those that take most first; then all in all.

    `resident`: bytes of memory that the process has.
    """
    counts: dict[type, int] = {}
    sizes: dict[type, int] = {}
    measures: dict[type, Any] = {}
    for one in objects:
        kind = type(one)
        measure = measures.get(kind)
        if measure is None:
            measure = measures[kind] = _measure_of(kind)
        counts[kind] = counts.get(kind, 0) + 1
        sizes[kind] = sizes.get(kind, 0) + measure(one)
    largest = sorted(sizes, key=lambda kind: sizes[kind], reverse=True)[:MOST]
    rows: list[tuple[str, int | None, str]]
    rows = [(_name_of(kind), counts[kind], _kib(sizes[kind])) for kind in largest]
    rows.append(("all that the collector knows", len(objects), _kib(sum(sizes.values()))))
    rows.append(("the process, resident", None, _kib(resident)))
    return Table(("type", "objects", "size"), tuple(rows))


def _kib(size: int) -> str:
    return f"{size / 1024:,.0f} KiB"


def tracked() -> list[Any]:
    """Return the objects that the garbage collector knows: containers and instances."""
    return gc.get_objects()


def _measure_of(kind: type) -> Any:
    """Return what measures objects of a type without running what is written in Python."""
    for one in type.__dict__["__mro__"].__get__(kind):
        method = type.__dict__["__dict__"].__get__(one).get("__sizeof__")
        if method is not None:
            if isinstance(method, types.MethodDescriptorType):
                return method
            break
    return object.__sizeof__


def _name_of(kind: type) -> str:
    # By the type's own attributes: a metaclass may say anything.
    names = type.__dict__["__module__"].__get__(kind), type.__dict__["__qualname__"].__get__(kind)
    module, name = (one if isinstance(one, str) else "?" for one in names)
    return name if module == "builtins" else f"{module}.{name}"


def resident() -> int:
    """Return the bytes of memory that this process has, 0 where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def loaded_modules() -> dict[str, Any]:
    """Return the modules of this process, at one instant."""
    return dict(sys.modules)
