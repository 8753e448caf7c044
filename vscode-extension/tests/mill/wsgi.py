"""A mill, which grinds what its environment says."""

import os


def application(environ, start_response):
    body = f"The mill grinds {os.environ.get('GRAIN', 'nothing')}\n".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
