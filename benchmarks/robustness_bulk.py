"""Scenarios of one client at a time: much data, and clients that reset at any point."""

from __future__ import annotations

import random
import socket
import struct
import threading

from processes import Tree, wait_until
from robustness_findings import Finding, at_most, exactly
from robustness_server import (
    HighWater,
    ask,
    connect,
    descriptors,
    remarks,
    served,
    serves,
    workers,
)

MEGABYTES = 100
BLOCK = 65536
BLOCKS = MEGABYTES * 2**20 // BLOCK
FLAT = 8.0
"""MiB by which a worker may grow at its highest."""
SLOW_PAUSE = 0.004
"""Seconds between two reads of a slow reader, each of 64 KiB: some 16 MB a second at most."""

RESETS = 5000
WARM_UP = 50
FREED_WITHIN = 5.0
"""Seconds, well below every timeout but that of lingering."""
FREED_WITHIN = 5.0
"""Seconds, well below every timeout but that of lingering."""
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: close by a reset, whatever has not been sent or read."""
UPLOAD = b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100000
DOWNLOAD = b"GET /download?16 HTTP/1.1\r\nHost: x\r\n\r\n"
HEADS = (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", DOWNLOAD, UPLOAD[:60])


# ---------------------------------------------------------------- bulk


def bulk(mode: str) -> list[Finding]:
    """Large bodies up and down: the memory stays flat, and every byte arrives."""
    findings = []
    with served(mode, "-s", "1") as tree:
        for number in range(3):
            received(tree.port, 16, 0.0)  # what any first requests make it allocate
            sent(tree.port, "/upload", 16, chunked=bool(number % 2))
        (worker,) = workers(tree)
        for name, chunked in (("up", False), ("up, chunked", True)):
            mark = HighWater(worker)
            answer = sent(tree.port, "/upload", BLOCKS, chunked)
            findings += [
                exactly(f"{name}: bytes the application read", answer, str(BLOCKS * BLOCK)),
                at_most(f"{name}: peak growth, MiB", mark.growth(), FLAT),
            ]
        for name, pause in (("down", 0.0), ("down to a slow reader", SLOW_PAUSE)):
            mark = HighWater(worker)
            size = received(tree.port, BLOCKS, pause)
            findings += [
                exactly(f"{name}: bytes received", size, BLOCKS * BLOCK),
                at_most(f"{name}: peak growth, MiB", mark.growth(), FLAT),
            ]
        findings.append(exactly("said", remarks(tree), []))
    return findings


def sent(port: int, target: str, blocks: int, chunked: bool) -> str:
    """Send a body of so many blocks; return the text of the answer."""
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {blocks * BLOCK}"
    head = f"POST {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{length}\r\n\r\n"
    block = b"x" * BLOCK
    piece = b"%x\r\n%b\r\n" % (BLOCK, block) if chunked else block
    with connect(port) as client:
        client.sendall(head.encode())
        for _ in range(blocks):
            client.sendall(piece)
        if chunked:
            client.sendall(b"0\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(BLOCK), b""))
    return answer.rpartition(b"\r\n\r\n")[2].decode()


def received(port: int, blocks: int, pause: float) -> int:
    """Receive a streamed response, with a pause between two reads; return its body's size."""
    waits = threading.Event()
    head = f"GET /download?{blocks} HTTP/1.0\r\nHost: x\r\n\r\n"
    size = 0
    with connect(port) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BLOCK)
        client.sendall(head.encode())
        data = b""
        while b"\r\n\r\n" not in data:
            data += client.recv(1)
        while piece := client.recv(BLOCK):
            size += len(piece)
            if pause:
                waits.wait(pause)
    return size


# ---------------------------------------------------------------- resets


def resets(mode: str) -> list[Finding]:
    """Clients that reset anywhere: nothing is leaked, nothing is said, others are served."""
    chance = random.Random(1)
    with served(mode, "-s", "1") as tree:
        (worker,) = workers(tree)
        before = descriptors(tree)
        for _ in range(WARM_UP):
            reset_somewhere(tree, chance)
        serves(tree.port)
        mark = HighWater(worker)
        for _ in range(RESETS):
            reset_somewhere(tree, chance)
        served_then = serves(tree.port)
        wait_until(lambda: descriptors(tree) <= before, FREED_WITHIN)
        return [
            exactly(f"served after {RESETS:,} resets", served_then, True),
            at_most("descriptors gained", descriptors(tree) - before, 0),
            at_most("peak growth, MiB", mark.growth(), FLAT),
            exactly("the worker is the same", workers(tree) == [worker], True),
            exactly("upload afterwards", ask(tree.port, "/upload", "POST", b"x" * 9), "9"),
            exactly("said", remarks(tree), []),
        ]


def reset_somewhere(tree: Tree, chance: random.Random) -> None:
    """Connect, do some of what a client does, and reset."""
    with connect(tree.port) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        match chance.randrange(4):
            case 0:
                pass
            case 1:
                head = chance.choice(HEADS)
                client.send(head[: chance.randrange(len(head))])
            case 2:
                client.send(UPLOAD[: chance.randrange(60, len(UPLOAD))])
            case _:
                client.send(DOWNLOAD * chance.randrange(1, 3))
                client.recv(chance.randrange(1, 3 * BLOCK))
