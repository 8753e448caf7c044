import os
import time

from flask import Response, current_app, render_template, request

from site_app import helpers
from site_app.models import all_notes

VERSION = "v0"


def index():
    return helpers.text(f"index {VERSION}")


def entry():
    return helpers.text(f"entry {current_app.config['ENTRY_VERSION']}")


def leaf():
    return helpers.text(f"leaf {helpers.VERSION}")


def lazy():
    from site_app import late

    return helpers.text(f"lazy {late.VERSION}")


def page():
    return render_template("page.html", notes=all_notes(), version=VERSION)


def slow():
    milliseconds = int(request.args.get("ms", "100"))
    time.sleep(milliseconds / 1000)
    return helpers.text(f"slow {VERSION} {milliseconds}")


def echo():
    return Response(request.get_data(), content_type="application/octet-stream")


def pid():
    return helpers.text(str(os.getpid()))
