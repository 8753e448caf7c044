from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from spawning.gate import Gate


@pytest.fixture
def gate() -> Iterator[Gate]:
    """Return a gate as the controller makes it."""
    made = Gate.create()
    yield made
    os.close(made.descriptor)


def test_nobody_serves_at_first(gate: Gate) -> None:
    assert gate.word[0] == 0


def test_one_generation_serves_at_a_time(gate: Gate) -> None:
    for generation in (1, 2, 2**31):
        gate.open_for(generation)
        assert gate.word[0] == generation


def test_every_holder_of_the_descriptor_sees_the_word(gate: Gate) -> None:
    gate.open_for(1)
    descriptor = os.dup(gate.descriptor)
    other = Gate(descriptor)
    assert other.word[0] == 1
    gate.open_for(2)
    assert other.word[0] == 2
    os.close(descriptor)


def test_the_word_outlives_the_descriptor(gate: Gate) -> None:
    descriptor = os.dup(gate.descriptor)
    other = Gate(descriptor)
    os.close(descriptor)
    gate.open_for(3)
    assert other.word[0] == 3


def test_a_gate_is_not_inherited_by_accident(gate: Gate) -> None:
    assert not os.get_inheritable(gate.descriptor)


def test_a_hold_is_seen_by_all_until_the_takeover(gate: Gate) -> None:
    descriptor = os.dup(gate.descriptor)
    other = Gate(descriptor)
    assert other.hold[0] == 0.0
    gate.hold[0] = 123456.789
    assert other.hold[0] == 123456.789
    assert other.word[0] == 0
    gate.open_for(2)
    assert (other.word[0], other.hold[0]) == (2, 0.0)
    os.close(descriptor)
