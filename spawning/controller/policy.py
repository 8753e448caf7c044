"""What is to be done, as a pure function of what is known and of the time.

Rules:
1. A generation starts with one worker.  Only when that one is ready are the
   others started: code that fails does so once.
2. A pending generation takes over when it is ready: with one worker where
   nothing serves yet or in development, with all of them in production, so that
   a reload never halves the capacity.
3. Until then, and if it never is, the serving generation serves.
4. The serving generation is kept at its number of workers.  A worker that dies
   at its start is replaced after a pause that doubles.
5. A draining worker is killed when the deadman timer runs out.
6. What belongs to neither the serving nor the pending generation has to go.
7. A generation is one state of the code.  Once the next one is begun, no further
   worker of the serving generation is started: it would import the new code.  In
   development that lasts while the new code is known to be broken; in production
   a failure may pass, and capacity matters more.
8. A worker that is worn (see `replacement`) is retired when one
   more than the number wanted serves.  The next one waits until it is gone: one
   at a time, never all at once.
9. What a debugger holds is left alone: no deadman ends it and nothing that it is
   worn by, and a reload waits until it is let go, with its causes.  SIGHUP does
   not wait, and the deadman begins anew when the debugger has gone.  A server
   that is being stopped waits for no debugger.
"""

from __future__ import annotations

import dataclasses
import enum
import math

from spawning.controller.actions import (
    Action,
    Begin,
    Finish,
    Kill,
    Open,
    Retire,
    Spawn,
    Stop,
    TakeOver,
)
from spawning.controller.children import Child, Children, State

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
SETTLED = 1.0
"""Seconds after which a serving worker's death is no longer a death at start."""


class Stopping(enum.Enum):
    """Whether the server is being stopped, and how."""

    NO = "no"
    LEAVING = "leaving"
    """Serving still, so that those who send clients can look away first."""
    GRACEFULLY = "gracefully"
    AT_ONCE = "at once"


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """A reload that was asked for and is not begun yet."""

    causes: tuple[str, ...]
    since: float
    """When the first cause was seen, on the monotonic clock."""
    waits: bool
    """Whether a debugger keeps it waiting, or did."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything that a decision depends on."""

    target: int
    """Workers wanted."""
    deadman: float
    development: bool
    shutdown_delay: float = 0.0
    children: Children = dataclasses.field(default_factory=Children)
    serving: int = 0
    """The generation that serves; 0 where none does."""
    pending: int = 0
    """The generation that is being started; 0 where none is."""
    outdated: bool = False
    """Whether the code has changed since, and the generation made of it failed."""
    asked: Asked | None = None
    deaths_at_start: int = 0
    spawn_not_before: float = 0.0
    stopping: Stopping = Stopping.NO
    stop_at: float = 0.0
    """When one that is leaving stops."""

    @property
    def is_running(self) -> bool:
        """Whether clients are still welcome."""
        return self.stopping in (Stopping.NO, Stopping.LEAVING)


def decide(known: Situation, now: float) -> list[Action]:
    """Return what to do now; to be asked again after every event and at `wake_at`."""
    overdue: list[Action] = [
        Kill(child.worker_id, overdue=True)
        for child in known.children
        if now >= child.overdue_at(known.deadman)
    ]
    if known.stopping is Stopping.LEAVING and now >= known.stop_at:
        return [*overdue, Stop()]
    if not known.is_running:
        killed = {kill.worker_id for kill in overdue if isinstance(kill, Kill)}
        return overdue + [a for a in _stop(known) if getattr(a, "worker_id", 0) not in killed]
    if known.asked and known.stopping is Stopping.NO and holder(known) is None:
        since = now if known.asked.waits else known.asked.since
        return [*overdue, Begin(known.asked.causes, since)]
    if known.pending and _may_take_over(known):
        return [*overdue, TakeOver(known.pending)]
    return [*overdue, *_open(known), *_clear(known), *_keep_up(known, now), *_start(known)]


def wake_at(known: Situation) -> float | None:
    """Return the time at which `decide` may say something new though nothing happened."""
    deadlines = [child.overdue_at(known.deadman) for child in known.children]
    times = [at for at in deadlines if at < math.inf]
    if known.stopping is Stopping.LEAVING:
        times.append(known.stop_at)
    missing = len(_lasting(known, known.serving)) < _wanted(known)
    may_spawn = known.serving and not _is_closed(known) and known.is_running
    waits = known.deaths_at_start and known.children.of(known.serving, State.STARTING)
    if missing and may_spawn and not waits:
        times.append(known.spawn_not_before)
    return min(times, default=None)


def holder(known: Situation) -> Child | None:
    """Return the worker for whose debugger a reload waits.

    One that drains has been superseded already.
    """
    return next(
        (child for child in known.children if child.held and child.state is not State.DRAINING),
        None,
    )


def pause_after(deaths: int) -> float:
    """Return how long to wait after so many deaths at start in a row, in seconds."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(deaths - 1, 16))


def died_at_start(child: Child, now: float) -> bool:
    """Return whether a death counts as one at start."""
    if child.state is State.SERVING:
        return now - child.since < SETTLED
    return child.state in (State.STARTING, State.READY)


def _stop(known: Situation) -> list[Action]:
    if not len(known.children):
        return [Finish()]
    actions: list[Action] = []
    for child in known.children:
        if child.killed:
            continue
        at_once = known.stopping is Stopping.AT_ONCE or child.held is not None
        if at_once or child.state in (State.STARTING, State.READY):
            actions.append(Kill(child.worker_id, overdue=False))
        elif child.state is State.SERVING:
            actions.append(Retire(child.worker_id, successor=False))
    return actions


def _may_take_over(known: Situation) -> bool:
    ready = len(known.children.of(known.pending, State.READY))
    enough = 1 if known.development or not known.serving else known.target
    return ready >= enough


def _clear(known: Situation) -> list[Action]:
    actions: list[Action] = []
    for child in known.children:
        if child.killed or child.generation == known.pending:
            continue
        if child.generation == known.serving and not _is_late(known, child):
            continue
        if child.state is State.SERVING:
            actions.append(Retire(child.worker_id, successor=True))
        elif child.state is not State.DRAINING:
            actions.append(Kill(child.worker_id, overdue=False))
    return actions


def _open(known: Situation) -> list[Action]:
    ready = known.children.of(known.serving, State.READY) if known.serving else []
    surplus = {child.worker_id for child in _surplus(known)}
    return [
        Open(child.worker_id)
        for child in ready
        if not child.killed and child.worker_id not in surplus
    ]


def _surplus(known: Situation) -> list[Child]:
    """Return the workers of the serving generation beyond the number wanted.

    Those that are worn go first, as far as others serve in their place; then those that do
    not serve yet, and the youngest.
    """
    lasting = _lasting(known, known.serving)
    serving = [child for child in lasting if child.state is State.SERVING]
    replaced = [child for child in serving if child.is_spent]
    replaced = replaced[: max(0, len(serving) - known.target)]
    worst_last = sorted(
        lasting,
        key=lambda child: (
            child in replaced,
            child not in serving,
            child.held is None,
            child.worker_id,
        ),
    )
    return worst_last[_wanted(known) :]


def _wanted(known: Situation) -> int:
    """Return how many workers the serving generation is to have: one more while one is worn."""
    serving = known.children.of(known.serving, State.SERVING)
    may_replace = not known.children.of(known.serving, State.DRAINING)
    is_worn = any(child.is_spent for child in serving)
    # With one more serving than wanted, the worn one is the surplus.
    return known.target + (1 if is_worn and may_replace and len(serving) <= known.target else 0)


def _keep_up(known: Situation, now: float) -> list[Action]:
    """Keep the serving generation at its number."""
    if not known.serving:
        return []
    actions: list[Action] = []
    lasting = _lasting(known, known.serving)
    missing = _wanted(known) - len(lasting)
    if missing > 0 and now >= known.spawn_not_before and not _is_closed(known):
        if known.deaths_at_start:
            # One at a time while they die at start: each death would print the same error.
            missing = 0 if known.children.of(known.serving, State.STARTING) else 1
        actions += [Spawn(known.serving)] * missing
    elif missing < 0:
        for child in _surplus(known):
            if child.state is State.SERVING:
                actions.append(Retire(child.worker_id, successor=True))
            elif not child.killed and not _is_late(known, child):  # those go in any case
                actions.append(Kill(child.worker_id, overdue=False))
    return actions


def _is_late(known: Situation, child: Child) -> bool:
    """Return whether a worker of the serving generation would import newer code than it."""
    return child.state is State.STARTING and _is_closed(known)


def _is_closed(known: Situation) -> bool:
    """Return whether the serving generation gets no further worker (rule 7)."""
    superseded = bool(known.pending) or (known.outdated and known.development)
    return superseded and bool(known.children.of(known.serving, State.READY, State.SERVING))


def _start(known: Situation) -> list[Action]:
    """Start what the pending generation still needs."""
    if not known.pending:
        return []
    lasting = _lasting(known, known.pending)
    proven = any(child.state is State.READY for child in lasting)
    wanted = known.target if proven else 1
    return [Spawn(known.pending)] * max(0, wanted - len(lasting))


def _lasting(known: Situation, generation: int) -> list[Child]:
    return [
        child
        for child in known.children.of(generation, State.STARTING, State.READY, State.SERVING)
        if not child.killed
    ]
