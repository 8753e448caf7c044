"""Functions of every kind, and what they tell; the tests edit their bodies."""

import dataclasses
import functools
import inspect
import os
import sys
import traceback

MARK = os.urandom(8).hex()
CALLED = []


def counted(function):
    CALLED.append(function.__name__)

    @functools.wraps(function)
    def wrapper(*words, **more):
        return ["a wrapper says v0", function(*words, **more)]

    return wrapper


def made(number):
    def inner(word="inner"):
        return [word, number, "v0"]

    return inner


def plain(word="plain", *rest, key: int = 3):
    """A docstring."""
    return [word, rest, key, "v0"]


@counted
def decorated(word):
    return [word, "v0"]


class Shape:
    """A class whose methods are edited."""

    sides = 4

    def area(self):
        return ["area", self.sides, "v0"]

    @property
    def name(self):
        return ["name", "v0"]

    @classmethod
    def of_class(cls):
        return [cls.__name__, "v0"]

    @staticmethod
    @counted
    def static():
        return "v0"

    class Inner:
        def __call__(self):
            return ["inner class", "v0"]


class Square(Shape):
    def area(self):
        return [*super().area(), "square", "v0"]


@dataclasses.dataclass(slots=True)
class Point:
    x: int = 1

    def shown(self):
        return [self.x, "v0"]


def numbers():
    yield from (number for number in range(2))
    yield "v0"


async def later():
    return "v0"


@functools.lru_cache(maxsize=None)
def kept(word):
    return [word, "v0"]


def failing():
    raise ValueError("v0")


two, three = made(2), functools.partial(made(3), "partial")
short = lambda: "v0"  # noqa: E731
UNTOUCHED = [Shape, plain, kept]


def trace(function):
    try:
        function()
    except ValueError:
        frames = traceback.extract_tb(sys.exc_info()[2])
        return [[os.path.basename(f.filename), f.lineno, f.name, f.line] for f in frames]


def ran(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value


def functions():
    own = [thing for thing in globals().values() if getattr(thing, "__module__", "") == __name__]
    for kind in (Shape, Square, Point, Shape.Inner):
        own += [getattr(one, "fget", getattr(one, "__func__", one)) for one in vars(kind).values()]
    return [one for one in own if inspect.isfunction(one)] + [two, three.func]


def told():
    return {
        "values": [
            plain(), plain("a", 1, key=4), decorated("a"), two(), three(), short(), failing.__name__,
            Shape().area(), Shape().name, Shape.of_class(), Shape.static(), Shape.Inner()(),
            Square().area(), Point(2).shown(), list(numbers()), ran(later()), kept("a"), kept("a"),
        ],
        "trace": trace(failing),
        "lines": {
            f"{one.__module__}.{one.__qualname__}": [
                one.__code__.co_firstlineno, sorted({line for _, _, line in one.__code__.co_lines() if line}),
                one.__code__.co_qualname if sys.version_info >= (3, 11) else "", one.__doc__,
                str(one.__defaults__), str(one.__kwdefaults__), str(one.__annotations__),
                sorted(set(one.__dict__) - {"__wrapped__"}), hasattr(one, "__wrapped__"),
                inspect.getsource(one) if one.__name__ != "__init__" else "",
            ]
            for one in functions()
            if one.__code__.co_filename == __file__
        },
        "classes": [
            [kind.__qualname__, kind.__dict__.get("__firstlineno__"), sorted(vars(kind)), inspect.getsource(kind)]
            for kind in (Shape, Square, Point, Shape.Inner)
        ],
        "called": CALLED,
        "same": [UNTOUCHED[0] is Shape, UNTOUCHED[1] is plain, kept.cache_info().maxsize],
        "globals": sorted(name for name in globals() if name != "MARK"),
        "cached": [os.path.basename(__file__), os.path.basename(__cached__)],
    }
