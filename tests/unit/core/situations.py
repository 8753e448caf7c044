"""Situations of the controller, written shortly.

A worker is its generation and the letter of its state, perhaps `*` where a debugger
holds it and `!` where it was killed, perhaps `@` and the time since when:
`1S 1S* 2T 1D!@90`.  Ids count from 1.
"""

from __future__ import annotations

from typing import Any

from spawning.controller.children import Child, Children, State
from spawning.controller.policy import Situation
from spawning.messages import Held

STATES = {"T": State.STARTING, "R": State.READY, "S": State.SERVING, "D": State.DRAINING}
NOW = 100.0
HELD = Held("pdb", "GET", "/orders/7")


def children(text: str) -> Children:
    """Return the workers of a text as above."""
    made = Children()
    for number, word in enumerate(text.split(), 1):
        worker, _, since = word.partition("@")
        child = Child(
            worker_id=number,
            pid=1000 + number,
            generation=int(worker[0]),
            state=STATES[worker[1]],
            held=HELD if "*" in worker else None,
            killed=worker.endswith("!"),
            since=float(since or 95),
        )
        made = made.with_child(child)
    return made


def situation(workers: str = "", **known: Any) -> Situation:
    """Return a situation of a server that wants 2 workers and has a deadman of 10 s."""
    values = {"target": 2, "deadman": 10.0, "development": False, **known}
    return Situation(children=children(workers), **values)
