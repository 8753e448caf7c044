"""The source that ran: its digest, and which of its lines stand outside of functions.

Rules:
1. A file's state is noted when coverage.py first considers it: that is when its module
   begins to run, just after its source was read.
2. Its bytes are read when its digest is first asked for, which may be hours later.  Where
   its state is not what was noted, nobody knows the source that ran: it has no digest,
   and never gets one in this process.
3. A digest is of what this process runs.  Later saves of the file do not change it.
"""

from __future__ import annotations

import hashlib
import os
from types import CodeType

_IS_FUNCTION = 0x2  # CO_NEWLOCALS: set for functions, generators, lambdas, comprehensions

_NONE: frozenset[int] = frozenset()

State = tuple[int, int, int]


class Sources:
    """The files that are measured in this process."""

    def __init__(self) -> None:
        self._states: dict[str, State | None] = {}
        self._digests: dict[str, str | None] = {}
        self._late: dict[str, CodeType] = {}
        self._at_import: dict[str, frozenset[int]] = {}

    def note(self, path: str, late: CodeType | None = None) -> None:
        """The file is considered for the first time.

        `late`: what begins to run of it, where that is after the application's import.
        """
        self._states.setdefault(path, _state_of(path))
        if late is not None and late.co_name == "<module>":
            self._late[path] = late

    def lines_at_import(self, path: str) -> frozenset[int]:
        """Return the lines that the import of a late module runs; none of any other file."""
        code = self._late.pop(path, None)
        if code is not None:
            self._at_import[path] = lines_outside_functions(code)
        return self._at_import.get(path, _NONE)

    def digest(self, path: str) -> str | None:
        """Return the SHA-256 of what ran, in hexadecimal; None where that is not known."""
        if path not in self._digests:
            self._digests[path] = self._hash(path)
        return self._digests[path]

    def _hash(self, path: str) -> str | None:
        try:
            # As bytes: what looks at the files that the application reads leaves these out.
            with open(os.fsencode(path), "rb", buffering=0) as file:
                noted = self._states.get(path, _state(os.fstat(file.fileno())))
                content = file.read()
                # Afterwards: what was written meanwhile may have been read in part.
                is_same = _state(os.fstat(file.fileno())) == noted
        except OSError:
            return None
        return hashlib.sha256(content).hexdigest() if is_same else None


def _state_of(path: str) -> State | None:
    try:
        return _state(os.stat(path))
    except OSError:
        return None


def _state(status: os.stat_result) -> State:
    return status.st_mtime_ns, status.st_size, status.st_ino


def lines_outside_functions(module: CodeType) -> frozenset[int]:
    """Return the lines of a module that run when it is imported: its own and its classes'."""
    lines: set[int] = set()
    codes = [module]
    while codes:
        code = codes.pop()
        lines.update(line for _, _, line in code.co_lines() if line)
        for constant in code.co_consts:
            if isinstance(constant, CodeType) and _runs_at_import(constant):
                codes.append(constant)
    return frozenset(lines)


def _runs_at_import(code: CodeType) -> bool:
    # PEP 695: the body of `class A[T]` stands in a function that makes T.
    return not code.co_flags & _IS_FUNCTION or code.co_name.startswith("<generic parameters")
