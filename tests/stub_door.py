"""A door that speaks the protocol of the backdoor, for tests of its client.

It evaluates what it is sent, one statement at a time, in a namespace of its own, and does
what a test orders besides: says anything, ends the lines, comes back.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from serving import PATIENCE

Said = dict[str, Any]

HELLO: Said = {
    "say": "hello", "worker": 3, "pid": 9932, "generation": 2, "application": "shop.app",
    "python": "3.11.7", "names": ["app", "config", "server", "orders"],
    "magics": [
        ["workers", "the workers, and what they do"], ["switch", "N or controller: go there"],
        ["reload", "begin a new generation"], ["requests", "what is being answered"],
        ["stack", "what all threads and greenlets do"], ["log", "LEVEL: say more, or less"],
        ["time", "STATEMENT: how long it takes"],
    ],
}  # fmt: skip


class Client:
    """One line, and whoever is at its other end."""

    def __init__(self, door: StubDoor, sock: socket.socket) -> None:
        self._door = door
        self.sock = sock
        self.about: Said = {}

    def say(self, say: str, **fields: Any) -> None:
        """Say something."""
        with contextlib.suppress(OSError):
            self.sock.sendall(json.dumps({"say": say, **fields}).encode() + b"\n")

    def serve(self) -> None:
        """Hear what is asked, until the line ends."""
        # It may vanish anywhere, also in the middle of a line.
        with (
            contextlib.suppress(OSError, ValueError),
            self.sock,
            self.sock.makefile("rb") as lines,
        ):
            first = lines.readline().split(b" ", 2)
            if first[:2] != [b"spawnctl", b"1"]:
                return
            self.about = json.loads(first[2])
            if self._door.asks_secret:
                self.say("secret")
                self._door.secrets.append(json.loads(lines.readline())["secret"])
                if not self._door.secrets[-1]:
                    self.say("refused", why="that is not the secret")
                    return
            self._door.came(self)
            for line in lines:
                self._door.asked(self, json.loads(line))


class StubDoor:
    """Listens at a path."""

    def __init__(self, path: Path) -> None:
        self.address = f"unix:{path}"
        self.hello = dict(HELLO)
        self.heard: list[Said] = []
        """Everything that was asked, in that order."""
        self.clients: list[Client] = []
        self.on_run: dict[str, Callable[[Client, Said], None]] = {}
        """What is done with a statement instead of evaluating it."""
        self.asks_secret = False
        self.secrets: list[str] = []
        """What was shown where that was asked for."""
        self.namespace: dict[str, Any] = {"orders": [1, 2, 3], "app": object(), "config": {}}
        self._changed = threading.Condition()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                client = Client(self, sock)
                threading.Thread(target=client.serve, daemon=True).start()

    def came(self, client: Client) -> None:
        """A client has greeted."""
        client.say(**self.hello)
        with self._changed:
            self.clients.append(client)
            self._changed.notify_all()

    def asked(self, client: Client, question: Said) -> None:
        """Answer, and remember the question."""
        _ANSWERS.get(question["do"], lambda *_: None)(self, client, question)
        with self._changed:
            self.heard.append(question)
            self._changed.notify_all()

    def wait_for(self, condition: Callable[[], Any]) -> Any:
        """Return what `condition` returns, as soon as that is true."""
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE), self.heard
            return condition()

    def questions(self, do: str) -> list[Said]:
        """Return what was asked of a kind."""
        return [one for one in self.heard if one["do"] == do]

    @property
    def client(self) -> Client:
        """The newest client."""
        return self.wait_for(lambda: self.clients and self.clients[-1])

    def hang_up(self) -> None:
        """End all lines, as a door does that dies; the next client is welcome."""
        for client in self.clients:
            with contextlib.suppress(OSError):
                client.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Be gone."""
        # Closed under a thread that accepts, its number would be the next door's.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        self._listener.close()
        self.hang_up()

    # ------------------------------------------------------------ answers

    def _run(self, client: Client, question: Said) -> None:
        source = question["source"]
        if special := self.on_run.get(source.strip()):
            special(client, question)
            return
        written = io.StringIO()
        with contextlib.redirect_stdout(written):
            result, error = self._evaluated(source)
        for text, stream in ((written.getvalue(), "stdout"), (result, "result"),
                             (error, "traceback")):  # fmt: skip
            if text:
                client.say("out", text=text, stream=stream)
        client.say("done", id=question["id"], ok=not error)

    def _evaluated(self, source: str) -> tuple[str, str]:
        try:
            tree = ast.parse(source)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "<typed>", "exec"), self.namespace)
            if isinstance(last, ast.Expr):
                code = compile(ast.Expression(last.value), "<typed>", "eval")
                value = eval(code, self.namespace)
                return (f"{value!r}\n", "") if value is not None else ("", "")
        except BaseException:
            return "", traceback.format_exc()
        return "", ""

    def _complete(self, client: Client, question: Said) -> None:
        before = question["source"].split("\n")[-1]
        name, dot, prefix = before.rpartition(".")
        found = dir(self.namespace.get(name)) if dot else self.namespace
        items = [
            {"text": one, "start": len(before) - len(prefix), "kind": "method" if dot else "dict"}
            for one in found
            if one.startswith(prefix) and not one.startswith("_")
        ]
        client.say("completions", id=question["id"], items=items)

    def _signature(self, client: Client, question: Said) -> None:
        text = "divmod(x, y, /)"
        index = question["source"].count(",")
        client.say("signature", id=question["id"], text=text, index=index)

    def _magic(self, client: Client, question: Said) -> None:
        if question["words"][0] == "switch":
            client.say("moved", worker=int(question["words"][1]), generation=2, why="")
            return
        if question["words"][0] == "workers":
            columns = ["worker", "pid", "generation", "state", "oldest request"]
            rows = [[3, "9932", 2, "serving", None], [4, "9940", 2, "serving", "GET /report"]]
            client.say("table", id=question["id"], columns=columns, rows=rows)
        else:
            client.say("text", id=question["id"], text=" ".join(question["words"]))
        client.say("done", id=question["id"], ok=True)


_ANSWERS: dict[str, Callable[[StubDoor, Client, Said], None]] = {
    "run": StubDoor._run,
    "complete": StubDoor._complete,
    "signature": StubDoor._signature,
    "magic": StubDoor._magic,
}


@contextlib.contextmanager
def stub_door(folder: Path) -> Iterator[StubDoor]:
    """Open a door in a folder; it is gone with the block."""
    door = StubDoor(folder / "door")
    try:
        yield door
    finally:
        door.close()


if __name__ == "__main__":
    with stub_door(Path(sys.argv[1])) as opened:
        print(opened.address, flush=True)
        sys.stdin.read()
