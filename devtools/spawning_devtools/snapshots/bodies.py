"""What differs between two versions of a module, where that is in bodies of functions only: pure.

A module's code holds the codes of its functions and classes as constants, and these hold
those inside them.  Old and new are walked side by side.

Rules:
1. What has run while the module was imported may have left results: it has to be the same,
   but for the codes inside it.  So everything that its functions were made with is the same:
   decorators, defaults, annotations, closures, and which function is made where.
2. A function that has not run may have any other body.  It has to be declared alike, for
   others may have looked at that: name, parameters, kind, variables that are shared with it,
   docstring.
3. The bodies of classes have run, whatever is known of them, and no class is made anew.
4. Lines may move: a code that differs in nothing else is exchanged as well, so that tracebacks
   are right.  A class knows its line, from Python 3.13 on, and may come to know another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import CO_OPTIMIZED, CO_VARARGS, CO_VARKEYWORDS
from itertools import pairwise
from opcode import opmap
from types import CellType, CodeType, FunctionType
from typing import Any

LINE = "__firstlineno__"
_LOAD = opmap["LOAD_CONST"]
Pair = tuple[CodeType, CodeType]
"""A code, and the one that is to take its place."""

_MAKING = ("co_code", "co_names", "co_varnames", "co_exceptiontable")
_DECLARED = ("co_qualname", "co_flags", "co_argcount", "co_posonlyargcount", "co_freevars")
"""What remains follows: the name from the qualified one, keyword-only parameters from the list of
all, the variables that are shared with the codes inside from what these share."""


class Elsewhere(Exception):
    """More has changed than bodies of functions; its text is a phrase that says what."""


def exchanges(old: CodeType, new: CodeType, has_run: Callable[[CodeType], bool]) -> Iterator[Pair]:
    """Yield the codes of functions and classes below `old`, which has run, that differ in `new`.

    Raises Elsewhere where anything else differs.
    """
    if not _made_alike(old, new):
        raise Elsewhere(f"{called(old)} does something else when it is imported")
    for one, other in zip(old.co_consts, new.co_consts, strict=True):
        if not isinstance(one, CodeType) or is_same(one, other):
            continue
        if _declared(one) != _declared(other):
            raise Elsewhere(f"{called(one)} is declared otherwise")
        if not is_function(one) or has_run(one):
            yield from exchanges(one, other, has_run)
        if is_function(one) or one.co_firstlineno != other.co_firstlineno:
            yield one, other


def called(code: CodeType) -> str:
    """Return what people call it."""
    name: str = getattr(code, "co_qualname", code.co_name)
    return "the module" if name == "<module>" else name


def is_function(code: CodeType) -> bool:
    """Return whether functions are made of `code`, or generators: no module and no class is."""
    return bool(code.co_flags & CO_OPTIMIZED)


def is_same(one: CodeType, other: CodeType) -> bool:
    """Return whether two codes are equal, their lines included."""
    # Python compares all but the qualified name.
    return one == other and called(one) == called(other)


def is_moved(one: CodeType, other: CodeType) -> bool:
    """Return whether two codes differ in their lines at most."""
    if not _made_alike(one, other):
        return False
    pairs = zip(one.co_consts, other.co_consts, strict=True)
    return all(is_moved(a, b) for a, b in pairs if isinstance(a, CodeType))


def inside(code: CodeType) -> Iterator[CodeType]:
    """Yield a code and all those that are in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from inside(constant)


def _made_alike(one: CodeType, other: CodeType) -> bool:
    """Return whether two codes do the same, whatever the codes in them do, in whatever lines."""
    return all(getattr(one, name) == getattr(other, name) for name in (*_MAKING, *_DECLARED)) and (
        _constant_alike(_constants(one), _constants(other))
    )


def _constants(code: CodeType) -> tuple[Any, ...]:
    """Return the constants, without the number of the line that a class is told."""
    place = _place_of_line(code)
    constants = code.co_consts
    return constants if place is None else (*constants[:place], LINE, *constants[place + 1 :])


def _place_of_line(code: CodeType) -> int | None:
    """Return which constant is the line that a class is told and nothing else; None: none is."""
    if LINE not in code.co_names:
        return None
    units = list(zip(code.co_code[::2], code.co_code[1::2], strict=True))
    stores = opmap["STORE_NAME"], code.co_names.index(LINE)
    told = [before for before, after in pairwise(units) if after == stores]
    if len(told) != 1 or units.count(told[0]) != 1:
        return None
    op, place = told[0]
    # Somebody may store a number of his own there, and before Python 3.13 nobody else does.
    is_line = op == _LOAD and code.co_consts[place] == code.co_firstlineno
    return place if is_line else None


def _constant_alike(one: Any, other: Any) -> bool:
    """Return whether two constants are the same; 1, 1.0 and True are not, nor are 0.0 and -0.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, CodeType):
        return True
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(_constant_alike, one, other))
    if isinstance(one, frozenset):  # in an order of its own
        return sorted(map(repr, one)) == sorted(map(repr, other))
    return repr(one) == repr(other)


def _declared(code: CodeType) -> tuple[Any, ...]:
    """Return what of a function can be seen without calling it."""
    return (*(getattr(code, name) for name in _DECLARED), _parameters(code), _docstring(code))


def _parameters(code: CodeType) -> tuple[str, ...]:
    number = code.co_argcount + code.co_kwonlyargcount
    number += bool(code.co_flags & CO_VARARGS) + bool(code.co_flags & CO_VARKEYWORDS)
    return code.co_varnames[:number]


def _docstring(code: CodeType) -> str | None:
    """Return the docstring that a function of this code has; where it stands differs by version."""
    if not is_function(code):
        return None
    return FunctionType(code, {}, closure=tuple(CellType() for _ in code.co_freevars)).__doc__
