from site_app import views


def register(app):
    app.add_url_rule("/", view_func=views.index)
    app.add_url_rule("/entry", view_func=views.entry)
    app.add_url_rule("/leaf", view_func=views.leaf)
    app.add_url_rule("/lazy", view_func=views.lazy)
    app.add_url_rule("/page", view_func=views.page)
    app.add_url_rule("/slow", view_func=views.slow)
    app.add_url_rule("/echo", view_func=views.echo, methods=["POST"])
    app.add_url_rule("/pid", view_func=views.pid)
