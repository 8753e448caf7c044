"""What a session says of a statement that takes long, on a made clock."""

from __future__ import annotations

import pytest

from spawning_devtools.backdoor.session.clock import PAUSE, UNINTERRUPTIBLE, Facts, Looked, look


def facts(
    runs: bool = True,
    hogs: bool = False,
    asked: float = 0.0,
    turned: float = 0.0,
    struck: float = 0.0,
) -> Facts:
    return Facts(runs, hogs, asked, turned, struck)


# (what happens, facts, whether there is a hub, seconds that were said, now, what is done)
CASES = {
    "nothing runs": (facts(runs=False, hogs=True, asked=10, struck=10), True, 0, 20, Looked()),
    "it runs in a thread": (facts(), False, 0, 20, Looked()),
    "the hub is asked": (facts(turned=10), True, 0, 20, Looked(ask=True, again=21)),
    "the hub has just turned": (facts(turned=20), True, 0, 20.1, Looked(again=20 + PAUSE)),
    "the hub is late": (facts(hogs=True, asked=20), True, 0, 20.4, Looked(again=21)),
    "it blocks": (facts(hogs=True, asked=20), True, 0, 21.2, Looked(blocks=1, again=22)),
    "it was said": (facts(hogs=True, asked=20), True, 1, 21.5, Looked(again=22)),
    "it blocks on": (facts(hogs=True, asked=20), True, 1, 23.1, Looked(blocks=3, again=24)),
    "somebody else blocks": (facts(asked=20), True, 0, 23.1, Looked(again=24)),
    "just interrupted": (facts(struck=20), False, 0, 20.1, Looked(again=20 + UNINTERRUPTIBLE)),
    "it does not end": (facts(struck=20), False, 0, 22.1, Looked(stuck=True)),
    "nor does it give way": (
        facts(hogs=True, asked=20, struck=20.2), True, 1, 22.1, Looked(blocks=2, again=22.2)
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_said(case: tuple[Facts, bool, int, float, Looked]) -> None:
    known, has_hub, said, now, expected = case
    assert look(known, has_hub, said, now) == expected
