from flask import abort, current_app, render_template

from small_site import helpers
from small_site.models import all_notes

VERSION = "v0"


def index():
    entry = current_app.config["ENTRY_VERSION"]
    return helpers.text(f"entry={entry} middle={VERSION} leaf={helpers.VERSION}")


def page():
    return render_template("page.html", notes=all_notes())


def note(number):
    notes = all_notes()
    if number >= len(notes):
        abort(404)
    return helpers.text(notes[number].text)
