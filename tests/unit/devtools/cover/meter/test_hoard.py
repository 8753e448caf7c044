"""What nobody has any more is taken out of a list that only grows."""

from __future__ import annotations

from spawning_devtools.cover.meter.hoard import Hoard


class Thing:
    """Something to be held."""


def test_what_nobody_has_is_taken_out() -> None:
    things: list[Thing] = []
    forgotten: list[int] = []
    hoard = Hoard(things, 3, lambda thing: forgotten.append(id(thing)))
    held = [Thing(), Thing()]
    things += [held[0], Thing(), held[1], Thing()]
    gone = [id(things[1]), id(things[3])]
    hoard.tidy()
    assert things == held
    assert forgotten == gone


def test_nobody_looks_while_there_are_few() -> None:
    things = [Thing(), Thing(), Thing()]
    hoard = Hoard(things, 3, lambda thing: None)
    hoard.tidy()
    assert len(things) == 3
    held = [Thing() for _ in range(4)]
    things += held
    hoard.tidy()
    assert things == held
    things += [Thing() for _ in range(7)]
    hoard.tidy()
    assert len(things) == 11, "those that stay count double: it is not looked for in vain"
    things.append(Thing())
    hoard.tidy()
    assert things == held
