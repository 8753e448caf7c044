from mirror import views


def register(app):
    app.add_url_rule("/", view_func=views.index)
    app.add_url_rule("/report", view_func=views.report)
    app.add_url_rule("/told", view_func=views.told)
    app.add_url_rule("/works", view_func=views.works)
