"""The command line."""

from spawning.cli.main import main

__all__ = ["main"]
