"""What a worker says about an application that could not be loaded."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spawning import importer
from spawning.controller import report
from spawning.errors import ApplicationNotFound, UsageError
from spawning.messages import Failed, Frame
from spawning.worker.failure import describe, in_project

FILES = {
    "yy_app.py": "import yy_views\n",
    "yy_views.py": "x = 1\nvalue = undefined_name\n",
    "yy_letters.py": "word = 'größe', undefined_name\n",
    "yy_syntax_letters.py": "word = 'größe' ]\n",
    "yy_syntax.py": "x = 1\ndef broken(:\n    pass\n",
    "yy_imports_syntax.py": "import yy_syntax\n",
    "yy_indent.py": "def f():\nreturn 1\n",
    "yy_text.py": "x = 1\neval('1 +')\n",
    "yy_missing.py": "import yy_not_there\n",
    "yy_library.py": "import json\n\njson.loads('{')\n",
    "yy_exits.py": "raise SystemExit('no settings')\n",
    "yy_quiet.py": "raise LookupError\n",
    "site-packages/yy_installed.py": "def fail():\n    raise LookupError('deep')\n",
    "yy_uses_installed.py": "import yy_installed\n\n\nyy_installed.fail()\n",
}


@pytest.fixture
def failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Failed]]:
    """Return what imports a module that fails, and describes how."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path / "site-packages"))
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()

    def fail(module: str) -> Failed:
        try:
            importer.load(f"{module}:app")
        except BaseException as error:
            return describe(error, str(tmp_path))
        pytest.fail("nothing failed")

    yield fail
    for name in [name for name in sys.modules if name.startswith("yy_")]:
        del sys.modules[name]


# (module, type, words of the message, file, line)
FAILURES = [
    ("yy_app", "NameError", "undefined_name", "yy_views.py", 2),
    ("yy_views", "NameError", "undefined_name", "yy_views.py", 2),
    ("yy_syntax", "SyntaxError", "", "yy_syntax.py", 2),
    ("yy_imports_syntax", "SyntaxError", "", "yy_syntax.py", 2),
    ("yy_indent", "IndentationError", "indented block", "yy_indent.py", 2),
    ("yy_text", "SyntaxError", "", "yy_text.py", 2),
    ("yy_missing", "ModuleNotFoundError", "yy_not_there", "yy_missing.py", 1),
    ("yy_library", "JSONDecodeError", "Expecting", "yy_library.py", 3),
    ("yy_uses_installed", "LookupError", "deep", "yy_uses_installed.py", 4),
    ("yy_exits", "SystemExit", "no settings", "yy_exits.py", 1),
    ("yy_quiet", "LookupError", "", "yy_quiet.py", 1),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure[0])
def test_a_failure_points_at_the_projects_last_line(
    failure: tuple[str, str, str, str, int], failed: Callable[[str], Failed], tmp_path: Path
) -> None:
    module, kind, words, file, line = failure
    said = failed(module)
    assert (said.found, said.type, said.line) == (True, kind, line)
    assert said.file == str(tmp_path / file)
    assert words in said.message
    assert said.file not in said.message


def test_a_syntax_error_has_a_column(failed: Callable[[str], Failed]) -> None:
    assert failed("yy_syntax").column == len("def broken(:")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="frames have columns from 3.11 on")
def test_a_frame_has_a_column(failed: Callable[[str], Failed]) -> None:
    assert failed("yy_app").column == len("value = u")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="frames have columns from 3.11 on")
def test_columns_count_characters(failed: Callable[[str], Failed]) -> None:
    assert failed("yy_letters").column == len("word = 'größe', u")
    assert failed("yy_syntax_letters").column == len("word = 'größe' ]")


def test_frames_are_the_users_outermost_first(
    failed: Callable[[str], Failed], tmp_path: Path
) -> None:
    frames = failed("yy_uses_installed").frames
    ours = str(Path(importer.__file__).parent)
    assert not [frame for frame in frames if frame.file.startswith((ours, "<frozen"))]
    mine = [frame for frame in frames if frame.file.startswith(str(tmp_path))]
    assert mine == [
        Frame(str(tmp_path / "yy_uses_installed.py"), 4, "<module>", "yy_installed.fail()", True),
        Frame(
            str(tmp_path / "site-packages/yy_installed.py"),
            2,
            "fail",
            "raise LookupError('deep')",
            False,
        ),
    ]


def test_what_only_looks_for_a_module_is_no_frame(
    failed: Callable[[str], Failed], tmp_path: Path
) -> None:
    for name in ("yy_app", "yy_app.inside"):
        (_test, *frames) = failed(name).frames
        assert [frame.file for frame in frames] == [
            str(tmp_path / "yy_app.py"),
            str(tmp_path / "yy_views.py"),
        ]


@pytest.mark.parametrize(
    ("error", "found"),
    [(ApplicationNotFound("what", "hint"), False), (UsageError("what", "hint"), True)],
)
def test_an_error_of_ours_needs_no_frames(error: Exception, found: bool) -> None:
    expected = Failed(found, type(error).__name__, "what", "", 0, 0, (), "hint")
    assert describe(error, "/project") == expected


def test_an_error_that_was_never_raised_has_no_place() -> None:
    said = describe(LookupError("oh"), "/project")
    assert (said.file, said.line, said.column, said.frames) == ("", 0, 0, ())


LIBRARY = str(Path(traceback.__file__))

# (file, project, whether it is the project's own)
PLACES = [
    ("/project/app.py", "/project", True),
    ("/project/pkg/app.py", "/project", True),
    ("/project2/app.py", "/project", False),
    ("/elsewhere/app.py", "/project", False),
    ("/project/venv/lib/python3/site-packages/x.py", "/project", False),
    ("/project/usr/dist-packages/x.py", "/project", False),
    (LIBRARY, "/", False),
    ("<string>", "/project", False),
]


@pytest.mark.parametrize(("file", "project", "own"), PLACES)
def test_what_belongs_to_a_project(file: str, project: str, own: bool) -> None:
    assert in_project(file, project) is own


# A project may lie beside ours and begin with the same letters.
def test_frames_of_a_neighbour_of_ours_are_the_users() -> None:
    neighbour = f"{Path(importer.__file__).parent}_site/app.py"
    try:
        exec(compile("raise LookupError('oh')", neighbour, "exec"))
    except LookupError as error:
        said = describe(error, str(Path(neighbour).parent))
    assert said.file == neighbour


def test_a_failure_is_told_with_the_place_first(failed: Callable[[str], Failed]) -> None:
    said = failed("yy_app")
    first, *others = report.failure(said, str(Path.cwd()), every_frame=False)
    assert first == f"error: {said.file}:2:{said.column or 1}: NameError: {said.message}"
    assert others == [
        "  yy_app.py:1 in <module>: import yy_views",
        "  yy_views.py:2 in <module>: value = undefined_name",
    ]
