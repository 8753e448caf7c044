"""bjoern on a port of 127.0.0.1: bjoern_server.py [...] PORT."""

import sys

import bjoern
from serving_app import app

bjoern.run(app, "127.0.0.1", int(sys.argv[-1]))
