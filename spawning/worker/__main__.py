"""`python spawning/worker CHANNEL [BOOT]`: what the controller executes.

It is run by path, not by -m, and sys.path is set before anything of ours is
imported: a `select.py` in the user's folder must not become our select.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    from spawning.worker.life import main

    sys.exit(main(*map(int, sys.argv[1:])))
