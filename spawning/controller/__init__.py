"""Owns the listening sockets and supervises the workers; never serves the application."""
