"""Scenarios in which something runs out: room for the logs, and descriptors."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shlex
import socket
import tempfile
from pathlib import Path

from processes import Tree, wait_until
from robustness_findings import Finding, at_least, at_most, exactly
from robustness_server import (
    GREETING,
    HELLO,
    PATIENCE,
    REQUEST,
    ask,
    connect,
    remarks,
    served,
    serves,
    shell,
    workers,
)

REQUESTS = 300
FAILURES = 20
"""Their tracebacks fill what is left of the last page of standard error."""
FORMAT = "begin %(r)s end"
LINE = re.compile(r"begin GET (/\S*) HTTP/1\.1 end")
FULL_LOG = "access log .* cannot be written"

LIMIT = 64
CLIENTS = 200
EXHAUSTED_SECONDS = 5.0
LITTLE_CPU = 0.1
"""Seconds of processor time in `EXHAUSTED_SECONDS`: a loop that spins takes all of them."""


# ---------------------------------------------------------------- disk


def disk(mode: str) -> list[Finding]:
    """Access log and standard error on a full disk: a small tmpfs that only the server sees."""
    with tempfile.TemporaryDirectory() as folder:
        mount = f"mount -t tmpfs -o size=128k none {shlex.quote(folder)}"
        before = ("unshare", "-m", *shell(f"{mount} && exec 2>{shlex.quote(folder)}/errors"))
        log = f"{folder}/access.log"
        options = ("-s", "1", "--access-log-format", FORMAT)
        with served(mode, *options, before=before, access_log=log) as tree:
            inside = Path(f"/proc/{tree.process.pid}/root{folder}")
            return [*_fill_and_free(tree, inside), *_what_was_written(inside)]


def _fill_and_free(tree: Tree, inside: Path) -> list[Finding]:
    fill(inside / "ballast")
    answers = [ask(tree.port, f"/?full{number}") for number in range(REQUESTS)]
    failing = {ask(tree.port, "/fail") for _ in range(FAILURES)}
    telling = ask(tree.port, "/tell")
    (inside / "ballast").unlink()
    freed = [ask(tree.port, f"/?freed{number}") for number in range(REQUESTS)]
    return [
        exactly("answered while full", answers.count(GREETING), REQUESTS),
        exactly("an application that writes to wsgi.errors meanwhile", telling, GREETING),
        exactly("an application that fails meanwhile", failing, {"status 500"}),
        exactly("answered afterwards", freed.count(GREETING), REQUESTS),
    ]


def _what_was_written(inside: Path) -> list[Finding]:
    log = inside / "access.log"
    # The line of a request is written after its answer.
    wait_until(lambda: log.read_text().count("/?freed") == REQUESTS, PATIENCE)
    lines = log.read_text().splitlines()
    whole = [line for line in lines if LINE.fullmatch(line)]
    freed = [line for line in whole if "/?freed" in line]
    said = [
        line for line in (inside / "errors").read_text().splitlines() if re.search(FULL_LOG, line)
    ]
    return [
        exactly("lines of requests after there was room", len(freed), REQUESTS),
        at_most(
            "torn lines, at the moment when the disk was full",
            len(lines) - len(whole),
            1,
        ),
        at_most("lines on standard error about it", len(said), 1),
    ]


def fill(path: Path) -> None:
    """Write to `path` until the disk is full."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(descriptor, b"x" * 512)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
    finally:
        os.close(descriptor)


# ---------------------------------------------------------------- descriptors


def descriptors(mode: str) -> list[Finding]:
    """More clients than descriptors: they wait, the server is quiet, and it recovers."""
    with served(mode, "-s", "1", before=shell(f"ulimit -n {LIMIT}")) as tree:
        (worker,) = workers(tree)
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(asking(tree.port)) for _ in range(CLIENTS)]
            held = [client for client in clients if answered(client)]
            before = tree.cpu_seconds()
            wait_until(lambda: False, EXHAUSTED_SECONDS)
            spent = tree.cpu_seconds() - before
            opened = sum(asked_for_file(client) for client in held)
            for client in held:
                client.close()
            waited = [client for client in clients if client not in held]
            later = wait_until(lambda: any(map(answered, waited)), PATIENCE)
        findings = [
            at_least("connections held", len(held), LIMIT // 2),
            at_most(f"CPU seconds in {EXHAUSTED_SECONDS:g} s", spent, LITTLE_CPU),
            exactly("held ones for which the application opened a file", opened, len(held)),
            exactly("one that waited is served when others leave", later, True),
            exactly("a new one is served at the end", serves(tree.port), True),
            exactly(
                "said", remarks(tree), ["spawn: connections have to wait: Too many open files"]
            ),
            exactly("the worker is the same", workers(tree) == [worker], True),
        ]
    return [*findings, *_raised(mode)]


def _raised(mode: str) -> list[Finding]:
    """The usual soft limit is raised, and the application's own descriptors remain selectable."""
    many = 1500
    with (
        served(mode, "-s", "1", before=shell("ulimit -S -n 1024")) as tree,
        contextlib.ExitStack() as stack,
    ):
        clients = [stack.enter_context(asking(tree.port)) for _ in range(many)]
        held = sum(map(answered, clients))
        return [
            exactly("connections held with a soft limit of 1024", held, many),
            exactly(
                "an application that calls select() beside them",
                ask(tree.port, "/select"),
                GREETING,
            ),
        ]


def asking(port: int) -> socket.socket:
    """Return a connection with a request on its way."""
    client = connect(port)
    client.sendall(REQUEST)
    return client


def answered(client: socket.socket) -> bool:
    """Return whether the answer comes within a moment."""
    client.settimeout(0.1)
    try:
        return client.recv(4096).endswith(HELLO)
    except TimeoutError:
        return False


def asked_for_file(client: socket.socket) -> bool:
    """Return whether a request that has the application open a file succeeds."""
    client.settimeout(PATIENCE)
    client.sendall(REQUEST.replace(b"GET /", b"GET /file"))
    return client.recv(4096).endswith(HELLO)
