from django.urls import path

from polls import views

urlpatterns = [
    path("", views.index),
    path("entry", views.entry),
    path("leaf", views.leaf),
    path("lazy", views.lazy),
    path("page", views.page),
    path("slow", views.slow),
    path("echo", views.echo),
    path("pid", views.pid),
]
