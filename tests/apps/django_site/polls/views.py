import os
import time

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from polls import helpers
from polls.questions import all_questions

VERSION = "v0"


def index(request):
    return helpers.text(f"index {VERSION}")


def entry(request):
    return helpers.text(f"entry {settings.VERSION}")


def leaf(request):
    return helpers.text(f"leaf {helpers.VERSION}")


def lazy(request):
    from polls import late

    return helpers.text(f"lazy {late.VERSION}")


def page(request):
    return render(request, "polls/page.html", {"questions": all_questions(), "version": VERSION})


def slow(request):
    milliseconds = int(request.GET.get("ms", "100"))
    time.sleep(milliseconds / 1000)
    return helpers.text(f"slow {VERSION} {milliseconds}")


@require_POST
def echo(request):
    return HttpResponse(request.body, content_type="application/octet-stream")


def pid(request):
    return helpers.text(str(os.getpid()))
