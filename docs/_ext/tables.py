"""Tables as wide as a terminal, where the manual is made for `info`.

Markdown knows no widths of columns: without them each would get the same, whatever is in it,
and all together more than a terminal has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from columns import widths
from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def narrow(app: Sphinx, doctree: nodes.document, _name: str) -> None:
    """Give each column of each table its width."""
    if app.builder.name != "texinfo":
        return
    for group in doctree.findall(nodes.tgroup):
        rows = list(group.findall(nodes.row))
        cells = [[len(cell.astext()) for cell in row] for row in rows]
        longest = [max(column) for column in zip(*cells, strict=True)]
        for spec, width in zip(group.findall(nodes.colspec), widths(longest), strict=True):
            spec["colwidth"] = width


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.connect("doctree-resolved", narrow)
    return {"parallel_read_safe": True}
