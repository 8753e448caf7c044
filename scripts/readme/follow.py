"""Does what the README says, word by word, as somebody who is new here: `make readme`.

    python scripts/readme/follow.py [--wheels FOLDER] [--long] [PAGE ...]

The newcomer is a user who was just made, where we are root; else you, with an empty home and
an environment without your settings.  `pip install` finds the wheel in FOLDER.  What is typed
and what it prints is shown; what the page shows is compared with that, but for figures.
`--long` runs `make test` and `make bench` too.  It needs curl and bash, and the port 8080.
"""

from __future__ import annotations

import argparse
import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))  # where the manual is read

from newcomer import newcomer  # noqa: E402
from reader import Reader  # noqa: E402
from terminal import Failed  # noqa: E402

PORT = 8080


def _is_free(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) != 0


def follow(page: str, wheels: Path, long: bool) -> int:
    """Do what a page says; return how many commands were typed."""
    if not _is_free(PORT):
        raise Failed(f"port {PORT} is in use, and {page} shows it: stop what serves there")
    with newcomer(wheels) as somebody, Reader(page, somebody, long) as reader:
        return reader.follow()


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--wheels", type=Path, default=ROOT / "dist", help="[dist]")
    parser.add_argument("--long", action="store_true", help="run what takes long, too")
    parser.add_argument("pages", nargs="*", default=["README.md"], metavar="PAGE")
    options = parser.parse_args()
    for page in options.pages:
        try:
            count = follow(page, options.wheels, options.long)
        except Failed as failed:
            print(f"\nerror: {failed}", file=sys.stderr)
            return 1
        print(f"\n{page}: all {count} commands did what it says", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
