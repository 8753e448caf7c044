import os

from mirror import first, startup, edited, later  # isort: skip

from flask import Flask

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mirror.settings")

import django

django.setup()

from mirror import tables, urls

app = Flask("mirror")
urls.register(app)
