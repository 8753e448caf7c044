"""Events as editors and git cause them, on a made clock: when is the batch complete?"""

from __future__ import annotations

import pytest

from spawning_devtools.reload.watcher.changes import (
    BURST,
    CLOSE,
    CLOSING,
    HURRY,
    LOCK_LONGEST,
    LOCK_LOOK,
    LONGEST,
    OPEN_LONGEST,
    SETTLE,
    Batch,
    State,
    Touch,
    look,
)

W, P, B = State.WRITTEN, State.PLACED, State.BEING_WRITTEN
O = State.OPEN  # noqa: E741
U, A = State.UNSURE, State.ATTRIBUTES


def batch_of(*touches: tuple[float, State, str]) -> Batch:
    return Batch().with_touches(Touch(state, path, moment) for moment, state, path in touches)


# (what happens, events, when to act)
CASES = {
    "saved in place": ([(0, B, "a"), (0.001, B, "a"), (0.002, W, "a")], 0.002),
    "moved over": ([(0, P, "a")], 0),
    "vim with a backup": ([(0, U, "a"), (0.001, B, "a"), (0.002, W, "a")], 0.002),
    "safe write": ([(0, U, "a"), (0.001, P, "a")], 0.001),
    "deleted": ([(0, U, "a")], SETTLE),
    "deleted and written": ([(0, U, "a"), (0.03, B, "a"), (0.031, W, "a")], 0.031),
    "opened and not yet closed": ([(0, B, "a")], CLOSE),
    "written slowly": ([(0, B, "a"), (0.5, B, "a")], 0.5 + CLOSE),
    "written for ever": ([(t / 2, B, "a") for t in range(60)], LONGEST),
    "written slowly by a program that was found": ([(0, B, "a"), (5, O, "a")], 5 + CLOSE),
    "closed, and the kernel is not done with it": (
        [(0, B, "a"), (1, W, "a"), (1, O, "a")],
        1 + CLOSING,
    ),
    "closed by a program that has to wait": (
        [(0, W, "a"), (0, O, "a"), (CLOSING, O, "a")],
        3 * CLOSING,
    ),
    "closed by one of two writers": (
        [(0, W, "a"), *(((2**n - 1) * CLOSING, O, "a") for n in range(9))],
        255 * CLOSING + CLOSE,
    ),
    "held open for ever": ([(t / 2, O, "a") for t in range(60)], OPEN_LONGEST),
    "permissions after the close": (
        [(0, B, "a"), (0.001, W, "a"), (0.002, A, "a")],
        0.002,
    ),
    "permissions alone": ([(0, A, "a")], SETTLE),
    "permissions while it is written": ([(0, B, "a"), (0.001, A, "a")], CLOSE),
    "written again after the close": (
        [(0, W, "a"), (0.002, B, "a"), (0.003, W, "a")],
        0.003,
    ),
    "two files": ([(0, W, "a"), (0.001, W, "b")], 0.001 + 0.02),
    "one closed, one open": ([(0, W, "a"), (0.001, B, "b")], 0.001 + CLOSE),
    "a formatter": ([(n / 100, W, f"{n}") for n in range(10)], 0.09 + 0.1),
    "a checkout": ([(n / 1000, W, f"{n}") for n in range(1000)], 0.999 + 0.3),
    "a checkout without end": ([(n / 100, W, f"{n}") for n in range(1000)], LONGEST),
}


@pytest.mark.parametrize(("touches", "expected"), CASES.values(), ids=CASES)
def test_when_to_act(touches: list[tuple[float, State, str]], expected: float) -> None:
    batch = batch_of(*touches)
    assert look(batch, batch.last, git_is_busy=False)[1] == pytest.approx(expected)
    assert batch.first == touches[0][0]


def test_an_empty_batch_waits_for_nothing() -> None:
    assert look(Batch(), 1.0, git_is_busy=True) == (Batch(), None)


def test_git_holds_the_batch_and_silence_is_counted_from_its_end() -> None:
    batch = batch_of(*((n / 1000, W, f"{n}") for n in range(100)))
    batch, at = look(batch, 5.0, git_is_busy=True)
    assert at == pytest.approx(5.0 + LOCK_LOOK)
    assert look(batch, 5.02, git_is_busy=False)[1] == pytest.approx(5.0 + 0.3)


def test_a_lock_that_stays_is_ignored_in_the_end() -> None:
    _, at = look(batch_of((0, W, "a")), LOCK_LONGEST, git_is_busy=True)
    assert at == 0


@pytest.mark.parametrize(("since", "silence"), [(BURST - 0.1, HURRY), (BURST + 0.1, 0.0)])
def test_a_file_soon_after_a_reload_may_be_the_next_of_many(since: float, silence: float) -> None:
    batch = Batch(after=10.0).with_touches([Touch(State.WRITTEN, "/a", 10.0 + since)])
    assert look(batch, batch.last, git_is_busy=False)[1] == pytest.approx(batch.last + silence)
