"""Snapshots that have set a framework up before its turn."""

from __future__ import annotations

from spawning.messages import Advance, Place
from spawning_devtools.snapshots import ladder
from spawning_devtools.snapshots.rungs import Grow, Kind
from unit.devtools.snapshots.growing import ORDER, Application, Nursery, prospect

VIEWS = Place("mine.views", ("mine.admin",), ("mine.views", "mine.wsgi"))


def test_what_sets_a_framework_up_takes_the_environment_to_become_another() -> None:
    environ = (("DJANGO_SETTINGS_MODULE", "mine.settings"),)
    nursery = Nursery(Application(ORDER))
    steps = nursery.expect(prospect(ORDER, (VIEWS,), environ=environ, sets_up=("django",)))
    orders = [step.orders[-1] for step in steps if isinstance(step, Grow)]
    assert Advance(VIEWS.ahead, VIEWS.dependents, True, environ, ("django",)) in orders
    (hot,) = nursery.known.of(Kind.HOT)
    assert ladder.mistaken(nursery.known, environ) == []
    assert hot.pid in ladder.mistaken(nursery.known, (("DJANGO_SETTINGS_MODULE", "others"),))
