"""Which view answers which address."""

from django.contrib import admin
from django.urls import include, path

admin.site.site_header = admin.site.site_title = "Suggestions"

urlpatterns = [
    path("", include("ideas.urls")),
    path("admin/", admin.site.urls),
]
