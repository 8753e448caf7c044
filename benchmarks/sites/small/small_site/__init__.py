"""A small Flask application: wsgi -> factory -> urls -> views -> models -> helpers.

`/` names the version of each file that the benchmark edits.  The factory does not stand here,
as it often does, since the package would then import what imports the package: uvicorn-hmr
0.1.1.8 with hmr 0.7.6.3 recurses without end on such a circle, and could not take part.
"""
