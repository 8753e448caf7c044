import os

import fittings

MARK = os.urandom(8).hex()
FITTINGS = fittings.MARK
