"""What is recorded: for each recording its files, and what is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stage import SERVER, Stage

HELLO = """\
from flask import Flask

app = Flask(__name__)


@app.route("/")
def index():
    return "Hello!\\n"
"""

SHOP = """\
from flask import Flask

app = Flask(__name__)
orders = {7: 14, 9: 30}


@app.route("/orders/<int:number>")
def order(number):
    total = orders[number]
    breakpoint()
    return f"order {number}: {total}\\n"
"""


@dataclass(frozen=True)
class Act:
    """One recording."""

    title: str
    size: tuple[int, int]
    files: Mapping[str, str]
    play: Callable[[Stage], None]


def _reload(stage: Stage) -> None:
    stage.split(10)
    stage.pane(SERVER)
    stage.forget()
    stage.type("spawn --reload=dev hello.app")
    stage.wait_for("serving hello.app on .*")
    stage.pause(1.5)
    stage.pane(1)
    stage.type("curl localhost:8080")
    stage.wait_for("^Hello!")
    stage.pause(1)
    stage.type("sed -i 's/Hello/Good morning/' hello.py; curl localhost:8080")
    stage.wait_for("^Good morning!")
    stage.wait_for("generation 2 in")
    stage.pause(2)
    stage.type("echo 'def oops(:' >> hello.py; curl localhost:8080")
    stage.wait_for("SyntaxError")
    stage.wait_for(r"^Good morning!\n(.*\n)*Good morning!")
    stage.pause(2)
    stage.type("sed -i -e '$d' -e 's/morning/evening/' hello.py; curl localhost:8080")
    stage.wait_for("^Good evening!")
    stage.pause(3)


def _backdoor(stage: Stage) -> None:
    prompt, client = 1, 2
    stage.split(19)
    stage.split(4)
    stage.pane(SERVER)
    stage.forget()
    stage.type("spawn --reload=dev --backdoor shop.app")
    stage.wait_for("serving shop.app on .*")
    stage.pause(1)
    stage.pane(prompt)
    stage.type("spawnctl attach")
    stage.wait_for(">>>")
    stage.pause(1)
    stage.type("from shop import orders")
    stage.wait_for(r">>>\n")
    stage.type("orders")
    stage.wait_for("9: 30}")
    stage.pause(1)
    stage.type("app.", then="")
    stage.wait_for("add_template_filter|add_url_rule")
    stage.pause(1.5)
    stage.type("name")
    stage.wait_for("^'shop'")
    stage.type("orders[7] = 1400")
    stage.pause(1)
    stage.pane(client)
    stage.type("curl localhost:8080/orders/7")
    stage.wait_for("waits at breakpoint")
    stage.pause(1.5)
    stage.pane(prompt)
    stage.type("debug")
    stage.wait_for(r"\(Pdb\)")
    stage.pause(1)
    stage.type("total")
    stage.wait_for("^1400$")
    stage.pause(1)
    stage.type("c")
    stage.wait_for("^order 7: 1400")
    stage.pause(3)


ACTS: Mapping[str, Act] = {
    "save-to-response": Act(
        "Save a file, ask, and the new code answers", (104, 22), {"hello.py": HELLO}, _reload
    ),
    "backdoor": Act(
        "Enter a worker that is serving, and debug a request there",
        (104, 26),
        {"shop.py": SHOP},
        _backdoor,
    ),
}
