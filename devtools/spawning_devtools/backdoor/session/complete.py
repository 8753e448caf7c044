"""What can be typed next, from the objects that live here; nothing of theirs is run (`static`).

Rules:
1. Names that begin with an underscore are offered where one is typed.
2. What is offered begins with what is typed, letter by letter first, then whatever the case.
3. At most MOST items, and no search in the file system but for an import.
"""

from __future__ import annotations

import builtins
import dataclasses
import keyword
import pkgutil
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from inspect import Parameter
from typing import Any

from spawning_devtools.backdoor.session import signatures, static
from spawning_devtools.backdoor.session.expressions import Call, Path, Place, call_in, place_in
from spawning_devtools.backdoor.session.models import fields_for
from spawning_devtools.backdoor.session.static import UNKNOWN

MOST = 500
_BY_NAME = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """Something that can be typed, from column `start` of the cursor's line on."""

    text: str
    start: int
    kind: str
    meta: str = ""


def complete(
    text: str, namespace: Mapping[str, Any], magics: Mapping[str, str], limit: int = MOST
) -> list[Item]:
    """Return what can be typed at the end of `text`."""
    place = place_in(text)
    column = len(text.rpartition("\n")[2])
    offered = _offered(text, place, namespace, magics)
    typed = place.typed if place.what != "module" else place.typed.rpartition(".")[2]
    start = column - len(typed)
    items = [Item(name, start, kind, meta) for name, kind, meta in offered]
    if place.what == "key":
        return [item for item in items if item.text.startswith(typed)][:limit]
    return _fitting(items, typed)[:limit]


Offer = tuple[str, str, str]
"""A text, its kind, and a remark."""


def _offered(
    text: str, place: Place, namespace: Mapping[str, Any], magics: Mapping[str, str]
) -> Iterable[Offer]:
    match place.what:
        case "name":
            return _names(text, place, namespace, magics)
        case "attribute" if place.of is not None:
            return _attributes(_found(place.of, namespace)[0])
        case "key" if place.of is not None:
            return _keys(_found(place.of, namespace)[0], place.typed)
        case "module":
            return _modules(place.typed.rpartition(".")[0])
        case "import":
            return _importable(place.module)
        case "import word":
            return [("import", "keyword", "")]
        case _:
            return ()


def _fitting(items: Iterable[Item], typed: str) -> list[Item]:
    folded = typed.casefold()
    found: dict[str, Item] = {}
    for item in items:
        if item.text.casefold().startswith(folded) and (
            not item.text.startswith("_") or typed.startswith("_")
        ):
            found.setdefault(item.text, item)
    ranks = {"argument": 0, "magic": 4, "keyword": 3, "builtin": 2}
    return sorted(
        found.values(),
        key=lambda item: (
            not item.text.startswith(typed), ranks.get(item.kind, 1), item.text.casefold()
        ),
    )  # fmt: skip


def _names(
    text: str, place: Place, namespace: Mapping[str, Any], magics: Mapping[str, str]
) -> Iterator[Offer]:
    call = call_in(text)
    if call is not None:
        yield from _arguments(call, namespace)
    for name, value in list(namespace.items()):
        if type(name) is str:
            yield name, static.kind_of(value), _meta(value)
    for name, value in list(vars(builtins).items()):
        yield name, "builtin", static.kind_of(value)
    for word in keyword.kwlist:
        yield word, "keyword", ""
    if text.rpartition("\n")[2].lstrip(" %") == place.typed and "\n" not in text.strip():
        for word, about in magics.items():
            yield word, "magic", about


def _arguments(call: Call, namespace: Mapping[str, Any]) -> Iterator[Offer]:
    if call.keyword:
        return
    thing, owner = _found(call.of, namespace)
    for parameter in _parameters(thing, owner):
        if parameter.kind in _BY_NAME:
            yield f"{parameter.name}=", "argument", ""
    if call.of.steps:
        for name in fields_for(owner, str(call.of.steps[-1][1])):
            yield f"{name}=", "argument", "field"


def _parameters(thing: Any, owner: Any) -> list[Parameter]:
    signature = signatures.signature_of(thing) if thing is not UNKNOWN else None
    if signature is None:
        return []
    return signatures.parameters_of(signature, signatures.is_method_of(thing, owner))


def _attributes(thing: Any) -> Iterator[Offer]:
    if thing is not UNKNOWN:
        for name, value in static.attributes(thing):
            yield name, static.kind_of(value), _meta(value)
        if issubclass(type(thing), types.ModuleType):
            yield from _loaded_in(str(static.own(thing).get("__name__")))


def _keys(thing: Any, typed: str) -> Iterator[Offer]:
    quote = typed.lstrip("rRbB")[:1] if not typed.isdigit() else ""
    for key in static.keys(thing) if thing is not UNKNOWN else ():
        text = repr(key)
        if quote and type(key) is str:
            text = f"{quote}{text[1:-1]}{quote}" if quote not in text[1:-1] else text
        yield text, "key", _meta(static.item(thing, key))


def _meta(value: Any) -> str:
    """Return a remark: the type of what is no function, class or module."""
    kind = static.kind_of(value)
    return signatures.own_name(type(value)) if kind == "instance" and value is not UNKNOWN else ""


# ---------------------------------------------------------------- imports


def _modules(package: str) -> Iterator[Offer]:
    if not package:
        for name in sys.stdlib_module_names:
            yield name, "module", ""
        yield from _submodules(None)
        return
    module = sys.modules.get(package)
    if module is not None:
        yield from _submodules(static.own(module).get("__path__"))


def _importable(module: str) -> Iterator[Offer]:
    loaded = sys.modules.get(module)
    if loaded is not None:
        yield from _attributes(loaded)
        yield from _submodules(static.own(loaded).get("__path__"))


def _submodules(path: Any) -> Iterator[Offer]:
    """Yield the modules in the folders of a package; None: those that are in no package."""
    if path is not None and type(path) is not list:
        path = list(path) if type(path).__name__ == "_NamespacePath" else []
    for found in pkgutil.iter_modules(path):
        yield found.name, "module", ""


def _loaded_in(package: str) -> Iterator[Offer]:
    for name in list(sys.modules):
        if name.startswith(f"{package}.") and "." not in name[len(package) + 1 :]:
            yield name[len(package) + 1 :], "module", ""


# ---------------------------------------------------------------- names to objects


def _found(path: Path, namespace: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the object at a path, and the one that it was found in; UNKNOWN where none is."""
    owner: Any = UNKNOWN
    thing = namespace.get(path.name, vars(builtins).get(path.name, UNKNOWN))
    for how, key in path.steps:
        if thing is UNKNOWN:
            break
        owner = thing
        thing = static.attribute(owner, key) if how == "attribute" else static.item(owner, key)
    return thing, owner


def signature_at(text: str, namespace: Mapping[str, Any]) -> tuple[str, int]:
    """Return the signature of the call that is typed at the end of `text`, '' where none is
    known, and which parameter is typed, -1 where none is.
    """
    call = call_in(text)
    if call is None:
        return "", -1
    thing, owner = _found(call.of, namespace)
    if thing is UNKNOWN or signatures.signature_of(thing) is None:
        return "", -1
    parameters = _parameters(thing, owner)
    name = call.of.steps[-1][1] if call.of.steps else call.of.name
    return (
        signatures.text_of(str(name), parameters),
        signatures.index_of(parameters, call.index, call.keyword),
    )
