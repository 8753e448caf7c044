"""Where the session is, and how the prompt says so; pure."""

from __future__ import annotations

import dataclasses

from spawning_devtools.ctl.attach.wire import Said
from spawning_devtools.ctl.rendering import Fragments

CONTROLLER = "controller"


@dataclasses.dataclass(frozen=True, slots=True)
class Where:
    """A worker of some generation, or the controller."""

    worker: int | str = 0
    """0, or 'controller', where it is no worker."""
    generation: int = 0
    pid: int = 0
    application: str = ""
    python: str = ""

    @classmethod
    def told(cls, hello: Said) -> Where:
        """Return what a `hello` says."""
        return cls(
            hello.get("worker") or 0,
            int(hello.get("generation") or 0),
            int(hello.get("pid") or 0),
            str(hello.get("application") or ""),
            str(hello.get("python") or ""),
        )

    def moved(self, said: Said) -> Where:
        """Return where a `moved` has taken the session."""
        return dataclasses.replace(
            self,
            worker=said.get("worker") or 0,
            generation=int(said.get("generation") or 0),
            pid=int(said.get("pid") or 0),
        )

    @property
    def is_controller(self) -> bool:
        """Whether it is no worker."""
        return self.worker in (0, CONTROLLER)

    def prompt(self, mark: str = ">>> ", style: str = "class:mark") -> Fragments:
        """Return what stands before what is typed."""
        if self.is_controller:
            return [("class:worker", f"{CONTROLLER} "), (style, mark)]
        return [
            ("class:worker", f"w{self.worker}"),
            ("class:dim", f" g{self.generation} "),
            (style, mark),
        ]

    def sentence(self) -> str:
        """Return where it is, in words."""
        place = "the controller" if self.is_controller else f"worker {self.worker}"
        process = f" (pid {self.pid})" if self.pid else ""
        of = "" if self.is_controller or not self.generation else f", generation {self.generation}"
        return f"{place}{process}{of}"
