"""A shop with three things."""

from shop import prices

GREETING = "Welcome to the shop"


def front(environ):
    return f"{GREETING}: {', '.join(prices.PRICES)}\n"


def basket(environ):
    names = environ["QUERY_STRING"].split("+")
    cost = prices.total(names)
    return f"{len(names)} things for {cost}\n"


def application(environ, start_response):
    page = basket if environ["PATH_INFO"] == "/basket" else front
    body = page(environ).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
