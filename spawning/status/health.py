"""How each worker fares, and the server: pure.

Rules:
1. A worker is hung when its loop has not turned for `LATE` seconds: it turns
   every second.  That is so too when the application blocks a greenlet's hub.
2. A serving worker with threads is also hung when each of its threads has been
   busy with one request for `LONG` seconds: whoever comes then waits.  With
   greenlets there is no such end.
3. A draining worker may be busy for as long as the deadman allows; only rule 1
   is for it.  One that still starts is never hung: an import may take long.
4. The server is ready when a generation serves, a worker of it is not hung, and
   nobody has asked the server to stop.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from spawning.messages import Chronicle, Failure, WorkerHeld, WorkerIs
from spawning.scoreboard import InFlightNow, Reading
from spawning.status.scene import Scene

LATE = 3.0
LONG = 10.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One worker, as the status page shows it."""

    worker_id: int
    pid: int
    generation: int
    state: str
    """What the controller knows of it, or `hung`, or `held`."""
    debugger: str
    """Which debugger holds it, and in what; empty where none does."""
    hung: str
    """Why it is hung, empty where it is not."""
    started_at: float
    busy: int
    connections: int
    requests: int
    stuck: int
    heartbeat_age: float | None
    """Seconds; None where its loop has not begun to turn."""
    in_flight: tuple[InFlightNow, ...]
    """What it is answering, the oldest first; no more than there are slots, and `busy` may be."""

    @property
    def oldest(self) -> InFlightNow | None:
        """What it has been answering for longest."""
        return self.in_flight[0] if self.in_flight else None

    @property
    def is_active(self) -> bool:
        """Whether it has not been told to end."""
        return self.state != "draining"


@dataclasses.dataclass(frozen=True, slots=True)
class Health:
    """How the server fares, in a word and a sentence.

    starting   no generation has served yet
    healthy    all is well
    degraded   some workers hang, or are missing
    failing    the newest code could not be started
    down       nobody answers
    stopping   it was asked to stop
    """

    word: str
    sentence: str


def workers_of(scene: Scene) -> list[Worker]:
    """Return the workers that live, in the order in which they were started."""
    by_id = {reading.worker_id: reading for reading in scene.readings}
    return [_worker(known, by_id.get(known.worker_id), scene) for known in scene.chronicle.workers]


def readiness(scene: Scene) -> tuple[bool, str]:
    """Return whether clients may be sent here, and why not."""
    chronicle = scene.chronicle
    if chronicle.stopping_since:
        return False, "the server is being stopped"
    if not chronicle.serving:
        return False, "no generation serves"
    serving = _serving(chronicle, workers_of(scene))
    if not serving:
        return False, f"generation {chronicle.serving} has no worker"
    if all(worker.hung for worker in serving):
        return False, f"every worker of generation {chronicle.serving} hangs"
    return True, f"generation {chronicle.serving} serves"


def health(scene: Scene, workers: Sequence[Worker]) -> Health:
    """Return how the server fares."""
    chronicle = scene.chronicle
    failure = chronicle.failure
    is_ready, why_not = readiness(scene)
    if chronicle.stopping_since:
        return Health("stopping", "The server is being stopped.")
    if not chronicle.serving:
        if failure is None or chronicle.pending > failure.generation:
            return Health("starting", f"Generation {chronicle.pending} is being started.")
        return Health("down", f"Nothing serves: {_failed(failure)}.")
    if not is_ready:
        return Health("down", f"Nobody answers: {why_not}.")
    if is_current(chronicle):
        assert failure is not None
        return Health("failing", f"{_capital(_failed(failure))}; {_goes_on(chronicle)}.")
    complaints = _complaints(chronicle, workers)
    if complaints:
        return Health("degraded", f"{_capital(' and '.join(complaints))}.")
    return Health("healthy", f"Generation {chronicle.serving} serves.")


def is_current(chronicle: Chronicle) -> bool:
    """Return whether the last failure still matters: nothing newer has come to serve."""
    failure = chronicle.failure
    if failure is None:
        return False
    if failure.generation == chronicle.serving:
        # A further worker of it failed, later than it took over.
        return failure.wall > chronicle.serving_since and _is_short(chronicle)
    return failure.generation > chronicle.serving


def _is_short(chronicle: Chronicle) -> bool:
    serving = [w for w in chronicle.workers if w.state == "serving"]
    return len(serving) < chronicle.wanted


def _worker(known: WorkerIs, reading: Reading | None, scene: Scene) -> Worker:
    hold = next((one for one in scene.chronicle.held if one.worker_id == known.worker_id), None)
    # What a debugger has stopped does not hang, however still it is.
    hung = _hung(known, reading, scene) if reading is not None and hold is None else ""
    in_flight = sorted(reading.in_flight, key=lambda r: r.since) if reading else ()
    heartbeat = reading.heartbeat if reading else 0.0
    return Worker(
        worker_id=known.worker_id,
        pid=known.pid,
        generation=known.generation,
        state="held" if hold else "hung" if hung else known.state,
        debugger=_hold(hold) if hold else "",
        hung=hung,
        started_at=reading.started_at if reading and reading.started_at else known.wall,
        busy=_busy(reading, scene.boot.board[2]) if reading else 0,
        connections=reading.connections if reading else 0,
        requests=reading.requests if reading else 0,
        stuck=reading.stuck if reading else 0,
        heartbeat_age=max(0.0, scene.monotonic - heartbeat) if heartbeat else None,
        in_flight=tuple(in_flight),
    )


def _hold(hold: WorkerHeld) -> str:
    return f"{hold.by} in {hold.method} {hold.target}" if hold.method else hold.by


def _busy(reading: Reading, slots: int) -> int:
    """Return how many requests are being answered; the slots are newer than the heartbeat."""
    in_flight = len(reading.in_flight)
    return in_flight if in_flight < slots else max(in_flight, reading.busy)


def _hung(known: WorkerIs, reading: Reading, scene: Scene) -> str:
    if known.state == "starting":
        return ""
    silent = scene.monotonic - reading.heartbeat if reading.heartbeat else float("inf")
    # Its loop begins to turn a second after it is ready.
    silent = min(silent, scene.wall - known.wall)
    if silent > LATE:
        return f"its loop has been blocked for {silent:.0f} s"
    threads = scene.boot.config["threads"]
    if known.state == "serving" and threads and len(reading.in_flight) >= threads:
        youngest = scene.monotonic - max(request.since for request in reading.in_flight)
        if youngest > LONG:
            return f"each of its {threads} threads has been busy for over {youngest:.0f} s"
    return ""


def _serving(chronicle: Chronicle, workers: Sequence[Worker]) -> list[Worker]:
    """Return the workers that accept, hung ones too."""
    serving = {known.worker_id for known in chronicle.workers if known.state == "serving"}
    return [worker for worker in workers if worker.worker_id in serving]


def _complaints(chronicle: Chronicle, workers: Sequence[Worker]) -> list[str]:
    complaints = []
    hung = [worker for worker in workers if worker.hung]
    if hung:
        ids = ", ".join(str(worker.worker_id) for worker in hung)
        complaints.append(f"worker {ids} hangs" if len(hung) == 1 else f"workers {ids} hang")
    lasting = [known for known in chronicle.workers if known.state != "draining"]
    missing = chronicle.wanted - len(lasting)
    if missing > 0 and not chronicle.pending:
        are = "is" if missing == 1 else "are"
        complaints.append(f"{missing} of {chronicle.wanted} workers {are} missing")
    return complaints


def _failed(failure: Failure) -> str:
    """Return what failed, and where."""
    what = f"generation {failure.generation} failed"
    reason = failure.reason
    if reason is None:
        return what
    place = f" at {reason.file}:{reason.line}" if reason.file else ""
    return f"{what}{place}: {reason.type}: {reason.message}"


def _goes_on(chronicle: Chronicle) -> str:
    return f"generation {chronicle.serving} goes on serving"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
