"""Keeps our own frames out of the tracebacks of an application's imports."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_NAME = "<frozen importlib._bootstrap>"
"""Python cuts frames of code with this file name out of what an `import` raises."""


def hidden(function: Callable[P, T]) -> Callable[P, T]:
    """Make `function` look like a part of Python's import to a traceback."""
    assert isinstance(function, FunctionType)
    function.__code__ = function.__code__.replace(co_filename=_NAME)
    return function
