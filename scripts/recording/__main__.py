"""Records what the README shows, and draws it: `make recording`.

    python scripts/recording [--redraw] [NAME ...]

Each recording is played anew in a terminal, with the real programs, and kept as
docs/figures/NAME.cast, which asciinema plays; docs/figures/NAME.svg is drawn from that.
`--redraw` draws only.  It needs tmux, curl and bash, and the port 8080.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
import tempfile
from pathlib import Path

import cast
from acts import ACTS, Act
from emulation import frames
from reel import animation
from stage import Missed, staged

FIGURES = Path(__file__).resolve().parents[2] / "docs" / "figures"
FINEST = 0.04
"""Seconds that a frame lasts at least."""
CURTAIN = 3.0
"""Seconds for which the end is shown."""


def record(act: Act) -> cast.Cast:
    """Play an act in a folder of its own; return what was shown."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "shop")
        folder.mkdir()
        for name, text in act.files.items():
            (folder / name).write_text(text)
        # An environment of its own: no history, no colours of somebody's shell.
        env = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": place,
            "XDG_STATE_HOME": f"{place}/state",
            "LANG": "C.UTF-8",
        }
        with staged(act.size, folder, env) as stage:
            act.play(stage)
            return stage.cast(act.title)


def draw(name: str) -> None:
    """Draw a recording."""
    kept = cast.read(FIGURES / f"{name}.cast")
    shown = list(frames(kept.hastened(), kept.size, FINEST))
    seconds = shown[-1].at + CURTAIN
    text = animation(shown, kept.size[0], seconds, kept.title)
    (FIGURES / f"{name}.svg").write_text(text)


def _is_free(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) != 0


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--redraw", action="store_true", help="record nothing")
    parser.add_argument("names", nargs="*", choices=[*ACTS, []], metavar="NAME", help="[all]")
    options = parser.parse_args()
    if not options.redraw and not _is_free(8080):
        print("error: port 8080 is in use, and the recordings show it", file=sys.stderr)
        return 1
    FIGURES.mkdir(exist_ok=True)
    for name in options.names or ACTS:
        try:
            if not options.redraw:
                cast.write(FIGURES / f"{name}.cast", record(ACTS[name]))
        except Missed as missed:
            print(f"error: {name}: {missed}", file=sys.stderr)
            return 1
        draw(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
