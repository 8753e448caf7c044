"""Where others see it.  What differs from place to place comes from the environment."""

import os

from suggestions.settings.base import *  # noqa: F403
from suggestions.settings.base import MIDDLEWARE

DEBUG = False
SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
ALLOWED_HOSTS = os.environ["DJANGO_ALLOWED_HOSTS"].split(",")
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = True

# Right after SecurityMiddleware: style sheets need no session.
MIDDLEWARE = [MIDDLEWARE[0], "whitenoise.middleware.WhiteNoiseMiddleware", *MIDDLEWARE[1:]]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
