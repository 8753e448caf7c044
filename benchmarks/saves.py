"""From a save to the first answer of the new code, again and again, on one running server."""

from __future__ import annotations

import random
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from asking import Asker, Fault, Sample
from crowd import Since, crowd, old_answers
from peers import Peer
from processes import PeerError, Tree, running
from sites import Edit, Target, copy, edits, shown

PATIENCE = 20.0
"""Seconds after which a save counts as never noticed."""
MISSED_IN_A_ROW = 3
"""After so many the server is taken for one that does not reload."""
FIRST_PAUSE = 2.0
"""Seconds before the first save, at least: a watcher has to look at everything first."""
SPREAD = (0.5, 1.5)
"""Shares of the pause, drawn anew each time, so that saves fall anywhere in the interval of
those that poll each second."""
QUIET_LIMIT = 60.0
SETTLING = 0.02
PACE = 0.02
AFTER_FAULT = 0.001


@dataclass(frozen=True)
class Latency:
    """How long one save took, from before the file was touched to the new answer's last byte."""

    role: str
    how: str
    milliseconds: float


@dataclass
class Saves:
    """What a number of saves to one server showed."""

    peer: str
    site: str
    edited: str
    """The role of the one file that was edited, or `mixed`."""
    latencies: list[Latency] = field(default_factory=list)
    missed: int = 0
    requests: int = 0
    reconnects: int = 0
    failed_kept: dict[str, int] = field(default_factory=dict)
    failed_new: dict[str, int] = field(default_factory=dict)
    old_answers: int = 0
    pss: int = 0
    trouble: str = ""
    """Why it ended early."""

    def of(self, *, role: str = "", how: str = "") -> list[float]:
        """Return the milliseconds of all saves, or of one role, or made in one way."""
        return [
            latency.milliseconds
            for latency in self.latencies
            if role in ("", latency.role) and how in ("", latency.how)
        ]


class Session:
    """One server, and the client that measures, which keeps its connection."""

    def __init__(self, tree: Tree, pause: float, chance: random.Random) -> None:
        self.tree = tree
        self.pause = pause
        self.chance = chance
        self.asker = Asker(tree.port, keep=True)
        self.samples: list[Sample] = []
        self.known: list[Since] = []

    def settle(self, pause: float | None = None) -> None:
        """Wait until the server has answered without a fault for the pause; raises PeerError."""
        limit = time.monotonic() + QUIET_LIMIT
        length = self.pause if pause is None else pause
        until = time.monotonic() + length * self.chance.uniform(*SPREAD)
        while True:
            try:
                self.samples.append(self.asker.ask())
            except Fault as fault:
                until = time.monotonic() + length * self.chance.uniform(*SPREAD)
                if time.monotonic() > limit:
                    raise PeerError(f"no quiet moment: requests go on failing ({fault})") from fault
            else:
                if time.monotonic() >= until:
                    return
            time.sleep(SETTLING)

    def latency(self, edit: Edit) -> float | None:
        """Save, ask in a tight loop, and return the seconds to the first new answer, or None."""
        saved = edit.save()
        while time.monotonic() - saved < PATIENCE:
            try:
                sample = self.asker.ask()
            except Fault:
                # Where connections are refused a loop without a pause would take the processor
                # from the server that is starting.
                time.sleep(AFTER_FAULT)
                continue
            self.samples.append(sample)
            if shown(sample.content).get(edit.target.role, -1) >= edit.version:
                self.known.append(Since(sample.ended, edit.target.role, edit.version))
                return sample.ended - saved
        return None


def measure_saves(
    peer: Peer, original: Path, targets: tuple[Target, ...], number: int, pause: float
) -> Saves:
    """Start `peer` on a copy of `original` and save `number` times; raises PeerError."""
    edited = targets[0].role if len(targets) == 1 else "mixed"
    saves = Saves(peer.name, original.name, edited)
    with tempfile.TemporaryDirectory() as parent:
        folder = copy(original, Path(parent))
        with running(peer, folder) as tree:
            # The same pauses for each peer.
            session = Session(tree, pause, random.Random(number))
            with crowd(tree.port, 1, PACE) as seen:
                try:
                    _save_often(session, saves, folder, targets, number)
                    saves.pss = tree.memory().pss
                except PeerError as error:
                    saves.trouble = str(error)
            session.asker.close()
            saves.requests, saves.reconnects = seen.requests, seen.reconnects
            saves.failed_kept, saves.failed_new = seen.failed_kept, seen.failed_new
            saves.old_answers = old_answers(seen.samples + session.samples, session.known)
    return saves


def _save_often(
    session: Session, saves: Saves, folder: Path, targets: tuple[Target, ...], number: int
) -> None:
    in_a_row = 0
    session.settle(max(FIRST_PAUSE, session.pause))
    for edit, _ in zip(edits(targets, folder), range(number), strict=False):
        seconds = session.latency(edit)
        if session.tree.ended():
            raise PeerError(f"ended after a save of {edit.target.file}; {_words(session)}")
        if seconds is None:
            saves.missed += 1
            in_a_row += 1
            if in_a_row == MISSED_IN_A_ROW:
                raise PeerError(f"did not reload after {in_a_row} saves; {_words(session)}")
        else:
            in_a_row = 0
            milliseconds = 1000 * seconds
            saves.latencies.append(Latency(edit.target.role, edit.how, milliseconds))
        session.settle()


def _words(session: Session) -> str:
    return f"its last words:\n{session.tree.last_words()}"
