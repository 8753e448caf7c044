"""The snapshot that holds the whole application, in the ladder."""

from __future__ import annotations

import dataclasses

import pytest

from spawning.messages import Complete, Place, Taken
from spawning_devtools.snapshots import ladder
from spawning_devtools.snapshots.rungs import Grow, Kind, Ladder, Rung, Spare
from spawning_devtools.snapshots.steps import next_step
from unit.devtools.snapshots.growing import ORDER, Nursery, file_of, prospect


def built(**others: object) -> Nursery:
    nursery = Nursery()
    nursery.known = Ladder(may_be_full=True)
    nursery.expect(prospect(**others))  # type: ignore[arg-type]
    return nursery


def full_of(nursery: Nursery) -> Rung:
    full = nursery.known.full()
    assert full is not None
    return full


def test_it_is_made_last_and_gets_a_spare() -> None:
    nursery = Nursery()
    nursery.known = Ladder(may_be_full=True)
    *_, grow, spare = nursery.expect(prospect())
    ground = nursery.known.ground()
    assert ground is not None
    assert grow == Grow(ground.pid, (Complete(),), Kind.FULL)
    full = full_of(nursery)
    assert spare == Spare(full.pid)
    assert full.files >= {file_of(name) for name in ORDER}


def test_where_this_python_does_not_allow_it_none_is_made() -> None:
    nursery = Nursery()
    steps = nursery.expect(prospect())
    assert nursery.known.full() is None
    assert not [step for step in steps if isinstance(step, Grow) and step.kind is Kind.FULL]


def test_it_is_kept_when_what_it_holds_was_saved_and_all_else_that_holds_it_is_not() -> None:
    nursery = built()
    nursery.change("mine")
    full = full_of(nursery)
    assert full.changed == {file_of("mine")}
    assert {rung.kind for rung in nursery.known.rungs.values() if "mine" in rung.names} == {
        Kind.FULL
    }
    nursery.change("mine.views")
    assert full_of(nursery).changed == {file_of("mine"), file_of("mine.views")}


def test_what_was_saved_is_not_taken_to_be_in_it() -> None:
    nursery = built()
    assert nursery.known.deepest() == full_of(nursery)
    nursery.change("mine.views")
    assert nursery.known.deepest() != full_of(nursery)


def test_a_module_that_came_with_a_request_is_none_of_it() -> None:
    nursery = built()
    full = full_of(nursery)
    nursery.change("mine.later")
    assert nursery.known.deepest() == full_of(nursery) == full


def test_nothing_is_grown_from_it() -> None:
    nursery = built()
    full = full_of(nursery)
    later = Place("mine.later", ("mine.more",), ("mine.later",))  # comes with a request
    steps = nursery.expect(prospect(places=(later,)))
    grown = [step.source for step in steps if isinstance(step, Grow)]
    assert grown
    assert full.pid not in grown


def test_it_does_not_outlive_many_edits() -> None:
    order = [f"m{number}" for number in range(ladder.MOST + 1)]
    nursery = Nursery()
    nursery.application = dataclasses.replace(nursery.application, order=order)
    nursery.known = Ladder(may_be_full=True)
    nursery.expect(prospect(order))
    for name in order[:-1]:
        nursery.change(name)
        assert nursery.known.full() is not None
    nursery.change(order[-1])
    assert nursery.known.full() is None


@pytest.mark.parametrize(
    ("files", "names"),
    [(("/data.ini",), ("mine.views",)), (("/new.py",), ("new",)), ((), ())],
    ids=["what a module has read", "a new module", "anything"],
)
def test_it_goes_where_anything_but_a_module_of_it_was_saved(
    files: tuple[str, ...], names: tuple[str, ...]
) -> None:
    nursery = built()
    full = full_of(nursery)
    nursery.known = nursery.known.with_rung(
        dataclasses.replace(full, names=full.names | {"new", *names})
    )
    nursery.reload(files, names)
    assert nursery.known.full() is None


def test_where_it_came_to_nothing_it_is_tried_again_when_the_project_is_another() -> None:
    nursery = built()
    grow = Grow(1, (Complete(),), Kind.FULL)
    nursery.drop([full_of(nursery).pid])
    nursery.known = ladder.given_up(nursery.known, grow, "", "it has started a thread")
    assert next_step(nursery.known) is None
    assert nursery.known.described().why_not_full == "it has started a thread"
    nursery.expect(prospect(ORDER[:-1]))
    assert nursery.known.full() is not None
    assert nursery.known.described().why_not_full == ""


def test_it_stays_when_others_are_superfluous() -> None:
    nursery = built()
    full = full_of(nursery)
    nursery.expect(prospect(tuple(reversed(ORDER))))
    assert nursery.known.full() == full


def test_why_it_could_not_take_a_file_is_known_until_that_is_saved_again() -> None:
    nursery = built()
    for name in ("mine", "mine.views"):
        answer = Taken(f"{name} is declared otherwise", file_of(name))
        nursery.known = ladder.not_taken(nursery.known, answer)
    nursery.known = ladder.changed(nursery.known, [file_of("mine.views")])
    refusals = ((file_of("mine"), "mine is declared otherwise"),)
    assert nursery.known.described().refusals == refusals
    nursery.drop([full_of(nursery).pid])
    nursery.known = ladder.changed(nursery.known, [file_of("mine")])
    assert nursery.known.described().refusals == ()


@pytest.mark.parametrize(
    ("took", "seconds"),
    [(0.0, ladder.LEAST_PATIENCE), (0.7, 0.7), (60.0, ladder.PATIENCE)],
    ids=["an application that is there at once", "others", "one that takes very long"],
)
def test_an_answer_is_waited_for_as_long_as_a_start_takes(took: float, seconds: float) -> None:
    full = dataclasses.replace(full_of(built()), took=took)
    assert ladder.patience(full) == seconds
