"""The keeper's process: keeps the lines that ran, and answers for `/_coverage`.

Started as a script, `__main__.py FOLDER… FD`, by the controller: the folders are those
from which our packages are imported.  It ends when the other end of FD is closed.
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

    # In front, and only those that Python does not know: a checkout needs that, and
    # in an installation no order changes.
    _ours = os.path.dirname(os.path.dirname(_HERE))
    sys.path[:0] = [folder for folder in (*sys.argv[1:-1], _ours) if folder not in sys.path]

    from spawning_devtools.cover.keeper.keeper import main

    sys.exit(main(int(sys.argv[-1])))
