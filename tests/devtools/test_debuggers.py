"""`--reload=dev` and debuggers: pdb in a terminal, debugpy with an editor."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from clients import Client, get, request
from dap import Debugger, Gone
from serving import Server, free_port, wait_until
from terminals import CTRL_C, Terminal, terminal

pytestmark = pytest.mark.slow

APP = """\
def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path.startswith("/orders"):
        breakpoint()
    answer = f"{path} v1"
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [answer.encode()]
"""
AT_LINE = APP.replace("breakpoint()", "path = path")
PROMPT = r"\(Pdb\) "
STEPPED = r"\n-> .*\n\(Pdb\) "
ONE_WORKER = ("-s", "1", "--reload=dev", "-l", "/dev/null")
IMPATIENT = ("--deadman", "3", "--heartbeat-timeout", "3", "--request-timeout", "3")
LONGER = "import time; time.sleep(4); print('awake')\n"
"""Typed into a debugger: longer than any of these waits."""
SLEEP = "__import__('time').sleep(4) or 'awake'"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with an application that stops at a breakpoint."""
    (tmp_path / "shop.py").write_text(APP)
    return tmp_path


@pytest.fixture
def asking() -> Iterator[ThreadPoolExecutor]:
    """Return what sends requests in the background."""
    with ThreadPoolExecutor(4) as pool:
        yield pool


def save(folder: Path) -> None:
    """Save the next version of the application."""
    file = folder / "shop.py"
    text = file.read_text()
    file.write_text(re.sub(r" v(\d)", lambda found: f" v{int(found[1]) + 1}", text))


def text_of(address: tuple[str, int], target: str) -> str:
    """Return the body of an answer."""
    return get(address, target).text


def stopped_at(
    screen: Terminal, asking: ThreadPoolExecutor, target: str = "/orders/7"
) -> Future[str]:
    """Send a request and return once pdb has stopped it and asks what to do."""
    start = len(screen.shown)
    answer = asking.submit(text_of, screen.address, target)
    screen.wait_for(PROMPT, start)
    return answer


def test_a_reload_waits_for_pdb_and_nothing_ends_it(
    folder: Path, threads: str, asking: ThreadPoolExecutor
) -> None:
    with terminal(folder, *ONE_WORKER, *IMPATIENT, "-t", threads, "shop.app") as screen:
        screen.wait_for("watching")
        answer = stopped_at(screen, asking)
        screen.type("p path\n", r"'/orders/7'\n\(Pdb\) ")
        screen.type("n\n", STEPPED)
        save(folder)
        waits = r"shop.py changed; the reload waits for the debugger \(pdb\) in GET /orders/7, w"
        screen.wait_for(waits)
        screen.type(LONGER, r"awake\n\(Pdb\) ")
        save(folder)
        screen.type("n\n", STEPPED)
        assert not re.search("hangs|has taken|is killed|generation 2", screen.shown)
        screen.type("c\n", r"shop.py changed: generation \d+ in ")
        assert len(re.findall(waits, screen.shown)) == 1
        assert answer.result() == "/orders/7 v1"
        assert text_of(screen.address, "/") == "/ v3"


def test_sighup_does_not_wait_and_leaves_the_debugger_alone(
    folder: Path, asking: ThreadPoolExecutor
) -> None:
    with terminal(folder, *ONE_WORKER, *IMPATIENT, "-t", "4", "shop.app") as screen:
        answer = stopped_at(screen, asking)
        os.kill(screen.process.pid, signal.SIGHUP)
        screen.wait_for("SIGHUP: generation 2 in")
        assert text_of(screen.address, "/") == "/ v1"
        screen.type(LONGER, r"awake\n\(Pdb\) ")
        screen.type("c\n")
        assert answer.result() == "/orders/7 v1"


def test_debuggers_take_turns_at_the_terminal(folder: Path, asking: ThreadPoolExecutor) -> None:
    # Without a log: readline shows its prompt in pieces, and a line would come in between.
    quiet = ("-l", "/dev/null")
    with terminal(folder, "-s", "2", "-t", "2", "--reload=dev", *quiet, "shop.app") as screen:
        first = stopped_at(screen, asking, "/orders/1")
        others = [asking.submit(text_of, screen.address, f"/orders/{n}") for n in (2, 3)]
        for number in (2, 3):
            screen.wait_for(f"GET /orders/{number} waits: another debugger has the terminal")
        screen.type("n\n", STEPPED)
        screen.type("p path\n", r"'/orders/1'\n\(Pdb\) ")
        for _ in range(2):
            screen.type("c\n", PROMPT)
        screen.type("c\n")
        answers = {answer.result() for answer in (first, *others)}
        assert answers == {f"/orders/{number} v1" for number in (1, 2, 3)}


@pytest.mark.parametrize(
    ("threads", "end"), [("4", CTRL_C), ("0", "")], ids=["ctrl-c, threads", "sigterm, greenlets"]
)
def test_the_server_ends_though_a_debugger_waits_and_the_terminal_echoes_again(
    folder: Path, threads: str, end: str
) -> None:
    arguments = (*ONE_WORKER, "-t", threads, "shop.app")
    with terminal(folder, *arguments) as screen, Client(screen.address) as client:
        client.send(request("/orders/7"))
        screen.wait_for(PROMPT)
        if end:
            screen.type(end)
        else:
            screen.process.terminate()
        screen.wait_for(r"the debugger \(pdb\) in GET /orders/7, worker 1, is ended")
        assert screen.process.wait() == 0
        assert screen.echoes


# ---------------------------------------------------------------- debugpy


class Editor:
    """An editor that attaches to a server, and to each process that joins it, as VS Code does."""

    def __init__(self, address: tuple[str, int], file: Path, line: int) -> None:
        self._address, self._file, self._line = address, file, line
        self._main = Debugger(address)
        self._others: list[Debugger] = []
        self._main.attach(file, line)
        threading.Thread(target=self._join, daemon=True).start()

    def _join(self) -> None:
        with contextlib.suppress(Gone):
            while True:
                process = self._main.event("debugpyAttach")["subProcessId"]
                debugger = Debugger(self._address)
                self._others.append(debugger)
                # Side by side, as editors do: one that ends meanwhile is waited for in vain.
                threading.Thread(target=self._attach, args=(debugger, process), daemon=True).start()

    def _attach(self, debugger: Debugger, process: int) -> None:
        # It may be told to end before it is joined, when newer code is saved.
        with contextlib.suppress(AssertionError, Gone, OSError):
            debugger.attach(self._file, self._line, subProcessId=process)

    def stopped(self) -> tuple[Debugger, int]:
        """Return where a breakpoint was hit, and in which thread, as soon as one was."""
        found: list[tuple[Debugger, int]] = []

        def is_stopped() -> bool:
            for debugger in self._others:
                found.extend((debugger, body["threadId"]) for body in debugger.taken("stopped"))
            return bool(found)

        wait_until(is_stopped, "a breakpoint is hit")
        return found[0]

    def close(self) -> None:
        """Go away from all of them."""
        for debugger in (self._main, *self._others):
            debugger.close()


@contextlib.contextmanager
def debugged(folder: Path, *arguments: str) -> Iterator[tuple[Server, Editor]]:
    """Run a server under debugpy; yield it, and an editor that has attached to it."""
    address = ("127.0.0.1", free_port())
    python = (sys.executable, "-X", "frozen_modules=off", "-m", "debugpy", "--wait-for-client")
    under = ("--listen", f"127.0.0.1:{address[1]}", "-m", "spawning")
    options = ("--host", "127.0.0.1", "--port", "0", *arguments)
    server = Server(options, folder, {"PYTHONDONTWRITEBYTECODE": "1"}, (*python, *under))
    with contextlib.ExitStack() as stack:
        stack.callback(server.destroy)
        wait_until(lambda: listens(address), "debugpy listens")
        editor = Editor(address, folder / "shop.py", 4)
        stack.callback(editor.close)
        yield server, editor


def listens(address: tuple[str, int]) -> bool:
    """Return whether somebody listens there, without connecting: that would count as a client."""
    connections = psutil.net_connections("tcp4")
    return any(one.status == "LISTEN" and one.laddr == address for one in connections)


def test_a_reload_waits_for_an_editor_until_it_continues_or_goes_away(
    folder: Path, asking: ThreadPoolExecutor
) -> None:
    (folder / "shop.py").write_text(AT_LINE)
    with debugged(folder, *ONE_WORKER, *IMPATIENT, "-t", "4", "shop.app") as (server, editor):
        server.log.wait_for("watching")
        answer = asking.submit(text_of, server.address, "/orders/7")
        debugger, thread = editor.stopped()
        save(folder)
        server.log.wait_for(r"waits for the debugger \(debugpy\) in GET /orders/7, worker 1")
        debugger.ask("next", threadId=thread)
        debugger, thread = editor.stopped()
        frame = debugger.ask("stackTrace", threadId=thread)["stackFrames"][0]["id"]
        slept = debugger.ask("evaluate", expression=SLEEP, frameId=frame, context="repl")
        assert slept["result"] == "'awake'"
        assert not any(re.search("hangs|has taken|generation 2", one) for one in server.log.lines)
        debugger.ask("continue", threadId=thread)
        assert answer.result() == "/orders/7 v1"
        server.log.wait_for("shop.py changed: generation 2 in ")
        answer = asking.submit(text_of, server.address, "/orders/8")
        editor.stopped()
        save(folder)
        server.log.wait_for(r"waits for the debugger \(debugpy\) in GET /orders/8, worker 2")
        editor.close()
        server.log.wait_for("shop.py changed: generation 3 in ")
        assert answer.result() == "/orders/8 v2"


def test_breakpoints_hold_over_reloads(
    folder: Path, threads: str, asking: ThreadPoolExecutor
) -> None:
    (folder / "shop.py").write_text(AT_LINE)
    arguments = ("-s", "2", "--reload=dev", "-l", "/dev/null", "-t", threads, "shop.app")
    with debugged(folder, *arguments) as (server, editor):
        server.log.wait_for("watching")
        for version in (1, 2, 3):
            for order in (1, 2):
                answer = asking.submit(text_of, server.address, f"/orders/{order}")
                debugger, thread = editor.stopped()
                frames = debugger.ask("stackTrace", threadId=thread)["stackFrames"]
                assert (frames[0]["name"], frames[0]["line"]) == ("app", 4)
                debugger.ask("continue", threadId=thread)
                assert answer.result() == f"/orders/{order} v{version}"
            save(folder)
            server.log.wait_for(rf"shop.py changed: generation {version + 1} in ")
