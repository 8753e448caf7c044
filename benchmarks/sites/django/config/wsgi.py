import os

from django.core.wsgi import get_wsgi_application

VERSION = "v0"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["SITE_ENTRY_VERSION"] = VERSION

application = get_wsgi_application()
