from flask import current_app, jsonify

from mirror import edited, first, later, process, startup, works as the_works


def index():
    return f"index {edited.VERSION}\n"


def marks():
    return jsonify(
        version=edited.VERSION,
        fittings=first.FITTINGS,
        first=first.MARK,
        edited=edited.MARK,
        later=later.MARK,
        chance=startup.CHANCE,
    )


def report():
    return jsonify(process.report(current_app))


def works():
    return jsonify(the_works.all_of_them())
