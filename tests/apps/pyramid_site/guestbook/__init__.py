import logging

from pyramid.config import Configurator
from pyramid.session import SignedCookieSessionFactory

log = logging.getLogger(__name__)


def main(global_config, **settings):
    with Configurator(settings=settings) as config:
        config.set_session_factory(SignedCookieSessionFactory(settings["guestbook.secret"]))
        config.set_default_csrf_options(require_csrf=True)
        config.add_static_view("static", "guestbook:static")
        config.add_route("home", "/")
        config.add_route("entries", "/entries")
        config.add_route("export", "/export")
        config.scan()
    log.info("made with %s", settings["guestbook.title"])
    return config.make_wsgi_app()
