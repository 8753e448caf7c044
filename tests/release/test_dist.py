"""The packages as they are published: what is in them, and that they agree."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import spawning

ROOT = Path(__file__).resolve().parents[2]
MANUALS = {"share/man/man1/spawn.1", "share/man/man1/spawnctl.1", "share/info/spawning.info"}
NOT_OURS = ("tests", "benchmarks", "examples", "scripts", "docs")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.skipif(shutil.which("makeinfo") is None, reason="makeinfo is not installed"),
]


@pytest.fixture(scope="session")
def wheel(dist: Path) -> zipfile.ZipFile:
    (path,) = dist.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="session")
def vsix(dist: Path) -> zipfile.ZipFile:
    (path,) = dist.glob("*.vsix")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="session")
def unpacked(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the source distribution."""
    (path,) = dist.glob("*.tar.gz")
    folder = tmp_path_factory.mktemp("sdist")
    subprocess.run(["tar", "-xf", path], cwd=folder, check=True)
    (inside,) = folder.iterdir()
    return inside


def contents(wheel: zipfile.ZipFile) -> dict[str, bytes]:
    return {name: wheel.read(name) for name in wheel.namelist()}


def data_in(wheel: zipfile.ZipFile) -> dict[str, bytes]:
    """Return the files that are installed beside the packages, by their places."""
    found = {}
    for name, content in contents(wheel).items():
        if ".data/data/" in name:
            found[name.partition(".data/data/")[2]] = content
    return found


def sources() -> set[str]:
    """Return the files of both packages, as they are named in a wheel."""
    return {
        path.relative_to(folder).as_posix()
        for folder, package in ((ROOT, "spawning"), (ROOT / "devtools", "spawning_devtools"))
        for path in (folder / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_there_is_one_of_each(dist: Path) -> None:
    version = spawning.__version__
    theirs = re.sub(r"\.?(dev|a|b|rc)(\d+)$", r"-\1.\2", version)  # as the editor writes it
    assert {path.name for path in dist.iterdir()} == {
        f"spawning-{version}-py3-none-any.whl",
        f"spawning-{version}.tar.gz",
        f"spawning-{theirs}.vsix",
    }


def test_versions_are_that_of_the_code(wheel: zipfile.ZipFile, vsix: zipfile.ZipFile) -> None:
    version = spawning.__version__
    (metadata,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    assert Parser().parsestr(wheel.read(metadata).decode())["Version"] == version
    assert f'__version__ = "{version}"' in wheel.read("spawning/__init__.py").decode()
    packed = json.loads(vsix.read("extension/package.json"))["version"]
    assert packed.replace("-", ".").replace("dev.", "dev") == version
    for name in MANUALS:
        assert version.encode() in data_in(wheel)[name], name


def test_the_wheel_holds_the_packages_and_the_manuals_alone(wheel: zipfile.ZipFile) -> None:
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert {name for name in packed if ".data/" not in name} == sources()
    assert set(data_in(wheel)) == MANUALS
    assert not {name.partition("/")[0] for name in packed} & set(NOT_OURS)


def test_the_source_distribution_makes_the_same_wheel(
    wheel: zipfile.ZipFile, unpacked: Path, tmp_path: Path
) -> None:
    build = [str(ROOT / ".venv/bin/python"), "-m", "build", "--no-isolation", "--wheel"]
    made = tmp_path / "made"
    subprocess.run([*build, "--outdir", str(made), str(ROOT)], check=True, capture_output=True)
    (path,) = made.iterdir()
    # `make dist` builds from what the source distribution holds; this one is of the checkout.
    assert contents(zipfile.ZipFile(path)) == contents(wheel)
    for name in ("tests/manual.py", "docs/index.md", "Makefile", "CHANGELOG.md", "changes"):
        assert (unpacked / name).exists()
    assert not list(unpacked.rglob("__pycache__"))


def test_the_extension_is_whole_and_small(vsix: zipfile.ZipFile) -> None:
    packed = {name.removeprefix("extension/") for name in vsix.namelist()}
    manifest = json.loads(vsix.read("extension/package.json"))
    named = {manifest["main"], manifest["icon"]}
    assert {name.removeprefix("./") for name in named} <= packed
    assert {"readme.md", "changelog.md"} <= {name.lower() for name in packed}
    assert any(name.lower().startswith("license") for name in packed)
    assert not [name for name in packed if name.startswith(("src/", "tests/", "node_modules/"))]
    assert not [name for name in packed if name.endswith((".ts", ".map", ".mts"))]


def test_the_manuals_can_be_read(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    for name, content in data_in(wheel).items():
        path = tmp_path / Path(name).name
        path.write_bytes(content)
        reader = ["info", "-o", "-", "-f"] if path.suffix == ".info" else ["man", "-l"]
        if shutil.which(reader[0]):
            shown = subprocess.run([*reader, str(path)], check=True, capture_output=True, text=True)
            assert "--reload" in shown.stdout or "spawnctl" in shown.stdout
            assert shown.stderr == ""
