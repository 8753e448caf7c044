from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from spawning.messages import Graph, Module, Opened, PackagePath
from spawning_devtools.reload.graph.interest import interest
from spawning_devtools.reload.graph.reports import Report, Reports


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


def test_who_opened_first_counts_and_what_was_ever_written_is_not_forgotten() -> None:
    reports = Reports()
    late, early = Opened("/p/a.json", "app", 9.0), Opened("/p/a.json", "app", 7.0)
    reports.add(replace(graph(1, "app"), data=(late,), written=("/p/log",)), 0.0)
    assert reports.add(replace(graph(1), data=(early,)), 0.0)
    assert not reports.add(replace(graph(1), data=(late,)), 0.0)
    assert reports.opened() == {"/p/a.json": 7.0 - 0.02}
    assert reports.add(replace(graph(1), written=("/p/b",)), 0.0)
    reports.add(graph(2, "app"), 0.0)
    reports.serve(2)
    assert reports.written == {"/p/log", "/p/b"}
    assert reports.opened() == {}


def test_what_was_kept_until_it_was_read_again() -> None:
    reports = Reports()
    page = Opened("/p/a.html", "app", 1.0)
    reports.add(replace(graph(1, "app"), kept=(page,)), 0.0)
    assert [one.file for report in reports for one in report.read()] == ["/p/a.html"]
    assert reports.add(replace(graph(1), served=(page,)), 0.0)
    assert [one.file for report in reports for one in report.read()] == []


def test_every_place_where_a_package_was_looked_for() -> None:
    reports = Reports()
    for entry, folder in (("/p", "/p/a"), ("/q", "/q/a")):
        more = replace(graph(1), search_path=(entry,), packages=(PackagePath("a", (folder,)),))
        assert reports.add(more, 0.0)
        assert not reports.add(more, 0.0)
    (report,) = reports
    assert (report.search_path, report.packages) == (("/p", "/q"), {"a": ("/p/a", "/q/a")})


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
