"""What is answered to whom."""

from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for

from notes import store

LONGEST_TITLE = 80
LONGEST_TEXT = 5000

blueprint = Blueprint("pages", __name__)


@blueprint.before_app_request
def refuse_forms_of_other_sites():
    """Browsers say where a request comes from; programs need not."""
    if request.method != "GET" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403, "This form was sent by another site.")


@blueprint.get("/")
def home():
    return _home()


@blueprint.post("/")
def add():
    title, text, problems = _filled_in()
    if problems:
        return _home(title=title, text=text, problems=problems), 422
    store.add(title, text)
    return redirect(url_for("pages.home"), 303)


@blueprint.get("/<int:number>")
def note(number):
    found = _found(number)
    return render_template("note.html", note=found, title=found["title"], text=found["text"])


@blueprint.post("/<int:number>")
def change(number):
    found = _found(number)
    title, text, problems = _filled_in()
    if problems:
        page = render_template("note.html", note=found, title=title, text=text, problems=problems)
        return page, 422
    store.change(number, title, text)
    return redirect(url_for("pages.home"), 303)


@blueprint.post("/<int:number>/delete")
def delete(number):
    store.delete(_found(number)["id"])
    return redirect(url_for("pages.home"), 303)


@blueprint.app_errorhandler(403)
@blueprint.app_errorhandler(404)
@blueprint.app_errorhandler(413)
def problem(error):
    return render_template("problem.html", error=error), error.code


@blueprint.app_template_filter("moment")
def moment(seconds):
    """Write a time as people read it."""
    return f"{datetime.fromtimestamp(seconds):%-d %B %Y, %H:%M}"


def _home(**form):
    words = request.args.get("q", "").strip()
    return render_template("home.html", notes=store.find(words), words=words, **form)


def _found(number):
    return store.get(number) or abort(404, "There is no such note, or it has been deleted.")


def _filled_in():
    title = " ".join(request.form.get("title", "").split())
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    problems = {}
    if not title:
        problems["title"] = "A note needs a title."
    elif len(title) > LONGEST_TITLE:
        problems["title"] = f"This title has {len(title)} characters, {LONGEST_TITLE} are allowed."
    if len(text) > LONGEST_TEXT:
        problems["text"] = f"This text has {len(text)} characters, {LONGEST_TEXT} are allowed."
    return title, text, problems
