"""Exists, and fails inside: the module that it imports does not exist."""

import a_module_that_does_not_exist


def app(environ, start_response):
    return a_module_that_does_not_exist.answer(environ, start_response)
