import json
import os
import random
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mirror.settings")

import django

django.setup()

from flask import Flask

from mirror import first, startup, edited, later, tables, urls

app = Flask("mirror")
urls.register(app)

marks = {
    "version": edited.VERSION,
    "fittings": first.FITTINGS,
    "first": first.MARK,
    "edited": edited.MARK,
    "later": later.MARK,
    "chance": random.random(),
}
print("marks", json.dumps(marks), file=sys.stderr)
