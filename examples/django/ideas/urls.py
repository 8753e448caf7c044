"""Which view answers which address."""

from django.urls import path

from ideas import views

urlpatterns = [
    path("", views.index, name="index"),
    path("suggest/", views.suggest, name="suggest"),
    path("<int:number>/vote/", views.vote, name="vote"),
]
