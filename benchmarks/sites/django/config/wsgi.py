import os

from django.core.wsgi import get_wsgi_application

VERSION = "v0"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_wsgi_application()


def application(environ, start_response):
    environ["site.entry"] = VERSION
    return _django(environ, start_response)
