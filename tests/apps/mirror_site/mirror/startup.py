"""What applications do to their process when they are imported."""

import atexit
import logging
import random
import warnings

logging.basicConfig(level="INFO", format="%(name)s %(message)s")
logging.getLogger("mirror").addHandler(logging.NullHandler())
warnings.filterwarnings("ignore", message="a warning that nobody wants")
atexit.register(print, "the application says goodbye", flush=True)
CHANCE = random.random()
