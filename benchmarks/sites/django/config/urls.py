from core import views
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", views.index),
    path("admin/", admin.site.urls),
    path("api/catalog/", include("catalog.urls")),
    path("api/customers/", include("customers.urls")),
    path("api/orders/", include("orders.urls")),
    path("api/reviews/", include("reviews.urls")),
]
