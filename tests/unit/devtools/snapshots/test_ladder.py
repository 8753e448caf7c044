"""The ladder of snapshots: what is prepared, and what a change leaves of it."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from spawning.messages import Advance, GoOn, Parked, Place, SnapshotIs, Snapshots
from spawning_devtools.snapshots import ladder
from spawning_devtools.snapshots.rungs import Begin, Grow, Kind, Ladder, Rung, Spare
from spawning_devtools.snapshots.steps import STOPS, next_step
from unit.devtools.snapshots.growing import INSTALLED, ORDER, Application, Nursery, prospect

VIEWS = Place("mine.views", ("mine.admin",), ("mine.views", "mine.wsgi"))
ADVANCE = Advance(VIEWS.ahead, VIEWS.dependents, True, ())
HOT = Grow(3, (GoOn(("mine.views",)), ADVANCE), Kind.HOT, VIEWS)
GROUND = Grow(2, (Advance(INSTALLED, (), False, ()),), Kind.INSTALLED)


def test_nothing_is_prepared_while_nothing_is_known_and_while_a_change_is_served() -> None:
    assert next_step(Ladder()) is next_step(Ladder().expecting(prospect(()))) is None
    nursery = Nursery()
    nursery.known = nursery.known.expecting(prospect())
    nursery.take(Begin())
    nursery.change("mine.views")
    assert next_step(nursery.known) is None


def test_from_nothing_to_a_full_ladder() -> None:
    nursery = Nursery()
    steps = nursery.expect(prospect(places=(VIEWS,)))
    assert steps == [
        Begin(),
        Grow(1, (GoOn(("mine",)),), Kind.NATURAL),
        GROUND,
        HOT,
        Grow(3, (GoOn(("mine.views", "mine.wsgi")),), Kind.NATURAL),
        *(Spare(rung.pid) for rung in nursery.known.rungs.values() if rung.spares),
    ]
    assert nursery.kinds() == [
        (Kind.COLD, ""),
        (Kind.HOT, "mine.views"),
        (Kind.INSTALLED, "mine"),
        (Kind.NATURAL, "mine"),
        (Kind.NATURAL, "mine.views"),
        (Kind.NATURAL, "mine.wsgi"),
    ]
    assert {r.kind for r in nursery.known.rungs.values() if r.spares} == {Kind.INSTALLED, Kind.HOT}
    assert nursery.deepest() == (Kind.NATURAL, "mine.wsgi")
    (hot,) = nursery.known.of(Kind.HOT)
    assert (hot.place, hot.ahead, hot.ground) == (VIEWS, {"mine.admin"}, 3)
    assert hot.names == {*INSTALLED, "mine", "mine.models", "mine.admin"}


def test_a_change_leaves_what_does_not_hold_it_and_the_deepest_of_that_serves() -> None:
    nursery = Nursery()
    nursery.expect(prospect(places=(VIEWS,)))
    nursery.change("mine.views")
    assert nursery.deepest() == (Kind.HOT, "mine.views")
    nursery.change("mine.admin")
    assert nursery.deepest() == (Kind.NATURAL, "mine.views")
    nursery.change("mine")
    assert nursery.deepest() == (Kind.INSTALLED, "mine")
    nursery.change("flask")
    assert nursery.kinds() == [(Kind.COLD, ""), (Kind.NATURAL, "mine")]


def test_of_those_that_hold_as_much_one_that_has_a_spare_serves() -> None:
    files = frozenset({"/a.py", "/b.py"})
    ready, later = Rung(1, Kind.HOT, "c", files, spares=1), Rung(2, Kind.NATURAL, "c", files)
    assert Ladder({1: ready, 2: later}).deepest() == ready
    assert Ladder({2: later, 1: ready}).deepest() == ready
    deeper = Rung(3, Kind.NATURAL, "d", files | {"/c.py"})
    assert Ladder({1: ready, 3: deeper}).deepest() == deeper
    assert Ladder().deepest() is None


def test_a_module_that_appears_is_one_that_a_snapshot_has_looked_for() -> None:
    application = Application(needs={"mine.models": ["mine.local"]}, absent={"mine.local"})
    nursery = Nursery(application)
    nursery.expect(prospect())
    held = {rung.at for rung in nursery.known.rungs.values() if "mine.local" in rung.names}
    assert held == {"mine.views", "mine.wsgi"}
    assert ladder.outdated(nursery.known, ["/mine/other.py"], ["mine.other"]) == []
    # Another that they hold changes at once with one that they have not looked for.
    changed = ladder.outdated(nursery.known, ["/mine.views.py"], ["mine.other"])
    assert [nursery.known.rungs[pid].at for pid in changed] == ["mine.wsgi"]
    nursery.change("mine.local")
    assert {rung.at for rung in nursery.known.rungs.values()} == {"", "mine"}


def test_a_hot_one_goes_once_what_it_holds_ahead_depends_on_a_change() -> None:
    forms = Place("mine.models", ("mine.admin", "mine.forms"), ("mine.models",))
    order = (*ORDER, "mine.forms", "mine.fields")
    nursery = Nursery(Application(order, {"mine.forms": ["mine.fields"]}))
    nursery.expect(prospect(order, (forms,)))
    assert nursery.known.of(Kind.HOT)
    # It comes last, and is held for the sake of mine.forms.
    nursery.change("mine.fields")
    assert nursery.known.of(Kind.HOT) == []
    assert nursery.deepest() == (Kind.NATURAL, "mine.fields")


def test_a_data_file_that_a_module_has_read_is_a_change_of_that_module() -> None:
    reads = {"mine.models": "/models.toml", "mine.admin": "/admin.toml"}
    nursery = Nursery(Application(reads=reads))
    nursery.expect(prospect(places=(VIEWS,)))
    assert nursery.known.of(Kind.HOT)
    nursery.reload(["/admin.toml"], ["mine.admin"])
    assert nursery.deepest() == (Kind.NATURAL, "mine.views")
    assert nursery.known.of(Kind.HOT) == []
    nursery.reload(["/models.toml"], ["mine.models"])
    assert nursery.deepest() == (Kind.INSTALLED, "mine")


def test_a_data_file_that_no_module_is_known_to_have_read_leaves_only_what_has_not_begun() -> None:
    nursery = Nursery()
    nursery.expect(prospect(places=(VIEWS,)))
    nursery.reload(["/models.toml"], [])
    assert nursery.kinds() == [(Kind.COLD, "")]


def test_what_has_read_a_file_that_is_another_now_is_stale() -> None:
    nursery = Nursery(Application(reads={"mine.models": "/a.toml", "mine.admin": "/b.toml"}))
    nursery.expect(prospect(places=(VIEWS,)))
    rungs = nursery.known.rungs
    assert ladder.stale(nursery.known, nursery.stamp_of) == []
    nursery.stamps["/b.toml"] = "another"
    stale = ladder.stale(nursery.known, nursery.stamp_of)
    assert {(rungs[pid].kind, rungs[pid].at) for pid in stale} == {
        (Kind.HOT, "mine.views"),  # ahead
        (Kind.NATURAL, "mine.wsgi"),
    }
    nursery.stamps["/a.toml"] = "another"
    stale = ladder.stale(nursery.known, nursery.stamp_of)
    assert {rung.at for pid, rung in rungs.items() if pid not in stale} == {"", "mine"}


def test_the_files_of_modules_are_watched_and_not_counted_as_read() -> None:
    parked = Parked("b", ("/a.py",), ("a",), (), (("/a.py", "1"), ("/a.toml", "1")))
    rung = ladder.grown(Rung(1, Kind.COLD, ""), Begin(), parked, 2)
    assert rung.read == {("/a.toml", "1")}


def test_after_a_change_only_what_is_missing_is_made() -> None:
    nursery = Nursery()
    nursery.expect(prospect(places=(VIEWS,)))
    at = {rung.at: rung.pid for rung in nursery.known.of(Kind.NATURAL)}
    nursery.change("mine.views")
    steps = nursery.expect(prospect(places=(VIEWS,)))
    # That at mine.wsgi held the old one; the deepest that does not is gone on from.
    assert steps == [Grow(at["mine.views"], (GoOn(("mine.wsgi",)),), Kind.NATURAL)]


def test_what_is_no_longer_edited_is_not_held_hot() -> None:
    nursery = Nursery()
    nursery.expect(prospect(places=(VIEWS,)))
    nursery.change("mine.wsgi")
    nursery.expect(prospect())
    assert nursery.known.of(Kind.HOT) == []


def test_nothing_comes_out_of_turn_where_the_order_matters() -> None:
    nursery = Nursery()
    nursery.expect(prospect(places=(VIEWS,), order_matters="the application uses gevent"))
    assert {kind for kind, _ in nursery.kinds()} == {Kind.COLD, Kind.NATURAL}
    assert "mine.views" in {rung.at for rung in nursery.known.of(Kind.NATURAL)}
    assert all(rung.spares for rung in nursery.known.of(Kind.NATURAL))


@pytest.mark.parametrize("installed", [INSTALLED, ()])
def test_what_came_out_of_turn_goes_once_the_order_matters(installed: tuple[str, ...]) -> None:
    nursery = Nursery()
    nursery.expect(prospect(places=(VIEWS,), installed=installed))
    assert nursery.known.of(Kind.HOT)
    nursery.change("mine.wsgi")
    matters = prospect(places=(VIEWS,), installed=None, order_matters="it uses gevent")
    nursery.expect(matters)
    assert {kind for kind, _ in nursery.kinds()} == {Kind.COLD, Kind.NATURAL}
    assert not any(rung.ahead or rung.ground for rung in nursery.known.rungs.values())


def test_an_environment_that_was_mistaken_throws_away_what_relied_on_it() -> None:
    nursery = Nursery()
    nursery.expect(prospect(places=(VIEWS,), environ=(("SETTINGS", "mine.settings"),)))
    installed = nursery.known.of(Kind.INSTALLED)[0].pid
    wrong = ladder.mistaken(nursery.known, (("SETTINGS", "mine.others"),))
    assert installed in wrong
    above = {Kind.INSTALLED, Kind.NATURAL, Kind.HOT}
    assert {nursery.known.rungs[pid].kind for pid in wrong} == above
    assert ladder.mistaken(nursery.known, (("SETTINGS", "mine.settings"),)) == []
    nursery.expect(prospect(environ=(("SETTINGS", "mine.others"),)))
    (ground,) = nursery.known.of(Kind.INSTALLED)
    assert ground.environ == (("SETTINGS", "mine.others"),)


DJANGO = (
    "django.contrib.auth.models",
    "django.contrib.auth.validators",
    "django.contrib.admin.models",
    "django.urls",
    "django",
)


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("django.contrib.auth.models", set(DJANGO[:3])),  # no settings yet: all of contrib fails
        ("django.urls", {"django.urls", *DJANGO}),
        ("nobody", {"nobody"}),
    ],
)
def test_what_fails_for_the_same_reason_is_refused_with_it(name: str, refused: set[str]) -> None:
    grow = Grow(2, (Advance(DJANGO, (), False, ()),), Kind.INSTALLED)
    known = ladder.refuse(Ladder(), grow, name)
    assert (known.refused, known.hopeless) == (refused, frozenset())


def test_what_is_refused_is_not_tried_again_and_the_rest_is() -> None:
    nursery = Nursery()
    nursery.known = nursery.known.expecting(prospect(installed=DJANGO))
    nursery.take(Begin())
    nursery.take(Grow(1, (GoOn(("mine",)),), Kind.NATURAL))
    step = next_step(nursery.known)
    assert isinstance(step, Grow)
    nursery.known = ladder.refuse(nursery.known, step, DJANGO[0])
    again = next_step(nursery.known)
    assert again == Grow(2, (Advance(DJANGO[3:], (), False, ()),), Kind.INSTALLED)


def test_one_that_looks_in_vain_for_what_a_start_in_turn_finds_is_blind() -> None:
    known = Ladder().expecting(prospect())
    for missing in ("flask.app", "mine.admin"):
        parked = Parked("mine", (), (), ("nobody", missing))
        assert ladder.is_blind(known, GROUND, parked)
        assert ladder.is_blind(known, HOT, parked)
        assert not ladder.is_blind(known, Grow(1, (GoOn(("mine",)),), Kind.NATURAL), parked)
        assert not ladder.is_blind(known, Begin(), parked)
    for grow in (GROUND, HOT):
        assert not ladder.is_blind(known, grow, Parked("mine", (), (), ("nobody",)))


@pytest.mark.parametrize("order", [(), ("other", "another")])
def test_an_application_that_never_comes_to_its_stops_is_given_up(order: tuple[str, ...]) -> None:
    nursery = Nursery(Application(order))
    assert nursery.expect(prospect())
    assert [kind for kind, _ in nursery.kinds()] == [Kind.COLD]


def test_what_dies_takes_the_blame_and_one_that_cannot_even_begin_is_given_up() -> None:
    assert ladder.given_up(Ladder(), GROUND, "").refused >= set(INSTALLED)
    assert ladder.given_up(Ladder(), HOT, "").hopeless == {VIEWS}
    known = ladder.given_up(Ladder().expecting(prospect()), Begin(), "")
    assert next_step(known) is None
    assert next_step(known.expecting(prospect())) == Begin()


def test_a_start_that_ends_at_a_stop_is_not_told_that_one_again() -> None:
    # A hot one has come to mine.views, and says nothing of those in turn.
    known = Ladder().with_rung(Rung(1, Kind.HOT, "mine.views", place=VIEWS))
    known = known.with_rung(Rung(2, Kind.NATURAL, "mine.models"))
    grow = Grow(3, (GoOn(("mine.models", "mine.views", "mine.wsgi")),), Kind.NATURAL)
    assert ladder.given_up(known, grow, "").unreached == {"mine.views", "mine.wsgi"}
    assert ladder.given_up(known, grow, "mine.models").unreached >= {"mine.models"}


def test_what_there_is_is_told_without_what_is_not_the_projects() -> None:
    nursery = Nursery()
    nursery.expect(prospect(ORDER[:1]))
    assert nursery.known.described() == Snapshots(
        (
            SnapshotIs("cold", "", 0, ()),
            SnapshotIs("natural", "mine", 0, ()),
            SnapshotIs("installed", "mine", 3, ()),
        )
    )
    nursery.expect(prospect())
    told = nursery.known.described().snapshots
    assert told[-1] == SnapshotIs("natural", "mine.wsgi", 7, tuple(sorted(ORDER[:4])))
    nobody = dataclasses.replace(nursery.known, prospect=None)
    assert all(one.names == () for one in nobody.described().snapshots)


def test_a_large_project_has_a_snapshot_every_so_often() -> None:
    order = [f"mine.m{number:03}" for number in range(200)]
    nursery = Nursery(Application(order))
    nursery.expect(prospect(order))
    at = sorted({rung.at for rung in nursery.known.of(Kind.NATURAL)})
    assert len(at) <= STOPS
    gaps = [int(b[-3:]) - int(a[-3:]) for a, b in itertools.pairwise([*at, "200"])]
    assert max(gaps) <= len(order) // STOPS
