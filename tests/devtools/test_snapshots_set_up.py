"""Django is set up before its turn where the file that does so is what is edited."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from clients import get
from serving import APPS, StartServer
from warm import Warm

pytestmark = pytest.mark.slow

WSGI = "mysite/wsgi.py"
SETTINGS = """
import random, time
MARK = random.random()
TIME_ZONE = "Asia/Tokyo"
LOGGING = {"version": 1, "disable_existing_loggers": True, "handlers": {}, "loggers": {}}
"""
SHOWS = """
import logging, os, time
log = logging.getLogger(__name__)

def index(request):
    from django.apps import apps
    from django.urls import get_script_prefix
    facts = {
        "mark": settings.MARK, "name": settings.NAME, "zone": [os.environ["TZ"], time.tzname[0]],
        "log": log.disabled, "prefix": get_script_prefix(), "ready": apps.ready,
        "setup": [django.setup.__module__, django.setup.__qualname__],
    }
    return JsonResponse(facts)
"""


@pytest.fixture
def site(spawn: StartServer, tmp_path: Path) -> Warm:
    """A Django project whose settings draw a number and configure logging."""
    folder = shutil.copytree(APPS / "django_site", tmp_path / "site")
    (folder / WSGI).write_text((folder / WSGI).read_text() + "# v0\n")
    settings = folder / "mysite" / "settings.py"
    settings.write_text(settings.read_text() + SETTINGS + "NAME = 'usual'\n")
    (folder / "mysite" / "others.py").write_text("from mysite.settings import *\nNAME = 'other'\n")
    views = folder / "polls" / "views.py"
    top = "import django\nfrom django.http import JsonResponse\n"
    views.write_text(top + views.read_text() + SHOWS)
    server = spawn(folder, "-s", "1", "--reload=dev", "-l", "/dev/null", "mysite.wsgi.application")
    return Warm(server, folder, WSGI)


def rewrite(site: Warm, old: str, new: str) -> None:
    """Save another `wsgi.py`, and wait for it."""
    site.settle()
    begin = len(site.server.log.lines)
    text = site.edited.read_text()
    assert old in text
    site.edited.write_text(text.replace(old, new))
    site.wait_for_generation(begin)


def cold_starts(site: Warm) -> list[str]:
    return [line for line in site.server.log.lines if "once more, cold" in line]


def test_the_settings_are_not_imported_again_and_all_is_as_in_a_cold_start(site: Warm) -> None:
    cold = site.get()
    site.save()
    first = site.get()
    site.save()
    second = site.get()
    assert first["mark"] == second["mark"] != cold["mark"]
    marks = {"mark": cold["mark"]}
    assert {**first, **marks} == {**second, **marks} == cold
    assert cold["zone"] == ["Asia/Tokyo", "JST"]
    assert not cold_starts(site)


def test_other_settings_are_taken_from_a_cold_start(site: Warm) -> None:
    site.save()
    assert site.get()["name"] == "usual"
    rewrite(site, '"mysite.settings"', '"mysite.others"')
    assert site.get()["name"] == "other"
    assert len(cold_starts(site)) == 1
    site.save()
    assert site.get()["name"] == "other"
    assert len(cold_starts(site)) == 1


def test_one_that_does_not_set_django_up_any_more_is_started_cold(site: Warm) -> None:
    site.save()
    plain = "def application(environ, start):\n    start('200 OK', [])\n"
    ready = "    from django.apps import apps\n    return [repr(apps.ready).encode()]\n"
    rewrite(site, "application = get_wsgi_application()\n", plain + ready)
    assert get(site.server.address, "/").text == "False"
    assert "does not set its framework up" in cold_starts(site)[-1]
