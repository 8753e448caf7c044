from pyramid.csrf import get_csrf_token
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config


@view_config(route_name="home", renderer="json")
def home(request):
    return {
        "title": request.registry.settings["guestbook.title"],
        "token": get_csrf_token(request),
        "url": request.application_url,
    }


@view_config(route_name="entries", request_method="GET", renderer="json")
def entries(request):
    return request.session.get("entries", [])


@view_config(route_name="entries", request_method="POST")
def add(request):
    request.session["entries"] = [*request.session.get("entries", []), request.POST["text"]]
    return HTTPSeeOther(request.route_url("entries"))


@view_config(route_name="export")
def export(request):
    lines = (f"line {number}\n".encode() for number in range(1000))
    return Response(content_type="text/plain", app_iter=lines)
