"""cheroot on a port of 127.0.0.1, with 4 threads: cheroot_server.py [CONNECTIONS] PORT."""

import sys

from cheroot.wsgi import Server
from serving_app import app

server = Server(("127.0.0.1", int(sys.argv[-1])), app, numthreads=4, request_queue_size=1024)
# Beyond its 10 it would close each connection after one answer.
server.keep_alive_conn_limit = int(sys.argv[1]) if len(sys.argv) > 2 else 1024
if len(sys.argv) > 2:
    server.timeout = 600
try:
    server.start()
except KeyboardInterrupt:
    server.stop()
