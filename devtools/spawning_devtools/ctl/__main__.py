"""`python -m spawning_devtools.ctl` is `spawnctl`."""

from __future__ import annotations

import sys

from spawning_devtools.ctl import main

if __name__ == "__main__":
    sys.exit(main())
