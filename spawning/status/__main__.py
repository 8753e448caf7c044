"""`python spawning/status CHANNEL`: what the controller executes.

It is run by path, as a worker is, so that nothing in the user's folder becomes
a module of ours.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    from spawning.status.life import main

    sys.exit(main(int(sys.argv[1])))
