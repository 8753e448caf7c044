import os
import sys

MARK = os.urandom(8).hex()
print("later is imported", file=sys.stderr)
