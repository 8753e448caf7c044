"""eventlet.wsgi on a port of 127.0.0.1, without an access log: eventlet_server.py [SIZE] PORT."""

import sys
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import eventlet

    # As applications have it that wait for something.
    eventlet.monkey_patch()
    from eventlet import wsgi

from serving_app import app

port = int(sys.argv[-1])
# One greenlet per connection; SIZE is for the idle case.
size = int(sys.argv[1]) if len(sys.argv) > 2 else 1024
listener = eventlet.listen(("127.0.0.1", port), backlog=1024)
wsgi.server(listener, app, log_output=False, max_size=size)
