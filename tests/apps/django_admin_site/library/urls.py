from django.contrib import admin
from django.urls import path

from shelf import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("scans/add", views.add_scan),
    path("scans/<int:number>", views.scan),
    path("catalogue.csv", views.catalogue),
]
