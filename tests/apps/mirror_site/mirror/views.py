from flask import current_app, jsonify

from mirror import bodies, edited, process
from mirror import works as the_works


def index():
    return f"index {edited.VERSION}\n"


def report():
    return jsonify(process.report(current_app))


def told():
    return jsonify(bodies.told() | {"mark": bodies.MARK})


def works():
    return jsonify(the_works.all_of_them())
