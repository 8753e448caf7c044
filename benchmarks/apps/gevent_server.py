"""gevent.pywsgi on a port of 127.0.0.1, without an access log.

python -m gevent.monkey gevent_server.py [...] PORT
"""

import sys

from gevent import socket
from gevent.pywsgi import WSGIServer
from serving_app import app

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
# Handed down to each connection.  Without it every answer that leaves in two pieces is delayed.
listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
listener.bind(("127.0.0.1", int(sys.argv[-1])))
listener.listen(1024)
WSGIServer(listener, app, log=None).serve_forever()
