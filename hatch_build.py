"""Puts the manuals for a terminal into what is built, where `make man info` has made them.

They are made with Sphinx, which nobody needs in order to install a package: without them a
wheel is built all the same.  The source distribution has them too, so that a wheel which is
built from that has them as well.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MADE = ("share/man/man1/spawn.1", "share/man/man1/spawnctl.1", "share/info/spawning.info")


class ManualsHook(BuildHookInterface[Any]):
    """What hatchling finds here by its base class."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the manuals that are there."""
        made = {str(Path(self.root, path)): path for path in MADE if Path(self.root, path).exists()}
        key = "shared_data" if self.target_name == "wheel" else "force_include"
        build_data[key].update(made)
