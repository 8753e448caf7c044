"""What four workers weigh that come from a snapshot, against four that start cold; ours only."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from asking import Asker, Fault
from processes import Memory, PeerError, Tree, running, wait_until
from reload_peers import ours
from report import NOTHING, ratio, table
from sites import Site, copy, edits, shown

WORKERS = 4
KINDS = {
    # A name, the options, and whether it reloads, so that it can be weighed after a save too.
    "from a snapshot": (("--reload=dev",), True),
    "cold": (("--reload=dev,cold",), True),
    "without reload": ((), False),
}
TITLE = "spawn: worker"
REQUESTS = 40
"""On connections of their own: each worker has answered some before it is weighed."""
RELOAD_LIMIT = 20.0
REST_LIMIT = 15.0
STEADY = 256 * 1024
"""Bytes by which two looks at the tree may differ where it has come to rest."""


@dataclass(frozen=True)
class Weight:
    """Bytes of the workers and of the whole tree."""

    peer: str
    site: str
    after: str
    workers_pss: int = 0
    workers_uss: int = 0
    tree_pss: int = 0
    tree_uss: int = 0
    trouble: str = ""


def measure_memory(site: Site, original: Path) -> list[Weight]:
    """Weigh each kind after the start, and after a save where it reloads."""
    weights: list[Weight] = []
    for kind, (options, reloads) in KINDS.items():
        name = f"spawning, {kind}"
        print(f"memory, {site.name}: {name}", file=sys.stderr)
        words = ("-s", str(WORKERS), "-t", "4", "-l", "/dev/null", *options)
        try:
            with tempfile.TemporaryDirectory() as parent:
                folder = copy(original, Path(parent))
                with running(ours(site, *words, name=name), folder) as tree:
                    weights.append(_weigh(tree, name, site, "start"))
                    if reloads:
                        _reload(tree, site, folder)
                        weights.append(_weigh(tree, name, site, "save"))
        except PeerError as error:
            weights.append(Weight(name, site.name, NOTHING, trouble=str(error)))
    return weights


def _reload(tree: Tree, site: Site, folder: Path) -> None:
    """Save the middle file and wait until each worker that answers has it."""
    targets = tuple(target for target in site.targets if target.role == "middle")
    edit = next(edits(targets, folder))
    edit.save()

    def new_everywhere() -> bool:
        return all(shown(content).get("middle") == edit.version for content in _answers(tree))

    if not wait_until(new_everywhere, RELOAD_LIMIT):
        raise PeerError(f"the save was not noticed; last words:\n{tree.last_words()}")


def _answers(tree: Tree) -> list[str]:
    asker = Asker(tree.port, keep=False)
    try:
        return [asker.ask().content for _ in range(REQUESTS)]
    except Fault as fault:
        raise PeerError(f"does not answer: {fault}") from fault


def _weigh(tree: Tree, name: str, site: Site, after: str) -> Weight:
    last = [Memory(0, 0, 0)]

    def at_rest() -> bool:
        # Workers of the old generation have to end, and those of the new to start.
        before, last[0] = last[0], tree.memory()
        return abs(last[0].pss - before.pss) < STEADY and _workers(tree) == WORKERS

    _answers(tree)
    if not wait_until(at_rest, REST_LIMIT, interval=1.0):
        raise PeerError(f"did not come to rest with {WORKERS} workers, it has {_workers(tree)}")
    _answers(tree)
    workers, whole = tree.memory(TITLE), tree.memory()
    return Weight(name, site.name, after, workers.pss, workers.uss, whole.pss, whole.uss)


def _workers(tree: Tree) -> int:
    return len(tree.titled(TITLE))


def memory_table(weights: Sequence[Weight]) -> str:
    """Return the table of one site; ratios are to the cold workers, of reload or else of none."""
    whole = [weight for weight in weights if not weight.trouble]
    cold = next((w for w in whole if "cold" in w.peer and w.after == "save"), None)
    cold = cold or next((w for w in whole if "without" in w.peer), None)
    heads = [
        *("server", "after the", "workers, PSS MiB", "to cold", "workers, USS"),
        *("tree, PSS", "to cold", "tree, USS"),
    ]
    rows = [
        [
            weight.peer,
            weight.after,
            _mib(weight.workers_pss),
            ratio(weight.workers_pss, cold.workers_pss if cold else None),
            _mib(weight.workers_uss),
            _mib(weight.tree_pss),
            ratio(weight.tree_pss, cold.tree_pss if cold else None),
            _mib(weight.tree_uss),
        ]
        for weight in whole
    ]
    troubles = [f"\n{weight.peer}: {weight.trouble}" for weight in weights if weight.trouble]
    return "\n".join([table(heads, rows), *troubles])


def _mib(number: int) -> str:
    return f"{number / 2**20:.0f}"
