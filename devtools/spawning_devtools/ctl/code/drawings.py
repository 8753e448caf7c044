"""The module graph as text, Mermaid, DOT and JSON: pure."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from spawning.messages import Drawing

CIRCLE = "circle"


def text(drawing: Drawing) -> str:
    """Return a tree; a module that stands there already is not drawn again below."""
    imports = _imports(drawing)
    rings = {node.name: node.cycle for node in drawing.nodes}
    imported = {edge.imported for edge in drawing.edges}
    tops = [drawing.application] if drawing.application in rings else []
    tops += [name for name in rings if name not in imported and name not in tops]
    drawn: set[str] = set()
    lines: list[str] = []
    for name in [*tops, *rings]:  # the last are in circles that nobody else imports
        if name not in drawn:
            lines += _tree(name, imports, rings, drawn)
    return "\n".join(lines)


def _tree(
    top: str, imports: Mapping[str, list[str]], rings: Mapping[str, int], drawn: set[str]
) -> Iterator[str]:
    # Own stack: a chain of imports may be deeper than Python's recursion limit.
    stack = [("", top, "", "")]
    while stack:
        importer, name, corner, indent = stack.pop()
        others = imports[name]
        is_circle = importer and rings[name] and rings[name] == rings[importer]
        notes = [CIRCLE] * bool(is_circle) + ["above"] * bool(name in drawn and others)
        yield f"{corner}{name}" + (f" ({', '.join(notes)})" if notes else "")
        if name not in drawn:
            drawn.add(name)
            last = len(others) - 1
            below = [
                (name, other, indent + ("└─ " if n == last else "├─ "),
                 indent + ("   " if n == last else "│  "))
                for n, other in enumerate(others)
            ]  # fmt: skip
            stack += reversed(below)


def mermaid(drawing: Drawing) -> str:
    """Return a flowchart in Mermaid's language."""
    ids = {node.name: f"m{number}" for number, node in enumerate(drawing.nodes)}
    lines = ["flowchart LR"]
    lines += [f'  {ids[node.name]}["{_escaped(node.name)}"]' for node in drawing.nodes]
    circular = _circular(drawing)
    for edge, is_circular in zip(drawing.edges, circular, strict=True):
        arrow = f"-. {CIRCLE} .->" if is_circular else "-->"
        lines.append(f"  {ids[edge.importer]} {arrow} {ids[edge.imported]}")
    return "\n".join(lines)


def _escaped(name: str) -> str:
    return name.replace("#", "#35;").replace('"', "#quot;")


def dot(drawing: Drawing) -> str:
    """Return a graph in the language of Graphviz."""
    lines = ["digraph modules {", "  rankdir=LR;", "  node [shape=box];"]
    for node in drawing.nodes:
        bold = " style=bold" if node.name == drawing.application else ""
        lines.append(f"  {_quoted(node.name)} [tooltip={_quoted(node.file)}{bold}];")
    for edge, is_circular in zip(drawing.edges, _circular(drawing), strict=True):
        mark = f" [color=red tooltip={CIRCLE}]" if is_circular else ""
        lines.append(f"  {_quoted(edge.importer)} -> {_quoted(edge.imported)}{mark};")
    return "\n".join([*lines, "}"])


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def as_json(drawing: Drawing) -> str:
    """Return nodes and edges as they were told."""
    return json.dumps(dataclasses.asdict(drawing), indent=2)


def _imports(drawing: Drawing) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {node.name: [] for node in drawing.nodes}
    for edge in drawing.edges:
        found[edge.importer].append(edge.imported)
    return found


def _circular(drawing: Drawing) -> list[bool]:
    """Return of each edge whether it is part of a circle."""
    rings = {node.name: node.cycle for node in drawing.nodes}
    return [
        bool(rings[edge.importer]) and rings[edge.importer] == rings[edge.imported]
        for edge in drawing.edges
    ]


FORMATS: Mapping[str, Callable[[Drawing], str]] = MappingProxyType(
    {"text": text, "mermaid": mermaid, "dot": dot, "json": as_json}
)
