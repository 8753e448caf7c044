"""Spawning: a WSGI server that reloads code gracefully."""

__version__ = "1.0.0.dev0"
