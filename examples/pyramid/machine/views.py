"""One view, shown in two ways."""

from pyramid.view import view_config

from machine import facts


@view_config(route_name="page", renderer="templates/page.jinja2", http_cache=0)
@view_config(route_name="json", renderer="json", http_cache=0)
def machine(request):
    settings = request.registry.settings
    return {
        "title": settings["machine.title"],
        "system": facts.system(),
        "processors": facts.processors(),
        "memory": facts.memory(),
        "disks": [facts.disk(path) for path in settings["machine.disks"]],
    }
