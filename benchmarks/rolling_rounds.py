"""Two instances, restarted in turn while clients ask through a proxy."""

from __future__ import annotations

import collections
import contextlib
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from environment import APPS
from peers import Peer
from processes import PeerError, Tree, free_port, running, wait_until
from robustness_load import Kind, Load
from rolling_configs import HOSTS
from rolling_proxies import Proxy, proxied

STOPPED_WITHIN = 15.0
SERVES_AGAIN = 30.0
LEAVING = ("--shutdown-delay", "3")
"""As deploy/systemd/app@.service has it."""
SETTLE = 2.0
"""Seconds between two steps: nginx looks away from an instance that failed for `fail_timeout`."""
BODY = b"x" * 5000
KINDS = (
    Kind("GET"),
    Kind("POST", method="POST", body=BODY),
    Kind("GET, new", keep_alive=False),
    Kind("POST, new", method="POST", body=BODY, keep_alive=False),
    # These let connections to the instances fall idle, about as long as they live after SIGTERM.
    Kind("rare GET", pause=0.25),
    Kind("rare POST", method="POST", body=BODY, pause=0.25),
)


@dataclass(frozen=True)
class Result:
    """What came of one proxy with one way to run the application."""

    proxy: str
    recommended: bool
    mode: str
    restarts: int
    reloads: int
    answered: dict[str, int]
    failed: dict[str, int]
    longest: float


class Instance:
    """One of the two servers, over its restarts."""

    def __init__(self, mode: str, host: str, ports: tuple[int, int], unix: str = "") -> None:
        port, status_port = ports
        self.address = unix or f"{host}:{port}"
        bind = f"unix:{unix}" if unix else self.address
        options = ("-s", "2", "-t", mode, "-l", "/dev/null", "--bind", bind)
        leaving = ("--status-host", host, "--status-port", f"{status_port}", *LEAVING)
        # First an address of our own: the same question tells of all kinds whether they serve.
        words = ("--bind", "127.0.0.1:0", *options, *leaving, "robust_app.app")
        command = ("{python}", "-m", "spawning", *words)
        self._peer = Peer("spawning", command, picks_port=True)
        self._stack = contextlib.ExitStack()
        self._tree: Tree

    def start(self) -> None:
        """Start it; return when it serves."""
        self._tree = self._stack.enter_context(running(self._peer, APPS))

    def stop(self) -> None:
        """Stop it by SIGTERM; return at its end."""
        self._tree.root.terminate()
        if not wait_until(self._tree.ended, STOPPED_WITHIN):
            raise PeerError("an instance did not end")
        self._stack.close()

    def reload(self) -> None:
        """Send SIGHUP; return when the new generation serves."""
        before = self._tree.output().count("SIGHUP: generation")
        self._tree.root.send_signal(signal.SIGHUP)
        said = lambda: self._tree.output().count("SIGHUP: generation") > before  # noqa: E731
        if not wait_until(said, SERVES_AGAIN):
            raise PeerError("an instance did not reload")

    def close(self) -> None:
        """End it."""
        self._stack.close()


def restart_in_turn(proxy: Proxy, program: str, mode: str, rounds: int) -> Result:
    """Run all rounds under load; raises PeerError."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ports = free_port(), free_port()
        instances = [
            Instance(mode, host, ports, str(folder / f"{host}.sock") if proxy.unix else "")
            for host in HOSTS
        ]
        for instance in instances:
            instance.start()
            stack.callback(instance.close)
        a, b = (instance.address for instance in instances)
        port = stack.enter_context(proxied(proxy, program, (a, b), ports[1], folder))
        with Load(port, KINDS, each=2) as load:
            time.sleep(SETTLE)
            for _ in range(rounds):
                _one_round(instances)
        failed = collections.Counter(f"{f.kind} {f.what}" for f in load.failures())
    restarts = rounds * len(instances)
    answered = load.answered()
    return Result(
        proxy.name,
        not proxy.plain,
        mode,
        restarts,
        restarts,
        answered,
        dict(failed),
        load.longest(),
    )


def _one_round(instances: list[Instance]) -> None:
    for instance in instances:
        instance.stop()
        time.sleep(SETTLE)
        instance.start()
        time.sleep(SETTLE)
    for instance in instances:
        instance.reload()
    time.sleep(SETTLE)
