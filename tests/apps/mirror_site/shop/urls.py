from django.urls import path


def nothing(request):
    pass


urlpatterns = [path("one", nothing, name="one"), path("two", nothing, name="two")]
