from flask import Flask

from small_site.urls import register


def create_app(entry_version):
    app = Flask(__name__)
    app.config["ENTRY_VERSION"] = entry_version
    register(app)
    return app
