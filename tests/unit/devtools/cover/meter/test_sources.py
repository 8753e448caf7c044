"""Whose lines are told: those of a source that is known."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from types import CodeType

import pytest

from spawning_devtools.cover.meter.sources import Sources, lines_outside_functions

MODULE = '''\
"""A docstring."""
import os

class A:
    """Of a class."""
    x = 1
    def method(self):
        return 2
    class B:
        y = [
            3,
            4,
        ]

def function():
    z = 5
    return lambda: 6

@property
def other():
    w = 7

if os:
    v = 8
else:
    v = 9
'''
OUTSIDE = {1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 15, 19, 20, 23, 24, 26}


def compiled(text: str) -> CodeType:
    code = compile(text, "/m.py", "exec", dont_inherit=True)
    assert isinstance(code, CodeType)
    return code


def test_lines_outside_of_functions() -> None:
    found = lines_outside_functions(compiled(MODULE))
    # Which line of a list is named, versions of Python disagree upon.
    assert found - {11, 12} == OUTSIDE - {11, 12}


@pytest.mark.skipif(sys.version_info < (3, 12), reason="PEP 695")
def test_a_generic_class_has_lines_outside_of_functions() -> None:
    text = "class A[T]:\n    x = 1\n    def f(self):\n        return 2\ndef g[T]():\n    return 3\n"
    assert lines_outside_functions(compiled(text)) == {1, 2, 3, 5}


def test_the_digest_is_of_what_ran(tmp_path: Path) -> None:
    file, sources = tmp_path / "a.py", Sources()
    file.write_bytes(b"x = 1\n")
    sources.note(str(file))
    digest = hashlib.sha256(b"x = 1\n").hexdigest()
    assert sources.digest(str(file)) == digest
    file.write_bytes(b"x = 2\n")
    assert sources.digest(str(file)) == digest


@pytest.mark.parametrize("change", ["written", "touched", "replaced", "removed"])
def test_a_source_that_has_changed_is_not_known(tmp_path: Path, change: str) -> None:
    file, sources = tmp_path / "a.py", Sources()
    file.write_bytes(b"x = 1\n")
    os.utime(file, (1, 1))
    sources.note(str(file))
    if change == "written":
        file.write_bytes(b"x = 2\n")
    elif change == "touched":
        os.utime(file, (2, 2))
    elif change == "replaced":
        other = tmp_path / "b.py"
        other.write_bytes(b"x = 2\n")
        os.utime(other, (1, 1))
        other.rename(file)
    else:
        file.unlink()
    assert sources.digest(str(file)) is None
    file.write_bytes(b"x = 1\n")
    os.utime(file, (1, 1))
    assert sources.digest(str(file)) is None, "nobody looks twice"


def test_a_file_that_was_not_noted_is_known_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(b"<p>")
    assert Sources().digest(str(file)) == hashlib.sha256(b"<p>").hexdigest()
    assert Sources().digest(str(tmp_path / "nowhere")) is None


def test_only_late_modules_have_lines_of_their_import() -> None:
    sources = Sources()
    sources.note("/m.py")
    assert sources.lines_at_import("/m.py") == frozenset()
    sources.note("/late.py", compiled(MODULE))
    assert 6 in sources.lines_at_import("/late.py")
    assert 6 in sources.lines_at_import("/late.py"), "and they stay"
    function = next(c for c in compiled(MODULE).co_consts if getattr(c, "co_name", "") == "other")
    sources.note("/part.py", function)
    assert sources.lines_at_import("/part.py") == frozenset()
