"""Which modules may be imported before some that are edited, although they came later.

Rules:
1. Those that do not need it, neither directly nor by what they need.
2. To need a module is to take something of it.  `import a.b.c` needs `a.b.c`; that the
   packages `a` and `a.b` have begun is enough, and what stands in them is not asked for.
   That is what differs from `graph`, whose question is what a change concerns.
3. A package that needs the edited module must have begun before it, or it would begin
   with what is in it.

An edge that is missing here is found by the process that imports ahead, which then
gives up: it costs time and no truth.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from spawning.messages import DynamicImport, Module, Place
from spawning_devtools.reload.graph.imports import Asked


def needed_by(
    modules: Sequence[Module],
    asked: Mapping[str, Iterable[Asked]],
    dynamic: Iterable[DynamicImport],
) -> dict[str, set[str]]:
    """Return which modules need each."""
    known = {module.name for module in modules}
    needs: dict[str, set[str]] = {}
    for module in modules:
        for one in asked.get(module.file, ()):
            for target in _taken(one, module, known):
                needs.setdefault(target, set()).add(module.name)
    for pair in dynamic:
        needs.setdefault(pair.imported, set()).add(pair.importer)
    return needs


def _taken(one: Asked, module: Module, known: set[str]) -> Iterator[str]:
    base, *inside = one.absolute(module.name, module.is_package) or [""]
    submodules = [name for name in inside if name in known]
    if base != module.name and (len(submodules) < len(inside) or not inside):
        yield base
    yield from submodules


def dependents(names: Iterable[str], needs: Mapping[str, Iterable[str]]) -> set[str]:
    """Return the modules that need one of `names`, by whatever way, and themselves."""
    found: set[str] = set()
    pending = list(names)
    while pending:
        one = pending.pop()
        if one not in found:
            found.add(one)
            pending.extend(needs.get(one, ()))
    return found


def place_before(
    names: Collection[str], order: Sequence[str], needing: Mapping[str, Iterable[str]]
) -> Place:
    """Return the place for edits of `names`, before the first of them in `order`."""
    first = min(order.index(name) for name in names)
    begun = frozenset(order[:first])
    kept = frozenset(one for name in names for one in needing[name])

    def may(other: str) -> bool:
        package = other
        while package:
            if package in kept and (package == other or package not in begun):
                return False
            package = package.rpartition(".")[0]
        return other not in begun

    ahead = tuple(other for other in order if may(other))
    return Place(order[first], ahead, tuple(sorted(kept)))
