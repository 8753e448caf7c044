from __future__ import annotations

from pathlib import Path

from spawning.messages import Graph, Module
from spawning_devtools.reload.interest import interest
from spawning_devtools.reload.reports import Report, Reports


def graph(generation: int, *names: str) -> Graph:
    modules = tuple(Module(name, f"/p/{name}.py", False) for name in names)
    return Graph(generation, "app", modules, (), (), ("/p",))


def files(reports: Reports) -> set[str]:
    return {module.name for report in reports for module in report.modules}


def test_merging_is_idempotent_and_later_reports_add() -> None:
    reports = Reports()
    reports.begin(1, 5.0)
    assert reports.add(graph(1, "app", "a"), 9.0)
    assert not reports.add(graph(1, "app", "a"), 9.0)
    assert reports.add(graph(1, "lazy"), 9.0)
    assert reports.wall(1) == 5.0
    assert files(reports) == {"app", "a", "lazy"}


def test_the_serving_and_the_newest_that_reported_count() -> None:
    reports = Reports()
    reports.add(graph(1, "one"), 0.0)
    reports.serve(1)
    reports.begin(2, 0.0)
    assert files(reports) == {"one"}
    reports.add(graph(2, "two"), 0.0)
    reports.begin(3, 0.0)
    assert files(reports) == {"one", "two"}
    reports.add(graph(3, "three"), 0.0)
    assert files(reports) == {"one", "three"}
    reports.serve(3)
    assert files(reports) == {"three"}


def test_a_late_report_of_an_old_generation_is_dropped() -> None:
    reports = Reports()
    reports.add(graph(2, "two"), 0.0)
    reports.serve(2)
    assert not reports.add(graph(1, "one"), 0.0)
    assert files(reports) == {"two"}


def test_links_lead_to_the_files_that_are_known_by_them(tmp_path: Path) -> None:
    project = tmp_path.resolve() / "p"
    real = tmp_path.resolve() / "elsewhere"
    (real / "pkg").mkdir(parents=True)
    (real / "pkg" / "m.py").write_text("")
    project.mkdir()
    (project / "link").symlink_to(real)
    (project / "circle").symlink_to("circle")
    known = str(project / "link" / "pkg" / "m.py")
    report = Report(1, 0.0, "app", {Module("pkg.m", known, False): None})
    found = interest([report], [str(project / "circle")], str(project))
    shadow = str(project / "link" / "pkg" / "m" / "__init__.py")
    assert found.known_as(str(real / "pkg" / "m.py")) == (known,)
    assert set(found.known_as(str(project / "link"))) == {known, shadow}
    assert found.known_as(known) == (known,)
    assert set(found.inside(str(real / "pkg"))) == {known, shadow}
    assert {str(real / "pkg"), str(project)} <= set(found.directories)
