import os

VERSION = "v0"
MARK = os.urandom(8).hex()
