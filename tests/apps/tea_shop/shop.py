"""A shop that opens when nobody keeps it closed."""

import os
import time

import prices

while os.path.exists("closed"):
    time.sleep(0.01)


def order(item):
    price = prices.of(item)
    breakpoint()
    return price


def app(environ, start_response):
    if environ["PATH_INFO"] == "/order":
        text = f"you owe {order('tea')}\n"
    else:
        text = f"tea is {prices.of('tea')}\n"
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [text.encode()]
