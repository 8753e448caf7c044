def make_filter(global_conf, text):
    def stamp(app):
        def stamped(environ, start_response):
            def start(status, headers, exc_info=None):
                return start_response(status, [*headers, ("X-Stamp", text)], exc_info)

            return app(environ, start)

        return stamped

    return stamp
