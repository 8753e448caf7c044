"""A Django project without a database, for tests that edit a copy of it.

The URLs and the `VERSION = "v0"` constants are those of the Flask site: / (polls.views),
/leaf (polls.helpers), /lazy (polls.late), /entry (mysite.settings).
"""
