"""Which descriptors systemd has passed to us."""

from __future__ import annotations

import pytest

from spawning.controller.activation import descriptors

PID = 7


@pytest.mark.parametrize(
    ("environ", "passed"),
    [
        ({}, {}),
        ({"LISTEN_PID": "7", "LISTEN_FDS": "1"}, {3: ""}),
        (
            {"LISTEN_PID": "7", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "web:admin"},
            {3: "web", 4: "admin"},
        ),
        ({"LISTEN_PID": "7", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "web"}, {3: "web", 4: ""}),
        ({"LISTEN_PID": "7", "LISTEN_FDS": "0"}, {}),
        ({"LISTEN_PID": "7", "LISTEN_FDS": "-1"}, {}),
        ({"LISTEN_PID": "7", "LISTEN_FDS": "many"}, {}),
        ({"LISTEN_PID": "7"}, {}),
    ],
)
def test_what_is_passed_to_us_is_taken(environ: dict[str, str], passed: dict[int, str]) -> None:
    left = {**environ, "PATH": "/bin"}
    assert descriptors(left, PID) == passed
    assert left == {"PATH": "/bin"}


@pytest.mark.parametrize("pid", ["8", "", "07"])
def test_what_is_passed_to_others_stays(pid: str) -> None:
    environ = {"LISTEN_PID": pid, "LISTEN_FDS": "1", "LISTEN_FDNAMES": "web"}
    left = dict(environ)
    assert descriptors(left, PID) == {}
    assert left == environ
