"""`python -I opener.py URL`: opens a browser, which may take its time, and ends.

It imports nothing of ours: a process that is started for this alone.
"""

from __future__ import annotations

import os
import sys
import webbrowser


def main(url: str) -> None:
    """Open the browser, whose own chatter nobody wants to read; a failure is one line."""
    ours = os.dup(2)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    try:
        opened = webbrowser.open(url)
    except (webbrowser.Error, OSError):
        opened = False
    if not opened:
        os.write(ours, f"spawn: --open: there is no browser; the address is {url}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1])
