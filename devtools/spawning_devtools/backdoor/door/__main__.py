"""The door's process, started as a script, `__main__.py FOLDER FD`, by the controller.

FOLDER is where `spawning` is imported from.  It ends when the other end of FD is closed.
"""

from __future__ import annotations

import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))

if __name__ == "__main__":
    # The folder of a script comes first on its path, and ours has modules with everyday names.
    if sys.path and os.path.abspath(sys.path[0]) == _HERE:
        del sys.path[0]
    devtools = os.path.dirname(os.path.dirname(os.path.dirname(_HERE)))
    folders = (devtools, *sys.argv[1:-1])
    # Only those that Python does not know: a checkout needs that, an installation does not.
    sys.path[:0] = [folder for folder in folders if folder not in sys.path]

    from spawning_devtools.backdoor.door.process import main

    main(int(sys.argv[-1]))
