"""The Flask site for uvicorn, which has no WSGI interface that it recommends itself."""

from a2wsgi import WSGIMiddleware
from site_app.wsgi import app as wsgi_app

app = WSGIMiddleware(wsgi_app)
