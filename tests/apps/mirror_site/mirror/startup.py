"""What applications do to their process when they are imported."""

import atexit
import logging
import sys
import warnings

logging.basicConfig(level="INFO", format="%(name)s %(message)s")
logging.getLogger("mirror").addHandler(logging.NullHandler())
warnings.filterwarnings("ignore", message="a warning that nobody wants")
atexit.register(print, "the application says goodbye", flush=True)
TICKS = []
if "eventlet" in sys.modules:
    sys.modules["eventlet"].spawn(TICKS.append, "a greenlet that was begun at import has run")

# What is imported in no time is not kept as a whole.
sum(number for number in range(1_000_000))
