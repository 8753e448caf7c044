"""An application that is made by calling: `factory:make()`."""

import hello


def make():
    return hello.app


def fails():
    raise RuntimeError("the factory was found, and failed inside")
