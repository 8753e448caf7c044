"""What `/` answers: the version of each file that the benchmark edits."""

import os

from catalog import models as catalog_models
from catalog import views as catalog_views
from django.http import HttpResponse

from core import formats


def index(request):
    versions = {
        "entry": os.environ["SITE_ENTRY_VERSION"],
        "middle": catalog_views.VERSION,
        "leaf": formats.VERSION,
        "models": catalog_models.VERSION,
    }
    content = " ".join(f"{role}={version}" for role, version in versions.items())
    return HttpResponse(content + "\n", content_type="text/plain; charset=utf-8")
