"""Exists, and fails inside: the name that it imports is not in that module."""

from hello import a_name_that_does_not_exist

app = a_name_that_does_not_exist
