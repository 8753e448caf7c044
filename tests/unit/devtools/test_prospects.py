"""What is told to those who prepare for the next change."""

from __future__ import annotations

from spawning.messages import Graph, Module
from spawning_devtools.reload.imports import asked_by
from spawning_devtools.reload.prospects import RECENT, Prospects

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


def test_what_was_edited_last_is_named_first_with_what_does_not_depend_on_it() -> None:
    prospects = Prospects()
    prospects.edited(["/a.py"])
    prospects.edited(["/b.py"])
    prospects.edited(["/flask.py", "/elsewhere.py"])
    prospects.started(graph("flask a b c d"))
    found = prospects.take({"/c.py": asked_by(b"import b")})
    assert found is not None
    assert [(one.name, one.ahead) for one in found.recent] == [
        ("b", ("d",)),
        ("a", ("b", "c", "d")),
    ]
    assert [one.dependents for one in found.recent] == [("b", "c"), ("a",)]


def test_few_are_remembered_and_a_checkout_is_nobody_at_work() -> None:
    prospects = Prospects()
    every = [f"m{number}" for number in range(9)]
    for name in every[:6]:
        prospects.edited([f"/{name}.py"])
    prospects.edited([f"/{name}.py" for name in every])
    prospects.started(graph(" ".join(every)))
    found = prospects.take({})
    assert found is not None
    assert [one.name for one in found.recent] == ["m5", "m4", "m3", "m2"]
    assert len(found.recent) == RECENT
