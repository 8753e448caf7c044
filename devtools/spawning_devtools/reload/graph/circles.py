"""Circles of imports: the strongly connected components of a graph, by Kosaraju's algorithm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Imports = Mapping[str, Sequence[str]]


def circles(imports: Imports) -> list[list[str]]:
    """Return the sets of modules that import each other, each of more than one module.

    >>> circles({"app": ["a"], "a": ["b"], "b": ["a", "c"], "c": []})
    [['a', 'b']]
    """
    importers: dict[str, list[str]] = {name: [] for name in imports}
    for name, others in imports.items():
        for other in others:
            importers[other].append(name)
    found, seen = [], set[str]()
    for name in reversed(_in_order_of_completion(imports)):
        ring = _reached(name, importers, seen)
        if len(ring) > 1:
            found.append(sorted(ring))
    return found


def _in_order_of_completion(imports: Imports) -> list[str]:
    """Return all modules, each after what it imports, as far as circles allow."""
    seen, done = set[str](), []
    for start in imports:
        # Own stack: a chain of imports may be deeper than Python's recursion limit.
        stack = [(start, False)]
        while stack:
            name, is_complete = stack.pop()
            if is_complete:
                done.append(name)
            elif name not in seen:
                seen.add(name)
                stack.append((name, True))
                stack += [(other, False) for other in imports[name]]
    return done


def _reached(start: str, importers: Imports, seen: set[str]) -> list[str]:
    """Return what leads to `start` and is not yet `seen`, and know it as seen."""
    found, waiting = [], [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            found.append(name)
            waiting += importers[name]
    return found
