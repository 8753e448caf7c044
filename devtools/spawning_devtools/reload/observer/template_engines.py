"""Whether a template is looked at afresh by the next request: what each engine says.

By the module and the name of a function on the stack while a template is read: what
its `self` knows.  Where several are on the stack, all of them have to agree.

Flask sets `auto_reload` of its Jinja where it is in debug mode or told so by
`TEMPLATES_AUTO_RELOAD`.  Django keeps templates from version 4.1 on, in debug mode
too, and only `runserver` empties that cache.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any


def _jinja_loader(loader: Any) -> bool:
    # What a function returns says nothing of the file that it came from.
    return type(loader).__name__ != "FunctionLoader"


def _mako(lookup: Any) -> bool:
    return bool(lookup.filesystem_checks)


def _chameleon(template: Any) -> bool:
    return bool(template.auto_reload)


ENGINES: Mapping[tuple[str, str], Callable[[Any], bool]] = MappingProxyType(
    {
        ("jinja2.environment", "_load_template"): lambda _: True,  # by what a `Refresh` does to it
        ("jinja2.loaders", "get_source"): _jinja_loader,
        ("mako.lookup", "_load"): _mako,
        ("chameleon.template", "read"): _chameleon,
        ("django.template.loaders.cached", "get_template"): lambda _: True,  # the same
        ("django.template.loaders.filesystem", "get_contents"): lambda _: True,
    }
)
