"""`python spawning/worker/settling.py QUESTION CHANNEL`: runs the user's factory once.

The controller asks it when the server starts, because it never runs code of the
user's itself.  It is run by path and with the search path of a worker, for the
same reason as a worker is.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path


def main(question: str, descriptor: int) -> None:
    """Answer with one message, `Settled` or `Failed`, and end this process."""
    from spawning import log
    from spawning.config import from_plain
    from spawning.messages import Channel, Settle, decode
    from spawning.worker import application, failure

    # Ctrl-C reaches us too, and a traceback would be all that we have to say about it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    os.set_inheritable(descriptor, False)
    channel = Channel(socket.socket(fileno=descriptor))
    settle = decode(question.encode())
    assert isinstance(settle, Settle)
    sys.path[:] = settle.sys_path
    try:
        channel.send(application.settle(from_plain(settle.config), settle.typed))
    except BaseException as error:
        channel.send(failure.describe(error, os.getcwd()))
    channel.finish()
    log.flush_standard_streams()
    os._exit(0)  # threads that the factory has started would keep us


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    main(sys.argv[1], int(sys.argv[2]))
