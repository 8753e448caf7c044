"""Which files of the project an application reads, seen by an audit hook: runs in workers.

Rules:
1. A request pays one look-up by the name of the audited event, and one more by path
   where a file is opened.  The stack is walked only when a path is new.
2. The content of *data* is in the state of the process: it was read while modules were
   imported or the application was made, or by a template engine that keeps it.
3. What was read for a request is *kept*, maybe, until it is known that each request
   reads it afresh, and then *served*: a static file by its kind, a template by what
   its engine says, any other file once it was read again, later.  To be wrong about
   it is to show an old page, so whoever is not known to read afresh may keep.
4. A file that the application itself has opened for writing is named as *written*.
5. Nothing is recorded of installed packages, of what Python reads to import a
   module or to print a traceback, of version control, nor of logs and databases.

The hook holds no thread and no descriptor, and stays in processes that are forked.
It must not raise, for then the `open` that it looks at would.  What C code reads by
itself (SQLite, an XML parser that is given a path) is not audited.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from time import monotonic, time
from types import FrameType
from typing import Any

from spawning.messages import Graph, Opened
from spawning_devtools.reload.observer.template_engines import ENGINES
from spawning_devtools.reload.origin import OURS, is_installed, is_project, is_stdlib
from spawning_devtools.reload.passing import PASSING

MOST = 10_000
"""So many paths are remembered, and no more: a request can ask for any name."""
APART = 0.5
"""Seconds after which a file that is read again is taken for one that each request reads."""

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_OTHER = os.O_DIRECTORY | getattr(os, "O_PATH", 0)
_PYTHON_READS = ("<frozen importlib", "<frozen zipimport")
_TRACEBACKS = frozenset({"linecache", "tokenize", "inspect", "traceback", "pkgutil"})
_METADATA = ("importlib.metadata", "importlib_metadata", "pkg_resources")
"""They list every entry of the search path, to find what is installed."""
_NEVER_IN = frozenset({"__pycache__", ".git", ".hg", ".svn", ".tox", ".mypy_cache"})
_STATIC = (
    ".css", ".js", ".mjs", ".map", ".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif",
    ".ico", ".bmp", ".woff", ".woff2", ".ttf", ".otf", ".eot", ".wasm", ".webmanifest", ".mp3",
    ".mp4", ".webm", ".ogg", ".pdf",
)  # fmt: skip

NOBODY = "-"
"""No module has this name."""

_FINAL = -1.0
_WRITTEN = -2.0


class Openings:
    """What one process has opened below `project`."""

    def __init__(
        self,
        project: str,
        news: Callable[[], None],
        executed: Callable[[str, str, FrameType], None],
    ) -> None:
        """`executed` is told of a module that no `import` has executed: its name, its file,
        and who did."""
        self._below = project.rstrip(os.sep) + os.sep
        self._news = news
        self._executed = executed
        self._serves = False
        self._known: dict[str, float] = {}
        """By path as it was spelled: final, written, or when it was first read."""
        self._data: list[Opened] = []
        self._kept: list[Opened] = []
        self._listed: list[Opened] = []
        self._served: list[Opened] = []
        self._written: list[str] = []
        self._taken: tuple[int, ...] = (0,) * 5

    def install(self) -> None:
        """Look at everything that is opened from now on, in this process and its forks."""
        find = {
            "open": self._on_open,
            "exec": self._on_exec,
            "os.listdir": self._on_list,
            "os.scandir": self._on_list,
            "os.rename": self._on_rename,
        }.get

        def hook(event: str, arguments: Any) -> None:
            look = find(event)
            if look is not None:
                try:
                    look(arguments)
                except Exception:  # noqa: S110  (the application's own call goes on)
                    pass

        sys.addaudithook(hook)

    def start_is_over(self) -> None:
        """What is read from now on is read for requests."""
        self._serves = True

    @property
    def has_more(self) -> bool:
        """Whether `added_to` has something to add."""
        return self.counts() != self._taken

    def counts(self) -> tuple[int, ...]:
        """Return how much was seen so far."""
        return tuple(map(len, self._all()))

    def added_to(self, graph: Graph, counts: tuple[int, ...]) -> Graph:
        """Return `graph` with what is new since the last call, up to these counts."""
        taken, self._taken = self._taken, counts
        new = [tuple(t[m:n]) for t, m, n in zip(self._all(), taken, counts, strict=True)]
        data, kept, listed, served, written = new
        return replace(graph, data=data, kept=kept, listed=listed, served=served, written=written)

    def _all(self) -> tuple[list[Any], ...]:
        return self._data, self._kept, self._listed, self._served, self._written

    # ------------------------------------------------------------ what is audited

    def _on_open(self, arguments: Any) -> None:
        path, _, flags = arguments
        if flags & _OTHER or isinstance(path, int):
            return
        if flags & _WRITES:
            self._write(path)
        else:
            self._read(path)

    def _on_rename(self, arguments: Any) -> None:
        self._write(arguments[1])

    def _on_exec(self, arguments: Any) -> None:
        code = arguments[0]
        if code.co_name != "<module>" or not code.co_filename.startswith(self._below):
            return
        frame = _caller()
        loader = _loader(frame)
        if loader is frame:  # exec() as any other: of a script, of settings
            self._read(code.co_filename)
        elif loader is not None:
            self._executed(frame.f_locals["args"][1]["__name__"], code.co_filename, loader)

    def _on_list(self, arguments: Any) -> None:
        path = self._spelled(os.curdir if arguments[0] is None else arguments[0])
        if path is None or f"{path}/" in self._known or not self._has_room(f"{path}/"):
            return
        frame = _caller()
        if frame.f_code.co_filename.startswith(_PYTHON_READS):
            return
        place = os.path.normpath(path)
        reader, imports, _ = _walk(frame)
        self._known[f"{path}/"] = _FINAL
        if (
            reader not in ("", NOBODY)
            and (imports or not self._serves)
            and self._counts(f"{place}/")
        ):
            self._add(self._listed, Opened(f"{place}/", reader, time()))

    # ------------------------------------------------------------ what it means

    def _write(self, given: Any) -> None:
        path = self._spelled(given)
        if path is None or self._known.get(path) == _WRITTEN or not self._has_room(path):
            return
        place = os.path.normpath(path)
        if self._counts(place):
            self._known[path] = _WRITTEN
            self._add(self._written, place)

    def _read(self, given: Any) -> None:
        path = self._spelled(given)
        if path is None:
            return
        before = self._known.get(path)
        if before is not None:
            if before >= 0 and monotonic() - before > APART:
                self._known[path] = _FINAL
                self._add(self._served, Opened(os.path.normpath(path), "", time()))
            return
        frame = _caller()
        if not self._has_room(path) or (path.endswith(".py") and _is_no_data(frame)):
            return
        self._known[path] = _FINAL
        place = os.path.normpath(path)
        if self._counts(place) and not place.endswith(PASSING):
            self._sort(path, place, frame)

    def _sort(self, path: str, place: str, frame: FrameType) -> None:
        """Record a file that is read for the first time."""
        reader, imports, afresh = _walk(frame)
        if reader == NOBODY:
            return
        opened = Opened(place, reader, time())
        if imports or not self._serves or afresh is False:
            self._add(self._data, opened)
        elif afresh or place.lower().endswith(_STATIC):
            self._add(self._served, opened)
        else:
            self._add(self._kept, opened)
            self._known[path] = monotonic()

    def _spelled(self, given: Any) -> str | None:
        """Return a path of the project as an absolute one, None for any other."""
        path = given if type(given) is str else os.fsdecode(given)
        if not path.startswith(self._below):
            if path.startswith(os.sep) and "/.." not in path:
                return f"{path}/" if f"{path}/" == self._below else None
            path = os.path.abspath(path)
            if not f"{path}/".startswith(self._below):
                return None
        # An environment inside the project has more files than are remembered.
        return None if path.endswith(".pyc") or is_installed(path) else path

    def _counts(self, place: str) -> bool:
        """Return whether a normalized path is one of the project that may be a cause."""
        if not place.startswith(self._below):
            return False
        return _NEVER_IN.isdisjoint(place[len(self._below) :].split(os.sep))

    def _has_room(self, path: str) -> bool:
        return len(self._known) < MOST or path in self._known

    def _add(self, things: list[Any], thing: Any) -> None:
        things.append(thing)
        self._news()


def _caller() -> FrameType:
    """Return who did what is audited: the first frame that is not of this module."""
    frame = sys._getframe(1)
    while frame.f_globals is globals() and frame.f_back is not None:
        frame = frame.f_back
    return frame


def _loader(frame: FrameType | None) -> FrameType | None:
    """Return who has a module's code executed, or None where that is an `import`."""
    while frame is not None and frame.f_code.co_filename.startswith("<frozen importlib"):
        if frame.f_code.co_name in ("_load_unlocked", "_exec"):
            return None
        frame = frame.f_back
    return frame


def _is_no_data(frame: FrameType) -> bool:
    """Return whether Python reads a source file for itself."""
    name = frame.f_globals.get("__name__", "")
    return frame.f_code.co_filename.startswith(_PYTHON_READS) or name in _TRACEBACKS


def _walk(frame: FrameType | None) -> tuple[str, bool, bool | None]:
    """Return the project's module that asks, whether a module is being imported, and
    whether a template engine will look at the file afresh, None where there is none.

    The module is `NOBODY` where we or Python ask for ourselves.
    """
    reader, imports, is_first = "", False, True
    afresh: bool | None = None
    while frame is not None:
        code, name = frame.f_code, str(frame.f_globals.get("__name__", ""))
        engine = ENGINES.get((name, code.co_name))
        if engine is not None:
            afresh = afresh is not False and _says(engine, frame)
        is_ours = name.partition(".")[0] in OURS
        if is_first and not _is_python(code.co_filename):
            is_first = False
            if is_ours:
                return NOBODY, False, None
        if not reader and name.startswith(_METADATA):
            return NOBODY, False, None
        if not (reader or is_ours) and is_project(code.co_filename):
            reader = name
        imports = imports or (code.co_name == "<module>" and name not in ("", "__main__"))
        frame = frame.f_back
    return reader, imports, afresh


def _is_python(file: str) -> bool:
    return file.startswith("<") or is_stdlib(file)


def _says(engine: Callable[[Any], bool], frame: FrameType) -> bool:
    try:
        return engine(frame.f_locals.get("self"))
    except Exception:
        return False  # another version of it, which we do not know
