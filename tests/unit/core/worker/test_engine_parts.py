from __future__ import annotations

import select
from typing import Any

import pytest

from spawning.config import Config
from spawning.http.limits import Limits
from spawning.worker.engine_parts import FOR_EVER, introducers_of, limits_of

# (options, what differs from the defaults)
OPTIONS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"limit_request_line": 100}, {"line_size": 100}),
    ({"limit_request_head": 200}, {"head_size": 200}),
    ({"limit_request_fields": 3}, {"head_fields": 3}),
    ({"header_timeout": 0.5}, {"head_time": 0.5}),
    ({"body_timeout": 0.5}, {"body_time": 0.5}),
    ({"write_timeout": 0.5}, {"write_time": 0.5}),
    ({"keepalive_timeout": 0.5}, {"keep_alive_time": 0.5}),
    ({"keepalive_timeout": 0.0}, {"keep_alive_time": 0.0}),
    ({"no_keepalive": True}, {"keep_alive_time": 0.0}),
    ({"header_timeout": 0.0}, {"head_time": FOR_EVER}),
    ({"body_timeout": 0.0}, {"body_time": FOR_EVER}),
    ({"write_timeout": 1e9}, {"write_time": FOR_EVER}),
    ({"keepalive_timeout": 1e9}, {"keep_alive_time": FOR_EVER}),
]


@pytest.mark.parametrize(("options", "differs"), OPTIONS)
def test_limits_are_those_of_the_options(options: dict[str, Any], differs: dict[str, Any]) -> None:
    assert limits_of(Config(**options)) == Limits(**differs)


def test_poll_can_wait_for_ever() -> None:
    readable = select.poll()
    with open("/dev/null") as nothing:
        readable.register(nothing.fileno(), select.POLLIN)
        with pytest.raises(OverflowError):
            readable.poll(1e9 * 1000)
        assert readable.poll(FOR_EVER * 1000)


def test_without_the_option_nobody_has_to_introduce_anybody() -> None:
    assert introducers_of(Config()) is None
