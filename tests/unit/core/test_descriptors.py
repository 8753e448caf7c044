"""Which descriptors connections get, and that nothing is lost where there is no room."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
from collections.abc import Iterator

import pytest

from spawning import descriptors

LIMIT = resource.RLIMIT_NOFILE


@pytest.fixture(autouse=True)
def soft_limit() -> Iterator[None]:
    """Leave the limit as it was."""
    before = resource.getrlimit(LIMIT)
    yield
    resource.setrlimit(LIMIT, before)


def limit_to(soft: int) -> None:
    """Set the soft limit of this process."""
    resource.setrlimit(LIMIT, (soft, resource.getrlimit(LIMIT)[1]))


def beyond_all() -> int:
    """Return a number beyond all that are open: other tests leave some, and nobody knows many."""
    return max(map(int, os.listdir("/proc/self/fd"))) + 1


def test_the_soft_limit_is_raised_as_far_as_we_make_use_of_it() -> None:
    _soft, hard = resource.getrlimit(LIMIT)
    limit_to(512)
    descriptors.raise_limit()
    assert resource.getrlimit(LIMIT) == (min(hard, descriptors.MOST), hard)
    descriptors.raise_limit()
    assert resource.getrlimit(LIMIT) == (min(hard, descriptors.MOST), hard)


@pytest.mark.parametrize(
    ("limit", "kept"),
    [(64, range(56, 64)), (1024, range(896, 1024)), (2048, range(256, 1024))],
)
def test_what_is_kept_for_the_application(limit: int, kept: range) -> None:
    limit_to(limit)
    assert descriptors.kept() == kept


def test_a_connection_leaves_the_numbers_that_are_kept() -> None:
    reading, writing = os.pipe()
    try:
        kept = range(writing, writing + 50)
        assert descriptors.settled(reading, range(writing, writing + 50)) == (reading, True)
        moved, room = descriptors.settled(writing, kept)
        assert room
        assert moved >= kept.stop
        assert not os.get_inheritable(moved)
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(writing)
        writing = moved
    finally:
        os.close(reading)
        os.close(writing)


def test_a_connection_stays_where_it_is_if_there_is_no_room() -> None:
    reading, writing = os.pipe()
    try:
        limit = beyond_all() + 3
        limit_to(limit)
        kept = range(min(reading, writing), limit)
        assert descriptors.settled(writing, kept) == (writing, False)
        assert os.fstat(writing)
        assert not descriptors.has_room(reading, kept)
        assert descriptors.has_room(reading, descriptors.NONE)
    finally:
        os.close(reading)
        os.close(writing)


def test_there_is_no_room_without_a_descriptor() -> None:
    taken: list[int] = []
    limit_to(beyond_all() + 3)
    try:
        with contextlib.suppress(OSError):
            while True:
                taken.append(os.dup(2))
        assert taken
        assert not descriptors.has_room(2, descriptors.NONE)
    finally:
        for number in taken:
            os.close(number)


@pytest.mark.parametrize(("limit", "size"), [(descriptors.MOST, descriptors.AT_ONCE), (512, 512)])
def test_the_table_is_made_large_at_once(limit: int, size: int) -> None:
    script = (
        "from spawning import descriptors\n"
        "descriptors.enlarge_table(0)\n"
        "print(open('/proc/self/status').read())"
    )
    limit_to(min(limit, resource.getrlimit(LIMIT)[1]))
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert f"FDSize:\t{size}\n" in told.stdout
