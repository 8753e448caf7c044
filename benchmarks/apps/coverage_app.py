"""The Flask application of benchmarks/coverage.py: a page whose lines are the application's own."""

from flask import Flask, request

app = Flask(__name__)
PRICES = {f"article-{number}": 100 + 7 * number for number in range(40)}


def discount(total):
    if total > 5000:
        return total // 10
    if total > 2000:
        return total // 20
    return 0


def basket(wanted):
    lines = []
    total = 0
    for number, (name, price) in enumerate(PRICES.items()):
        if number % 3 == wanted % 3:
            continue
        count = (number + wanted) % 4
        cost = count * price
        total += cost
        lines.append(f"{count} x {name}: {cost}")
    return lines, total


@app.get("/")
def page():
    lines, total = basket(request.args.get("wanted", 1, type=int))
    reduced = total - discount(total)
    return (
        "\n".join([*lines, f"total {total}, to pay {reduced}"]),
        200,
        {"Content-Type": "text/plain"},
    )
