"""On the machine of who writes it."""

from suggestions.settings.base import *  # noqa: F403

DEBUG = True
SECRET_KEY = "not a secret: it only serves this machine"  # noqa: S105
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
