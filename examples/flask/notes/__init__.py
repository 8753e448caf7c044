"""Notes in a file of SQLite."""

from pathlib import Path

from flask import Flask

from notes import pages, store


def create_app():
    """Return the application, with the tables that it needs."""
    app = Flask(__name__)
    app.config["DATABASE"] = str(Path(app.instance_path) / "notes.sqlite3")
    app.config.from_prefixed_env("NOTES")
    store.init_app(app)
    app.register_blueprint(pages.blueprint)
    return app
