"""How something is called, without calling anything of it: no `__signature__`, no `__repr__`."""

from __future__ import annotations

import functools
import inspect
import types
from typing import Any

from spawning_devtools.backdoor.session.static import UNKNOWN, attribute, classes_of, name_of, own

Parameter = inspect.Parameter
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodDescriptorType,
              types.WrapperDescriptorType)  # fmt: skip
_PLAIN = (int, float, complex, bool, type(None), type(Ellipsis))
LONG = 30
"""Characters of a default, or of an annotation."""
DEEP = 10
"""Functions that a decorated one is looked for in."""


def signature_of(thing: Any) -> inspect.Signature | None:
    """Return how a thing is called, None where that cannot be known."""
    function, leaves_out = _function_of(thing)
    if function is None:
        return None
    try:
        if type(function) is types.FunctionType:
            found = _of_function(_innermost(function))
        else:
            found = inspect.signature(function)  # of C code: its text
    except Exception:
        return None
    parameters = list(found.parameters.values())
    if leaves_out and parameters and parameters[0].kind in _POSITIONAL:
        parameters = parameters[1:]
    return found.replace(parameters=parameters)


def _of_function(function: types.FunctionType) -> inspect.Signature:
    plain = types.FunctionType(
        function.__code__, {}, function.__name__, function.__defaults__, function.__closure__
    )
    plain.__kwdefaults__ = function.__kwdefaults__
    # The copy has none of the attributes that would be asked; annotations from 3.14 on are
    # expressions, which would run.
    notes = own(function).get("__annotations__") if hasattr(function, "__annotate__") else None
    plain.__annotations__ = notes or getattr(function, "__annotations__", None) or {}
    return inspect.signature(plain, follow_wrapped=False)


def _innermost(function: types.FunctionType) -> types.FunctionType:
    """Return the function that decorators, which use `functools.wraps`, are around."""
    for _ in range(DEEP):
        inner = own(function).get("__wrapped__")
        if type(inner) is not types.FunctionType:
            break
        function = inner
    return function


def _function_of(thing: Any) -> tuple[Any, bool]:
    """Return what is called in the end, and whether its first argument goes without saying."""
    kind = type(thing)
    if kind in _FUNCTIONS:
        return thing, False
    if kind is types.MethodType:
        return thing.__func__, True
    if kind in (staticmethod, classmethod):
        return thing.__func__, kind is classmethod
    if kind is functools.partial:
        return None, False
    if issubclass(kind, type):
        return _constructor_of(thing)
    call = attribute(kind, "__call__")
    return (call, True) if type(call) is types.FunctionType else (None, False)


def _constructor_of(kind: type) -> tuple[Any, bool]:
    for one in classes_of(kind):
        for name in ("__init__", "__new__"):
            found = own(one).get(name)
            found = found.__func__ if type(found) is staticmethod else found
            if type(found) is types.FunctionType:
                return found, True
    return (kind, False) if name_of(kind).startswith("builtins.") else (None, False)


def is_method_of(thing: Any, owner: Any) -> bool:
    """Return whether a function, found in an object's class, is called with that object first."""
    return (
        type(thing) in _FUNCTIONS
        and not issubclass(type(owner), (type, types.ModuleType))
        and owner is not UNKNOWN
    )


_POSITIONAL = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


def parameters_of(signature: inspect.Signature, bound: bool) -> list[Parameter]:
    """Return the parameters that are to be given."""
    found = list(signature.parameters.values())
    return found[1:] if bound and found and found[0].kind in _POSITIONAL else found


def text_of(name: str, parameters: list[Parameter]) -> str:
    """Return a signature as text."""
    texts: list[str] = []
    for place, parameter in enumerate(parameters):
        following = parameters[place + 1] if place + 1 < len(parameters) else None
        is_first_by_name = parameter.kind is Parameter.KEYWORD_ONLY and not any(
            p.kind in (Parameter.KEYWORD_ONLY, Parameter.VAR_POSITIONAL) for p in parameters[:place]
        )
        texts += ["*"] if is_first_by_name else []
        texts.append(_of_parameter(parameter))
        ends_positional = parameter.kind is Parameter.POSITIONAL_ONLY and (
            following is None or following.kind is not Parameter.POSITIONAL_ONLY
        )
        texts += ["/"] if ends_positional else []
    return f"{name}({', '.join(texts)})"


def _of_parameter(parameter: Parameter) -> str:
    is_rest = parameter.kind is Parameter.VAR_POSITIONAL, parameter.kind is Parameter.VAR_KEYWORD
    text = "*" * (is_rest[0] + 2 * is_rest[1]) + parameter.name
    note = _of_annotation(parameter.annotation)
    text += f": {note}" if note else ""
    if parameter.default is not Parameter.empty:
        equals = " = " if note else "="
        text += equals + _of_default(parameter.default)
    return text


def _of_annotation(note: Any) -> str:
    if note is Parameter.empty:
        return ""
    if type(note) is str:
        return note if len(note) <= LONG else ""
    return own_name(note)


def own_name(thing: Any) -> str:
    """Return the name of a class or a function, '' of what has none."""
    if issubclass(type(thing), type):
        name: Any = type.__dict__["__name__"].__get__(thing)
    else:
        name = thing.__name__ if type(thing) is types.FunctionType else ""
    return name if isinstance(name, str) else ""


def _of_default(value: Any) -> str:
    kind = type(value)
    if kind in (str, bytes):
        return repr(value) if len(value) <= LONG else "…"
    if kind in _PLAIN:
        return repr(value)
    if kind in (tuple, list, dict, set, frozenset) and not value:
        return repr(value)
    return own_name(value) or "…"


def index_of(parameters: list[Parameter], index: int, keyword: str) -> int:
    """Return which parameter an argument is for, -1 where that is none."""
    for place, parameter in enumerate(parameters):
        if keyword and parameter.name == keyword:
            return place
        if not keyword and (parameter.kind is Parameter.VAR_POSITIONAL or place == index):
            return place if parameter.kind is not Parameter.KEYWORD_ONLY else -1
    last = len(parameters) - 1
    if keyword and parameters and parameters[last].kind is Parameter.VAR_KEYWORD:
        return last
    return -1
