"""A page about the machine that it runs on."""

from pyramid.config import Configurator


def main(global_config, **settings):
    """Return the application that `[app:main]` describes."""
    settings["machine.disks"] = settings["machine.disks"].split()
    with Configurator(settings=settings) as config:
        config.include("pyramid_jinja2")
        seconds = int(settings["machine.cache_seconds"])
        config.add_static_view("static", "machine:static", cache_max_age=seconds)
        config.add_route("page", "/")
        config.add_route("json", "/machine.json")
        config.scan()
    return config.make_wsgi_app()
