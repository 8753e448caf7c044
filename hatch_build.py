"""What is put into a wheel besides the packages: the manuals, and the engine compiled.

The manuals for a terminal are those that `make man info` has made.  They are made with Sphinx,
which nobody needs in order to install a package: without them a wheel is built all the same.
The source distribution has them too, so that a wheel which is built from that has them as well.

The modules that every request passes are compiled by mypyc where that is asked for.  Their
sources are in the wheel too, and what Python imports where it is not the one they were compiled
for.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MADE = ("share/man/man1/spawn.1", "share/man/man1/spawnctl.1", "share/info/spawning.info")
ASKED = "SPAWNING_COMPILED"
HINT = f"type apt-get install gcc python3-dev, or leave {ASKED} away, and nothing is compiled"
SHARED = "spawning.engine"
"""The beginning of the name of what all compiled modules share: inside the package, for what lies
beside it would be taken for the user's own where a checkout is served from."""


class Hook(BuildHookInterface[Any]):
    """What hatchling finds here by its base class."""

    def dependencies(self) -> list[str]:
        """Return what it takes to build this."""
        compiler: list[str] = self.config["compiler"]
        return compiler if self._compiles("standard") else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the manuals that are there, and what is compiled."""
        made = {str(Path(self.root, path)): path for path in MADE if Path(self.root, path).exists()}
        key = "shared_data" if self.target_name == "wheel" else "force_include"
        build_data[key].update(made)
        if self._compiles(version):
            self._folder = tempfile.TemporaryDirectory(prefix="spawning-compiled-")
            build_data["force_include"].update(
                compiled(self.root, self.config["compiled"], self._folder.name)
            )
            build_data.update(pure_python=False, infer_tag=True)

    def finalize(self, version: str, _build_data: dict[str, Any], _artifact: str) -> None:
        """Remove what was needed for a while."""
        if self._compiles(version):
            self._folder.cleanup()

    def _compiles(self, version: str) -> bool:
        # Not where it is installed to be edited: what is edited would not be what runs.
        is_wheel = self.target_name == "wheel" and version == "standard"
        return is_wheel and os.environ.get(ASKED) == "1"


def compiled(root: str, modules: list[str], folder: str) -> dict[str, str]:
    """Return the extension modules of `modules`, compiled into `folder`: path, place in a wheel."""
    from mypyc.build import mypycify
    from setuptools import Distribution
    from setuptools.errors import BaseError, CompileError, LinkError

    os.chdir(root)  # where mypy finds its settings, and the names of the modules come from
    sources = mypycify(modules, target_dir=folder, debug_level="0", group_name=SHARED)
    command = Distribution({"ext_modules": sources}).get_command_obj("build_ext")
    command.build_lib, command.build_temp = f"{folder}/lib", f"{folder}/temp"
    command.ensure_finalized()
    try:
        command.run()
    except (BaseError, CompileError, LinkError) as error:
        sys.exit(f"error: {ASKED}=1 needs a C compiler and the headers of Python: {error}; {HINT}")
    return {path: os.path.relpath(path, command.build_lib) for path in command.get_outputs()}
