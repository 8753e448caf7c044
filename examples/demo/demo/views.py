"""What the pages say.  Change the greeting, save, and reload the page."""

import time
from pathlib import Path

from flask import render_template

from demo import facts, palette

GREETING = "Hello!"


def home():
    return render_template(
        "home.html",
        greeting=GREETING,
        accent=palette.ACCENT,
        facts=facts.about_this_process(),
        file=Path(__file__),
    )


def slow():
    """Take five seconds: save meanwhile, and see the old code finish what it began."""
    begun = facts.LOADED
    time.sleep(5)
    return f"{GREETING} This answer took five seconds; its code was loaded at {begun:%H:%M:%S}.\n"
