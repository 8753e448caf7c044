"""What is told to those who prepare for the next change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spawning.messages import Graph, Module, Place
from spawning_devtools.reload.conductor.prospects import CLASSES, RECENT, Prospects
from spawning_devtools.reload.graph.imports import asked_by

FLASK = "/venv/lib/site-packages/flask/__init__.py"


def module(name: str) -> Module:
    file = FLASK if name == "flask" else f"/{name}.py"
    return Module(name, file, False)


def graph(names: str, generation: int = 1, out_of_turn: bool = False) -> Graph:
    modules = tuple(module(name) for name in names.split())
    environ = (("A", "b"),)
    return Graph(generation, "a", modules, (), (), ("/",), environ, out_of_turn)


def names(prospects: Prospects) -> list[str]:
    found = prospects.take({})
    assert found is not None
    return [name for name, _ in found.project]


def test_it_is_told_once_for_each_generation() -> None:
    prospects = Prospects()
    assert prospects.take({}) is None
    prospects.started(graph("a b"))
    found = prospects.take({})
    assert found is not None
    assert (found.generation, found.project) == (1, (("a", "/a.py"), ("b", "/b.py")))
    assert found.environ == (("A", "b"),)
    assert prospects.take({}) is None
    prospects.started(graph("a b", 2))
    assert names(prospects) == ["a", "b"]


def test_nothing_is_told_once_a_reload_has_begun() -> None:
    prospects = Prospects()
    prospects.started(graph("a b"))
    prospects.edited(["/a.py"])
    assert prospects.take({}) is None


def test_what_is_ours_is_no_module_of_the_project() -> None:
    prospects = Prospects()
    prospects.started(graph("spawning spawning.log spawning_devtools.hooks __main__ a"))
    assert names(prospects) == ["a"]


def test_the_order_is_that_of_a_start_in_turn() -> None:
    prospects = Prospects()
    prospects.started(graph("a b c d"))
    prospects.started(graph("c a d b", out_of_turn=True))
    assert names(prospects) == ["a", "b", "c", "d"]


def test_what_is_new_is_added_and_what_is_gone_is_left_out() -> None:
    prospects = Prospects()
    prospects.started(graph("a b c"))
    prospects.started(graph("c new a", out_of_turn=True))
    assert names(prospects) == ["a", "c", "new"]


def test_a_start_in_turn_is_believed() -> None:
    prospects = Prospects()
    prospects.started(graph("a b c"))
    prospects.started(graph("c a"))
    assert names(prospects) == ["c", "a"]


def test_installed_packages_are_named_again_only_where_they_are_others() -> None:
    prospects = Prospects()
    told = []
    for number, modules in enumerate(["flask a", "flask a b", "a b"]):
        prospects.started(graph(modules, number))
        found = prospects.take({})
        assert found is not None
        told.append(found.installed)
    assert told == [("flask",), None, ()]


def places(prospects: Prospects, sources: dict[str, str]) -> tuple[Place, ...]:
    asked = {f"/{name}.py": asked_by(text.encode()) for name, text in sources.items()}
    found = prospects.take(asked)
    assert found is not None
    return found.places


def chain(name: str, length: int) -> dict[str, str]:
    """Return modules of which each needs the one before it; the first has most dependents."""
    numbers = range(1, length)
    needing = {f"{name}{number}": f"import {name}{number - 1}" for number in numbers}
    return {f"{name}0": "", **needing}


def test_there_is_a_place_for_what_was_edited_and_for_each_class_of_dependents() -> None:
    # One that 41 depend on, one that 25 do, one that 7 do, and one that nobody does.
    sources = {**chain("a", 41), **chain("b", 25), **chain("c", 7), "d": ""}
    prospects = Prospects()
    prospects.edited(["/a2.py"])
    prospects.started(graph(" ".join(sources)))
    found = {place.name: place for place in places(prospects, sources)}
    few, more, many = CLASSES
    order = list(sources)
    assert list(found) == [f"a{41 - many}", "a2", f"a{41 - more}", f"a{41 - few}"]
    assert found["a2"].ahead == tuple(order[41:])
    assert found["a2"].dependents == tuple(sorted(order[2:41]))
    # What may be edited does not come ahead: of b all have few enough dependents for `many`.
    assert found[f"a{41 - many}"].ahead == ()
    assert found[f"a{41 - more}"].ahead == tuple(order[41 : 41 + 25 - more])
    assert found[f"a{41 - few}"].ahead == (
        *order[41 : 41 + 25 - few],
        *order[66 : 66 + 7 - few],
    )


def test_places_that_hold_least_come_first_and_no_place_twice() -> None:
    prospects = Prospects()
    sources = chain("a", 12)
    prospects.edited(["/a9.py", "/a11.py"])
    prospects.started(graph(" ".join(sources)))
    found = places(prospects, sources)
    # All have at most thirty dependents, and a9 to a11 are those with at most three.
    assert [place.name for place in found] == ["a0", "a2", "a9", "a11"]
    assert [len(place.dependents) for place in found] == [12, 10, 3, 1]


def test_of_places_by_class_each_keeps_back_what_the_next_does() -> None:
    sources = {**chain("a", 35), **chain("b", 12), **chain("c", 4)}
    prospects = Prospects()
    prospects.started(graph(" ".join(sources)))
    order = list(sources)
    many, more, few = places(prospects, sources)
    assert set(many.dependents) > set(more.dependents) > set(few.dependents)
    assert set(many.ahead) <= set(more.ahead) <= set(few.ahead)
    positions = [order.index(place.name) for place in (many, more, few)]
    assert positions == sorted(positions)


def test_a_package_weighs_what_is_inside_it() -> None:
    inside = [f"p.m{number}" for number in range(35)]
    prospects = Prospects()
    prospects.started(graph(" ".join(["p", *inside])))
    # Nobody depends on p, and yet it is no module that costs little to edit.
    assert [place.name for place in places(prospects, {})] == ["p.m0"]
    prospects.started(graph("p p.m pp q"))
    assert [place.name for place in places(prospects, {})] == ["p"]


def test_a_class_without_modules_has_no_place() -> None:
    # A circle: whichever is edited, all are concerned.
    sources = chain("a", 31)
    sources["a0"] = "import a30"
    prospects = Prospects()
    prospects.started(graph(" ".join(sources)))
    assert places(prospects, sources) == ()
    prospects.edited(["/a30.py"])
    prospects.started(graph(" ".join(sources)))
    (only,) = places(prospects, sources)
    assert (only.name, only.ahead, len(only.dependents)) == ("a30", (), 31)


def test_what_was_edited_has_a_place_with_what_does_not_depend_on_it() -> None:
    prospects = Prospects()
    prospects.edited(["/a.py"])
    prospects.edited(["/b.py"])
    prospects.edited(["/flask.py", "/elsewhere.py"])
    prospects.started(graph("flask a b c d"))
    assert places(prospects, {"c": "import b"}) == (
        Place("a", (), ("a", "b", "c", "d")),  # all have few dependents
        Place("b", ("d",), ("b", "c")),
        Place("a", ("b", "c", "d"), ("a",)),
    )


def test_few_are_remembered_and_a_checkout_is_nobody_at_work() -> None:
    sources = chain("m", 50)
    classes = {f"m{50 - most}" for most in CLASSES}
    prospects = Prospects()
    for number in range(6):
        prospects.edited([f"/m{number}.py"])
    prospects.edited([f"/m{number}.py" for number in range(10, 19)])
    prospects.started(graph(" ".join(sources)))
    edited = {place.name for place in places(prospects, sources)} - classes
    assert edited == {"m5", "m4", "m3", "m2"}
    assert len(edited) == RECENT
    prospects.edited(["/m5.py"])  # again: it is remembered once
    prospects.edited(["/m2.py"])  # and longest
    prospects.started(graph(" ".join(sources)))
    assert {place.name for place in places(prospects, sources)} - classes == edited
    prospects.edited(["/m6.py", "/m7.py"])
    prospects.started(graph(" ".join(sources)))
    edited = {place.name for place in places(prospects, sources)} - classes
    assert edited == {"m2", "m5", "m6", "m7"}


@pytest.mark.parametrize("sets_up", [("django",), ()])
def test_with_django_the_application_has_a_place_for_itself(sets_up: tuple[str, ...]) -> None:
    prospects = Prospects()
    prospects.started(replace(graph("a b c d e f g h"), sets_up=sets_up))
    found = prospects.take({})
    assert found is not None
    place = Place("a", tuple("bcdefgh"), ("a",))
    assert (place in found.places) == bool(sets_up)
