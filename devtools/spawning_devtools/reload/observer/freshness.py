"""Source files are never imported from a stale `.pyc`; runs in workers.

CPython takes a `.pyc` for current when it carries the source's size and its
modification time in whole seconds.  Two saves of equal size within one second
look alike to it: the first is compiled, the second never seen.

Rules:
1. A `.pyc` is trusted only if the source was last modified in a whole second
   that had passed when that source was read for it.
2. One that is not trusted is compiled from source and replaced, always.  So it
   heals by itself: after that second has passed, the new one is trusted.
3. The `.pyc` that is written here carries, as its own modification time, the
   moment before the source was read.  A save while the compiler runs is then
   later than the `.pyc`, however long the compiler takes.
4. Only the project's own files are doubted.  Installers and images give source and
   `.pyc` the same second, and where nothing may be written they would be compiled
   at every start; nobody installs a package twice within one second.

What is covered: every project file found on `sys.path`, and everything that
`importlib.util.spec_from_file_location` makes (editable installs).  What asks
for `importlib.machinery.SourceFileLoader` by name gets Python's own.
"""

from __future__ import annotations

import contextlib
import importlib.util
import marshal
import os
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import machinery
from types import CodeType
from typing import TYPE_CHECKING, Any, Protocol

from spawning_devtools.reload.observer.hidden import hidden
from spawning_devtools.reload.origin import is_project

if TYPE_CHECKING:
    from importlib.abc import InspectLoader


class Witness(Protocol):
    """Who is told of what is loaded."""

    def loading(
        self, loader: InspectLoader, name: str, file: str
    ) -> AbstractContextManager[Callable[[CodeType | None], None]]:
        """A file is being loaded; what this yields is called with its code."""


_witness: Witness | None = None

SECOND = 1_000_000_000
CLOCK_LAG = 20_000_000
"""Nanoseconds by which the clock of file times may be behind that of programs."""


def trustworthy(source_mtime_ns: int, pyc_mtime_ns: int) -> bool:
    """Return whether a `.pyc` can only have come from the source as it is."""
    return (pyc_mtime_ns - CLOCK_LAG) // SECOND > source_mtime_ns // SECOND


class FreshSourceLoader(machinery.SourceFileLoader):
    """Loads a source file, and believes its `.pyc` only where it is trustworthy."""

    @hidden
    def get_code(self, fullname: str) -> CodeType | None:
        """Return the module's code."""
        path = self.get_filename(fullname)
        if _witness is None or not is_project(path):
            return self._fresh_code(fullname)
        with _witness.loading(self, fullname, path) as take:
            code = self._fresh_code(fullname)
            take(code)
        return code

    @hidden
    def _fresh_code(self, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        if not is_project(path):
            return super().get_code(fullname)
        try:
            cache = importlib.util.cache_from_source(path)
            source = os.stat(path)
        except (NotImplementedError, OSError):
            return super().get_code(fullname)
        if _may_use(cache, source.st_mtime_ns):
            return super().get_code(fullname)
        started = time.time_ns()
        source = os.stat(path)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        if not sys.dont_write_bytecode:
            with contextlib.suppress(OSError):
                _write(cache, _pyc(code, source), started)
        return code


def _may_use(cache: str, source_mtime_ns: int) -> bool:
    try:
        written = os.stat(cache).st_mtime_ns
    except OSError:
        return False
    return trustworthy(source_mtime_ns, written)


def _pyc(code: CodeType, source: os.stat_result) -> bytes:
    """Return the bytes of a `.pyc` that is validated by time and size (PEP 552)."""
    header = (0, int(source.st_mtime), source.st_size)
    words = b"".join((word & 0xFFFFFFFF).to_bytes(4, "little") for word in header)
    return importlib.util.MAGIC_NUMBER + words + marshal.dumps(code)


def _write(cache: str, data: bytes, moment: int) -> None:
    os.makedirs(os.path.dirname(cache), exist_ok=True)
    draft = f"{cache}.{os.getpid()}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            # Before it gets its name, so that no other process sees a later time.
            os.utime(file.fileno(), ns=(moment, moment))
        os.replace(draft, cache)
    except OSError:
        os.unlink(draft)
        raise


def attend(witness: Witness) -> None:
    """Tell `witness` of each source file of the project that is loaded from now on."""
    global _witness
    _witness = witness


def install() -> None:
    """Make every later import of a source file a fresh one."""
    bootstrap: Any = sys.modules["_frozen_importlib_external"]
    # `spec_from_file_location` looks the class up here.
    bootstrap.SourceFileLoader = FreshSourceLoader
    hook = machinery.FileFinder.path_hook(
        (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
        (FreshSourceLoader, machinery.SOURCE_SUFFIXES),
        (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
    )
    sys.path_hooks[:] = [hook if _is_stock(entry) else entry for entry in sys.path_hooks]
    # Also the finders of packages imported before live here.
    sys.path_importer_cache.clear()


def _is_stock(hook: Callable[[str], Any]) -> bool:
    # In the place of Python's own, so that zipimport keeps its turn.
    return getattr(hook, "__name__", "") == "path_hook_for_FileFinder"
