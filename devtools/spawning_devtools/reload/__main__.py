"""The conductor's process: one small loop that acts.

Started as a script, `__main__.py SETTINGS FD`, by the controller.  It ends when
the other end of FD is closed, whatever the reason.  Signals that a terminal sends
to the whole group are not for it: the controller decides when it ends.
"""

from __future__ import annotations

import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))


if __name__ == "__main__":
    # The folder of a script comes first on its path, and ours has modules with
    # everyday names.
    if sys.path and os.path.abspath(sys.path[0]) == _HERE:
        del sys.path[0]

    import json

    # In front, and only those that Python does not know: a checkout needs that, and
    # in an installation no order changes.
    folders = json.loads(sys.argv[1])["import_from"]
    sys.path[:0] = [folder for folder in folders if folder not in sys.path]

    from spawning_devtools.reload.conductor.process import main

    main(sys.argv[1], int(sys.argv[2]))
