"""What `/` answers: the version of each file that the benchmark edits."""

from catalog import models as catalog_models
from catalog import views as catalog_views
from django.http import HttpResponse

from core import formats


def index(request):
    versions = {
        "entry": request.META["site.entry"],
        "middle": catalog_views.VERSION,
        "leaf": formats.VERSION,
        "models": catalog_models.VERSION,
    }
    content = " ".join(f"{role}={version}" for role, version in versions.items())
    return HttpResponse(content + "\n", content_type="text/plain; charset=utf-8")
