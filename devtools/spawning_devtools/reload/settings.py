"""What the controller tells the conductor: one argument, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What the controller tells the conductor in its arguments."""

    project: str
    watch: tuple[str, ...]
    since: float
    """Time of day before which no worker had read anything, in seconds since the epoch."""
    poll: bool
    """Whether to look at the files from time to time, whatever the events tell."""
    import_from: tuple[str, ...]
    """Folders from which `spawning` and `spawning_devtools` are imported."""

    def encode(self) -> str:
        """Return the settings as one argument."""
        return json.dumps(asdict(self))

    @staticmethod
    def decode(argument: str) -> Settings:
        """Return the settings of an argument."""
        fields = json.loads(argument)
        return Settings(
            project=fields["project"],
            watch=tuple(fields["watch"]),
            since=fields["since"],
            poll=fields["poll"],
            import_from=tuple(fields["import_from"]),
        )
