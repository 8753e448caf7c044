"""A Flask project of several modules, for tests that edit a copy of it.

Who imports whom: wsgi -> site_app -> urls -> views -> models -> helpers, views -> helpers,
and, inside a view only, views -> late -> helpers.  Each `VERSION = "v0"` is what one URL
answers, so that a test can tell which code is running: / (views), /leaf (helpers),
/lazy (late), /entry (wsgi).
"""

from flask import Flask

from site_app.urls import register


def create_app(entry_version="v0"):
    app = Flask(__name__)
    app.config["ENTRY_VERSION"] = entry_version
    register(app)
    return app
