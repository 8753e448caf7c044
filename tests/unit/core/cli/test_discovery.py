"""What is taken for the application of a folder, as data: its files, and what is found."""

from __future__ import annotations

import pytest

from spawning.cli.discovery import discover
from spawning.errors import UsageError

APP = "def app(environ, start_response): ...\n"
MANAGE = """
import os, sys
def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings")
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
if __name__ == "__main__":
    main()
"""
WSGI_SETTING = "DEBUG = True\nWSGI_APPLICATION = 'site.serving.application'\n"

# (files, name of the application, why)
FOUND: dict[str, tuple[dict[str, str], str, str]] = {
    "a function": ({"app.py": APP}, "app:app", "app.py: app"),
    "a variable": ({"app.py": "app = Flask(__name__)\n"}, "app:app", "app.py: app"),
    "a variable with a type": ({"app.py": "app: Flask = f()\n"}, "app:app", "app.py: app"),
    "a class": ({"app.py": "class app: ...\n"}, "app:app", "app.py: app"),
    "an import": ({"app.py": "from site import app\n"}, "app:app", "app.py: app"),
    "an import by another name": (
        {"app.py": "from site import make as application\n"},
        "app:application",
        "app.py: application",
    ),
    "one of several": ({"app.py": "db, app = f()\n"}, "app:app", "app.py: app"),
    "two names at once": ({"app.py": "app = site = f()\n"}, "app:app", "app.py: app"),
    "within try": (
        {"app.py": "try:\n    from a import app\nexcept ImportError:\n    app = None\n"},
        "app:app",
        "app.py: app",
    ),
    "within if": ({"app.py": "if x:\n    app = 1\nelse:\n    app = 2\n"}, "app:app", "app.py: app"),
    "within with": ({"app.py": "with x:\n    app = 1\n"}, "app:app", "app.py: app"),
    "application before app": (
        {"app.py": "app = f()\napplication = g(app)\n"},
        "app:application",
        "app.py: application",
    ),
    "a name before a factory": (
        {"app.py": "def create_app(): ...\napp = create_app()\n"},
        "app:app",
        "app.py: app",
    ),
    "a factory": (
        {"app.py": "def create_app(config=None, *, debug=False, **rest): ...\n"},
        "app:create_app()",
        "app.py: create_app()",
    ),
    "another factory": (
        {"app.py": "def make_app(): ...\n"},
        "app:make_app()",
        "app.py: make_app()",
    ),
    "one factory of two that needs nothing": (
        {"app.py": "def make_app(x): ...\ndef create_app(): ...\n"},
        "app:create_app()",
        "app.py: create_app()",
    ),
    "wsgi.py": ({"wsgi.py": "application = f()\n"}, "wsgi:application", "wsgi.py: application"),
    "app.py before wsgi.py": (
        {"app.py": APP, "wsgi.py": "application = f()\n", "manage.py": MANAGE},
        "app:app",
        "app.py: app",
    ),
    "wsgi.py where app.py has nothing": (
        {"app.py": "x = 1\n", "wsgi.py": "app = f()\n"},
        "wsgi:app",
        "wsgi.py: app",
    ),
    "a syntax error, which the import will tell": (
        {"app.py": "app = (\n"},
        "app",
        "app.py, whose syntax is wrong",
    ),
    "a null, which the import will tell": (
        {"app.py": "app = 1\0\n"},
        "app",
        "app.py, whose syntax is wrong",
    ),
    "Django": (
        {"manage.py": MANAGE, "site/settings.py": WSGI_SETTING},
        "site.serving.application",
        "manage.py: site.settings: WSGI_APPLICATION",
    ),
    "Django with a package of settings": (
        {"manage.py": MANAGE, "site/settings/__init__.py": WSGI_SETTING},
        "site.serving.application",
        "manage.py: site.settings: WSGI_APPLICATION",
    ),
    "Django without WSGI_APPLICATION": (
        {"manage.py": MANAGE, "site/settings.py": "from base import *\n", "site/wsgi.py": ""},
        "site.wsgi",
        "manage.py: site.settings: site/wsgi.py",
    ),
    "Django with settings further in": (
        {
            "manage.py": "os.environ['DJANGO_SETTINGS_MODULE'] = 'site.settings.dev'\n",
            "site/settings/dev.py": "WSGI_APPLICATION = name\n",
            "site/wsgi.py": "",
        },
        "site.wsgi",
        "manage.py: site.settings.dev: site/wsgi.py",
    ),
}


@pytest.mark.parametrize(("files", "name", "reason"), FOUND.values(), ids=FOUND)
def test_application_is_found_in_the_source(files: dict[str, str], name: str, reason: str) -> None:
    assert discover(files.get, {}) == (name, reason)


# (files, what the sentence says of each)
NOT_FOUND: dict[str, tuple[dict[str, str], list[str]]] = {
    "nothing": ({}, ["no app.py", "no wsgi.py", "no manage.py"]),
    "no such name": (
        {"app.py": "site = 1\n", "wsgi.py": "import app\n"},
        ["app.py has no application, app, create_app, make_app", "wsgi.py has no application"],
    ),
    "asynchronous": ({"app.py": "async def app(scope, receive, send): ...\n"}, ["app.py has no"]),
    "when run only": (
        {"app.py": "if __name__ == '__main__':\n    app = f()\n"},
        ["app.py has no"],
    ),
    "within a function": ({"app.py": "def main():\n    app = f()\n"}, ["app.py has no"]),
    "declared only": ({"app.py": "app: Flask\n"}, ["app.py has no"]),
    "an attribute": ({"app.py": "x.app = 1\nx['app'] = 1\n"}, ["app.py has no"]),
    "a factory with arguments": (
        {"app.py": "def create_app(config): ...\ndef make_app(*, config): ...\n"},
        ["app.py has no"],
    ),
    "two factories": (
        {"app.py": "def create_app(): ...\ndef make_app(): ...\n"},
        ["app.py has both create_app and make_app"],
    ),
    "a manage.py of others": ({"manage.py": "x = 1\n"}, ["manage.py names no DJANGO_SETTINGS"]),
    "a manage.py with an error": ({"manage.py": "x = (\n"}, ["manage.py names no DJANGO_SETTINGS"]),
    "Django without an application": (
        {"manage.py": MANAGE, "site/settings.py": ""},
        ["manage.py names site.settings, which has no WSGI_APPLICATION"],
    ),
}


@pytest.mark.parametrize(("files", "words"), NOT_FOUND.values(), ids=NOT_FOUND)
def test_what_was_tried_is_one_sentence(files: dict[str, str], words: list[str]) -> None:
    with pytest.raises(UsageError) as raised:
        discover(files.get, {})
    text = str(raised.value)
    for word in (*words, "no application is named", "spawn my_module.my_wsgi_app"):
        assert word in text
    assert "\n" not in text


def test_settings_of_the_environment_win() -> None:
    files = {"manage.py": MANAGE, "other.py": "WSGI_APPLICATION = 'other.app'\n"}
    environ = {"DJANGO_SETTINGS_MODULE": "other"}
    assert discover(files.get, environ).name == "other.app"
