"""The files of deploy/, read as the programs read them that they are for."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from spawning.cli.settings import resolve
from spawning.config import Config

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
INSTANCE = "%i"
"""What stands in a unit for what follows the @ of its name."""


def parsed(words: Sequence[str], folder: Path) -> Config:
    """Return what a command line of `spawn` means; raises UsageError where it cannot be."""
    program, *rest = words
    assert Path(program).name == "spawn"
    return resolve(rest, folder).config


class UnitFile:
    """A unit of systemd, as it is for one instance."""

    def __init__(self, name: str, instance: str = "") -> None:
        text = (DEPLOY / "systemd" / name).read_text()
        text = text.replace("\\\n", "").replace(INSTANCE, instance)
        self.settings: dict[str, list[tuple[str, str]]] = {}
        """By section, in order; a name may come several times."""
        section = ""
        for line in text.splitlines():
            if heading := re.fullmatch(r"\[(\w+)\]", line):
                section = heading[1]
                self.settings[section] = []
            elif line and not line.startswith("#"):
                name, _, value = line.partition("=")
                self.settings[section].append((name, value))

    def __getitem__(self, name: str) -> str:
        (found,) = [
            value for section in self.settings.values() for key, value in section if key == name
        ]
        return found

    @property
    def words(self) -> list[str]:
        """Of ExecStart."""
        return shlex.split(self["ExecStart"])


class Image:
    """A Dockerfile, as instructions."""

    def __init__(self) -> None:
        text = (DEPLOY / "docker" / "Dockerfile").read_text().replace("\\\n", "")
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        pairs = [line.split(" ", 1) for line in lines]
        self.instructions = [(name, rest) for name, rest in pairs]

    def all(self, name: str) -> list[str]:
        """Return what follows each instruction of this name."""
        return [rest for found, rest in self.instructions if found == name]

    @property
    def words(self) -> list[str]:
        """Of CMD."""
        (command,) = self.all("CMD")
        return [str(word) for word in json.loads(command)]

    @property
    def check(self) -> tuple[dict[str, float], list[str]]:
        """The options of HEALTHCHECK, in seconds, and the words of its command."""
        (text,) = self.all("HEALTHCHECK")
        options, _, command = text.partition(" CMD ")
        found = re.findall(r"--([a-z-]+)=(\d+)s", options)
        assert len(found) == len(options.split())
        return {name: float(value) for name, value in found}, json.loads(command)


def manifest(name: str) -> dict[str, Any]:
    """Return an object for Kubernetes."""
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "kubernetes" / f"{name}.yaml").read_text())
    return found


def size(text: str) -> int:
    """Return the bytes that a quantity of Kubernetes means."""
    number, unit = re.fullmatch(r"(\d+)([KMG]i)", text).groups()  # type: ignore[union-attr]
    return int(number) << {"Ki": 10, "Mi": 20, "Gi": 30}[unit]
