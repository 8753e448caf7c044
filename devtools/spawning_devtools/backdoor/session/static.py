"""Looking into objects without running anything of theirs.

No property, no `__getattr__`, `__getitem__`, `__dir__` or `__eq__` that is written in
Python runs here: only what stands in the dictionaries of objects and of their classes is
read.  What cannot be known so is UNKNOWN.
"""

from __future__ import annotations

import functools
import itertools
import os
import types
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

MANY = 5000
"""Attributes or keys that are looked at."""


class _Unknown:
    """The type of UNKNOWN."""


UNKNOWN: Any = _Unknown()

_mro = type.__dict__["__mro__"].__get__
_type_dict = type.__dict__["__dict__"].__get__
_module_dict: Any = types.ModuleType.__dict__["__dict__"].__get__  # type: ignore[index]
_CALLABLES = (types.FunctionType, types.BuiltinFunctionType, types.MethodDescriptorType,
              types.WrapperDescriptorType, types.ClassMethodDescriptorType)  # fmt: skip


_type_name = type.__dict__["__name__"].__get__


def name_of(kind: type) -> str:
    """Return the full name of a class, as it was given to it."""
    module = _type_dict(kind).get("__module__")
    return f"{module}.{_type_name(kind)}" if type(module) is str else str(_type_name(kind))


def classes_of(kind: type) -> tuple[type, ...]:
    """Return a class and those that it inherits from."""
    classes: tuple[type, ...] = _mro(kind)
    return classes


def own(thing: Any) -> Mapping[str, Any]:
    """Return the attributes that an object has itself."""
    if isinstance(type(thing), type) and issubclass(type(thing), type):
        attributes: Mapping[str, Any] = _type_dict(thing)
        return attributes
    if issubclass(type(thing), types.ModuleType):
        names: Mapping[str, Any] = _module_dict(thing)
        return names
    try:
        found: Any = object.__getattribute__(thing, "__dict__")
    except (AttributeError, TypeError):
        return {}
    # A class may call a property so: that did not run, but it may be anything.
    return found if type(found) is dict else {}


def attribute(thing: Any, name: str) -> Any:
    """Return an attribute as far as that runs nothing, else UNKNOWN."""
    through = _through(thing)
    if through is not None and name in own(through):
        return own(through)[name]
    return _bound(_stored(thing, name), thing)


def _stored(thing: Any, name: str) -> Any:
    """Return what stands for an attribute, as `inspect.getattr_static`, which asks metaclasses."""
    of_class = _first(classes_of(type(thing)), name)
    if issubclass(type(thing), type):
        of_itself = _first(classes_of(thing), name)
    else:
        of_itself = own(thing).get(name, UNKNOWN)
    if of_itself is UNKNOWN or (
        _has(type(of_class), "__get__") and _has(type(of_class), "__set__")
    ):
        return of_class
    return of_itself


def _first(classes: tuple[type, ...], name: str) -> Any:
    for kind in classes:
        names = _type_dict(kind)
        if name in names:
            return names[name]
    return UNKNOWN


def _has(kind: type, name: str) -> bool:
    return _first(classes_of(kind), name) is not UNKNOWN


def _bound(found: Any, thing: Any) -> Any:
    kind = type(found)
    if kind in (staticmethod, classmethod):
        return found  # it says how it is called
    if kind is types.MemberDescriptorType:  # of `__slots__`, or of a class written in C
        try:
            return found.__get__(thing, type(thing))
        except Exception:
            return UNKNOWN
    known = _KNOWN_DESCRIPTORS.get(name_of(kind))
    if known is not None:
        return own(found).get(known, UNKNOWN)
    if kind in _CALLABLES or not _has(kind, "__get__"):
        return found
    return UNKNOWN


_KNOWN_DESCRIPTORS = MappingProxyType({"django.db.models.manager.ManagerDescriptor": "manager"})
"""Descriptors, and the attribute of theirs that is what they return."""


def _through(thing: Any) -> Any:
    """Return what an object stands for, where it says so without being asked."""
    for kind in classes_of(type(thing)):
        if name_of(kind) == "django.utils.functional.LazyObject":
            inner = own(thing).get("_wrapped")
            return inner if inner is not None and type(inner) is not object else None
    return None


def item(thing: Any, key: Any) -> Any:
    """Return an item of a container whose `__getitem__` is Python's own, else UNKNOWN."""
    kind = type(thing)
    try:
        if issubclass(kind, dict) and _is_builtin(kind, dict, "__getitem__"):
            return dict.get(thing, key, UNKNOWN)
        for sequence in (list, tuple):
            if issubclass(kind, sequence) and _is_builtin(kind, sequence, "__getitem__"):
                return sequence.__getitem__(thing, key) if type(key) is int else UNKNOWN
    except Exception:
        return UNKNOWN
    return UNKNOWN


def _is_builtin(kind: type, base: type, name: str) -> bool:
    owner = next(one for one in classes_of(kind) if name in _type_dict(one))
    return owner is base


def attributes(thing: Any) -> Iterator[tuple[str, Any]]:
    """Yield the attributes of an object, the nearest first, each with what stands for it."""
    layers = [thing]
    through = _through(thing)
    if through is not None:
        layers.append(through)
    seen: set[str] = set()
    for layer in layers:
        for names in _dicts(layer):
            for name in list(itertools.islice(_names(names), MANY)):
                if name not in seen:
                    seen.add(name)
                    yield name, names.get(name)


def _names(names: Mapping[str, Any]) -> Iterator[str]:
    # Another thread may add to it meanwhile: a list is made in one go.
    return (name for name in list(names) if type(name) is str)


def _dicts(thing: Any) -> Iterator[Mapping[str, Any]]:
    is_class = issubclass(type(thing), type)
    if is_class:
        for kind in classes_of(thing):
            yield _type_dict(kind)
    else:
        yield own(thing)
    for kind in classes_of(type(thing)):
        if not (is_class and kind is object):
            yield _type_dict(kind)


def keys(thing: Any) -> list[Any]:
    """Return keys of a mapping, or the first indices of a sequence, that can be typed."""
    kind = type(thing)
    if issubclass(kind, os._Environ):
        data = own(thing).get("_data")
        names = list(data) if type(data) is dict else []
        return [os.fsdecode(name) for name in names[:MANY] if type(name) is bytes]
    if issubclass(kind, dict):
        # By the type's own method: it runs nothing, and takes all of them in one go.
        found = list(dict.keys(thing))[:MANY]
        return [key for key in found if type(key) in (str, int, bytes)]
    return []


def kind_of(value: Any) -> str:
    """Return what an attribute is, in a word."""
    kind = type(value)
    if issubclass(kind, types.ModuleType):
        return "module"
    if issubclass(kind, type):
        return "class"
    if kind in (types.FunctionType, types.BuiltinFunctionType, functools.partial):
        return "function"
    if kind in (*_CALLABLES, types.MethodType, staticmethod, classmethod):
        return "method"
    if kind is property or _type_name(kind) == "cached_property":
        return "property"
    return "instance"
