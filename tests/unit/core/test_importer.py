from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from spawning import importer
from spawning.errors import ApplicationNotFound

# Prefixed, so that no module of another test or package has the same name.
FILES = {
    "zz_shop.py": """
        def app(): return "app"
        def make(): return lambda: "made"
        def make_nothing(): return None
        def fails(): raise LookupError("inside make")
        number = 5
        class space:
            def app(): return "space.app"
            class inner:
                def app(): return "inner.app"
        """,
    "zz_named.py": """
        def application(): return "application"
        def app(): return "app"
        """,
    "zz_factory.py": "def app(): return lambda: 'from app()'",
    "zz_empty.py": "",
    "zz_broken.py": "import zz_missing_thing",
    "zz_within.py": "def app(): ...\nfrom zz_shop import nothing_like_it",
    "zz_syntax.py": "def app(:",
    "zz_raises.py": "raise LookupError('at import')",
    "zz_pkg/__init__.py": "def app(): return 'zz_pkg.app'",
    "zz_pkg/wsgi.py": "def app(): return 'zz_pkg.wsgi.app'",
    "zz_pkg/deep/__init__.py": "",
    "zz_pkg/deep/web.py": "def application(): return 'deep application'",
    "zz_pkg/broken.py": "import zz_pkg.not_there",
    "zz_bad/__init__.py": "import zz_bad.not_there",
    "zz_bad/wsgi.py": "def app(): ...",
    "zz_space/wsgi.py": "def app(): return 'zz_space.wsgi.app'",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder of modules that is current and importable."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("\n        ", "\n"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("zz_")]:
        del sys.modules[name]


# (name, what a call of the object says)
FOUND = [
    ("zz_shop.app", "app"),
    ("zz_shop:app", "app"),
    ("zz_shop", "app"),
    ("zz_named", "application"),
    ("zz_shop.make()", "made"),
    ("zz_shop:make()", "made"),
    ("zz_factory()", "from app()"),
    ("zz_shop.space.app", "space.app"),
    ("zz_shop:space.app", "space.app"),
    ("zz_shop.space.inner.app", "inner.app"),
    ("zz_pkg", "zz_pkg.app"),
    ("zz_pkg.app", "zz_pkg.app"),
    ("zz_pkg.wsgi", "zz_pkg.wsgi.app"),
    ("zz_pkg.wsgi.app", "zz_pkg.wsgi.app"),
    ("zz_pkg.wsgi:app", "zz_pkg.wsgi.app"),
    ("zz_pkg.deep.web", "deep application"),
    ("zz_pkg.deep.web.application", "deep application"),
    ("zz_space.wsgi.app", "zz_space.wsgi.app"),
]


@pytest.mark.parametrize(("name", "says"), FOUND)
def test_a_name_is_found(name: str, says: str) -> None:
    assert importer.load(name)() == says


# (name, words of the message, hint or the beginning of one)
NOT_FOUND = [
    ("zz_sight.app", ["zz_sight"], "did you mean 'zz_shop'?"),
    ("zz_sight:app", ["zz_sight"], "did you mean 'zz_shop'?"),
    ("zz_sight", ["zz_sight"], "did you mean 'zz_shop'?"),
    ("zz_quite_another.app", ["zz_quite_another"], "is this the right folder?"),
    ("zz_shop.ap", ["'ap'", "zz_shop.py"], "did you mean 'app'?"),
    ("zz_shop:ap", ["'ap'", "zz_shop.py"], "did you mean 'app'?"),
    ("zz_shop.mke()", ["'mke'"], "did you mean 'make'?"),
    ("zz_shop:space.ap", ["'ap'"], "did you mean 'app'?"),
    ("zz_shop.wsgi.app", ["'wsgi'", "zz_shop.py"], ""),
    ("zz_shop.number", ["int", "cannot be called"], ""),
    ("zz_empty", ["zz_empty", "'application'", "'app'"], "name it: zz_empty:the_name"),
    ("zz_empty.app", ["'app'", "zz_empty.py"], ""),
    ("zz_pkg.wsgy.app", ["'wsgy'"], "did you mean 'wsgi'?"),
    ("zz_pkg.wsgy:app", ["zz_pkg.wsgy"], "did you mean 'zz_pkg.wsgi'?"),
    ("zz_pkg.dep.web:app", ["zz_pkg.dep"], "did you mean 'zz_pkg.deep'?"),
    ("zz_pkg.deep", ["'application'"], "name it"),
    ("", ["''"], "type mod.app"),
    ("zz_shop.app(1)", ["zz_shop.app(1)"], "type mod.app"),
    ("zz_shop.py:app", ["py"], ""),
    ("zz-site.app", ["zz-site"], "type mod.app"),
    ("zz_shop app", ["zz_shop app"], "type mod.app"),
    ("1.app", ["1.app"], "type mod.app"),
    ("zz_shop:", ["zz_shop:"], "type mod.app"),
    (":app", [":app"], "type mod.app"),
    (".app", [".app"], "type mod.app"),
    ("zz_shop.", ["zz_shop."], "type mod.app"),
    ("zz_shop..app", ["zz_shop..app"], "type mod.app"),
    ("zz_shop:a:b", ["zz_shop:a:b"], ""),
    ("..zz_shop:app", ["..zz_shop:app"], "type mod.app"),
    ("()", ["()"], "type mod.app"),
]


@pytest.mark.parametrize(("name", "words", "hint"), NOT_FOUND)
def test_a_name_that_is_wrong_is_not_found(name: str, words: list[str], hint: str) -> None:
    with pytest.raises(ApplicationNotFound) as error:
        importer.load(name)
    for word in words:
        assert word in error.value.message
    assert error.value.hint.startswith(hint)
    assert "\n" not in str(error.value)


# (name, what is raised, words)
FAILED_INSIDE = [
    ("zz_broken.app", ModuleNotFoundError, "zz_missing_thing"),
    ("zz_broken:app", ModuleNotFoundError, "zz_missing_thing"),
    ("zz_broken", ModuleNotFoundError, "zz_missing_thing"),
    ("zz_within.app", ImportError, "nothing_like_it"),
    ("zz_syntax:app", SyntaxError, ""),
    ("zz_raises.app", LookupError, "at import"),
    ("zz_shop.fails()", LookupError, "inside make"),
    ("zz_pkg.broken.app", ModuleNotFoundError, "zz_pkg.not_there"),
    ("zz_pkg.broken:app", ModuleNotFoundError, "zz_pkg.not_there"),
    ("zz_bad.wsgi.app", ModuleNotFoundError, "zz_bad.not_there"),
    ("zz_bad.wsgi:app", ModuleNotFoundError, "zz_bad.not_there"),
    ("zz_bad", ModuleNotFoundError, "zz_bad.not_there"),
]


@pytest.mark.parametrize(("name", "kind", "words"), FAILED_INSIDE)
def test_what_fails_inside_raises_what_it_raised(
    name: str, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind) as error:
        importer.load(name)
    assert words in str(error.value)


def test_what_a_factory_makes_is_the_callers_to_judge() -> None:
    assert importer.load("zz_shop.make_nothing()") is None
