"""Debuggers in a worker: noticed when they stop a thread, and given the terminal in turn."""
