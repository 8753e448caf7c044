"""Imported by a view when it is first asked for, long after the server is ready."""

from site_app import helpers

VERSION = "v0"

SHORT = helpers.shorten("A module that nobody imported at start.")
