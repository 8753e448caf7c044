"""Measuring, in workers: how the project is measured, what has run, and telling the keeper."""
