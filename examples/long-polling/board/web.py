"""What browsers ask for."""

from pathlib import Path

from flask import Flask, abort, render_template, request

from board.bell import Bell
from board.store import LATEST, Store

DATA = Path(__file__).parents[1] / "data"
PATIENCE = 8
"""Seconds that an answer waits for something to say; less than `--deadman`."""
LONGEST_NAME = 30
LONGEST_TEXT = 280

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 16_384
store = Store(DATA / "board.sqlite3")
bell = Bell(DATA / "bells")


@app.get("/")
def home():
    return render_template("board.html", latest=LATEST, longest_text=LONGEST_TEXT)


@app.get("/messages")
def messages():
    """Answer with the messages; with `after`, with those beyond, as soon as there are some."""
    after = request.args.get("after", type=int)
    beyond = min(after or 0, 2**53)  # what SQLite can compare
    # In this order: what is said after the look rings.
    ring = bell.next_ring()
    found = store.after(beyond)
    if after is not None and not found:
        ring.wait(PATIENCE)
        found = store.after(beyond)
    return {"messages": found}, {"Cache-Control": "no-store"}


@app.post("/messages")
def say():
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)
    said = request.get_json()
    if not isinstance(said, dict):
        abort(400)
    name = " ".join(str(said.get("name", "")).split())[:LONGEST_NAME] or "somebody"
    text = str(said.get("text", "")).strip()
    if not text or len(text) > LONGEST_TEXT:
        return {"problem": f"A message has 1 to {LONGEST_TEXT} characters."}, 422
    store.add(name, text)
    bell.ring()
    return "", 204
