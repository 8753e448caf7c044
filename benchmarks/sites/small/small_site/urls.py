from small_site import views


def register(app):
    app.add_url_rule("/", view_func=views.index)
    app.add_url_rule("/page", view_func=views.page)
    app.add_url_rule("/notes/<int:number>", view_func=views.note)
