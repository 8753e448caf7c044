"""A small site that is there to be edited while it runs: `spawn --reload=dev demo.app:app`."""

from flask import Flask

from demo import views

app = Flask(__name__)
app.add_url_rule("/", view_func=views.home)
app.add_url_rule("/slow", view_func=views.slow)
