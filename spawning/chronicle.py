"""What the facts so far come to: pure.

The controller keeps a chronicle, so that it can tell a new status process
everything in one message; the status process keeps its own from there on.  Both
apply the same function to the same facts, so they agree.
"""

from __future__ import annotations

import dataclasses

from spawning.messages import (
    Chronicle,
    Failure,
    GenerationBegun,
    GenerationFailed,
    GenerationServes,
    Notice,
    Stopping,
    Wanted,
    WorkerFailed,
    WorkerGone,
    WorkerHeld,
    WorkerIs,
)

KEPT_EVENTS = 50

Fact = (
    GenerationBegun
    | GenerationServes
    | GenerationFailed
    | WorkerIs
    | WorkerFailed
    | WorkerGone
    | WorkerHeld
    | Notice
    | Wanted
    | Stopping
)


def extended(so_far: Chronicle, fact: Fact) -> Chronicle:
    """Return what it comes to with one fact more."""
    events = (*so_far.events, fact)[-KEPT_EVENTS:]
    return dataclasses.replace(_learnt(so_far, fact), events=events)


def _learnt(so_far: Chronicle, fact: Fact) -> Chronicle:
    match fact:
        case GenerationBegun(generation, cause, wall):
            return dataclasses.replace(
                so_far, pending=generation, pending_cause=cause, pending_since=wall
            )
        case GenerationServes(generation, seconds, wall):
            return dataclasses.replace(
                _without_pending(so_far, generation),
                serving=generation,
                serving_since=wall,
                serving_after=seconds,
                reloads=so_far.reloads + bool(so_far.serving),
            )
        case GenerationFailed(generation, wall):
            failure = so_far.failure
            if failure is None or failure.generation != generation:
                failure = Failure(generation, None, wall)
            return dataclasses.replace(
                _without_pending(so_far, generation),
                failure=failure,
                reload_failures=so_far.reload_failures + 1,
            )
        case WorkerFailed(_, generation, reason, wall):
            return dataclasses.replace(so_far, failure=Failure(generation, reason, wall))
        case WorkerIs(worker_id):
            return _with_worker(so_far, worker_id, fact)
        case WorkerGone(worker_id, how=how):
            left = _with_hold(so_far, worker_id, None)
            counted = dataclasses.replace(left, **{how: getattr(left, how) + 1})
            return _with_worker(counted, worker_id, None)
        case WorkerHeld(worker_id, by):
            return _with_hold(so_far, worker_id, fact if by else None)
        case Wanted(workers):
            return dataclasses.replace(so_far, wanted=workers)
        case Stopping(wall):
            return dataclasses.replace(so_far, stopping_since=wall)
        case Notice():
            return so_far


def _without_pending(so_far: Chronicle, generation: int) -> Chronicle:
    """Return it with nothing pending, unless a newer generation than this one is."""
    if so_far.pending > generation:
        return so_far
    return dataclasses.replace(so_far, pending=0, pending_cause="", pending_since=0.0)


def _with_worker(so_far: Chronicle, worker_id: int, worker: WorkerIs | None) -> Chronicle:
    """Return it with a worker as it is now; None where it is no more."""
    now = {known.worker_id: known for known in so_far.workers}
    if worker is None:
        now.pop(worker_id, None)
    else:
        now[worker_id] = worker
    return dataclasses.replace(so_far, workers=tuple(now.values()))


def _with_hold(so_far: Chronicle, worker_id: int, hold: WorkerHeld | None) -> Chronicle:
    """Return it with the debugger that holds a worker now; None where none does."""
    others = tuple(known for known in so_far.held if known.worker_id != worker_id)
    return dataclasses.replace(so_far, held=others if hold is None else (*others, hold))
