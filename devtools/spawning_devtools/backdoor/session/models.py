"""The fields of Django's models, for the methods that take them as keyword arguments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from spawning_devtools.backdoor.session.static import UNKNOWN, attribute, classes_of, own

METHODS = frozenset(
    "filter exclude get create get_or_create update update_or_create aget afilter".split()
)


def fields_for(owner: Any, method: str) -> Iterator[str]:
    """Yield the fields that a method of a manager or a query set, `owner`, takes."""
    if owner is UNKNOWN or method not in METHODS:
        return
    model: Any = own(owner).get("model")
    if not issubclass(type(model), type) or attribute(model, "_meta") is UNKNOWN:
        return
    for kind in classes_of(model):
        options = own(own(kind).get("_meta"))
        for some in ("local_fields", "local_many_to_many"):
            fields = options.get(some)
            for field in list(fields) if type(fields) is list else ():
                name = own(field).get("name")
                if type(name) is str:
                    yield name
