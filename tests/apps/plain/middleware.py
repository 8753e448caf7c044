"""Two middlewares; the header X-Trail lists them in the order in which they saw the response."""


def leaving_a_mark(name, app):
    def wrapped(environ, start_response):
        def start(status, headers, exc_info=None):
            trail = [value for key, value in headers if key == "X-Trail"]
            others = [(key, value) for key, value in headers if key != "X-Trail"]
            headers = [
                *others,
                (f"X-{name.title()}", "yes"),
                ("X-Trail", ", ".join([*trail, name])),
            ]
            return (
                start_response(status, headers, exc_info)
                if exc_info
                else start_response(status, headers)
            )

        return app(environ, start)

    return wrapped


def one(app):
    return leaving_a_mark("one", app)


def two(app):
    return leaving_a_mark("two", app)
