"""What a page can tell about the process that made it."""

import os
from datetime import datetime
from itertools import count

LOADED = datetime.now()

_answers = count(1)


def about_this_process():
    age = (datetime.now() - LOADED).total_seconds()
    return {
        "this code was loaded": f"at {LOADED:%H:%M:%S}, {age:.0f} s ago",
        "answered by": f"process {os.getpid()}",
        "its answers so far": next(_answers),
    }
