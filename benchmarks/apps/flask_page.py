"""The page of Flask in serving.py: a list from a template, as many a page is."""

from flask import Flask, render_template, request, url_for

app = Flask(__name__)
ARTICLES = [
    {"number": number, "name": f"Article <{number}>", "price": 100 + 7 * number}
    for number in range(20)
]


@app.get("/flask")
def listing():
    most = request.args.get("most", 200, type=int)
    shown = [article for article in ARTICLES if article["price"] <= most]
    return render_template("listing.html", articles=shown, more=url_for("listing", most=2 * most))
