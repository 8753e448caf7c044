"""The proxies of rolling.py, and how they are started."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from processes import PeerError, answers, free_port, wait_until
from rolling_configs import HAPROXY_PLAIN, NGINX_PLAIN, command, deployed, settled

START_LIMIT = 15.0
PACKAGES = {"haproxy": "haproxy", "nginx": "nginx-light", "caddy": "caddy"}


@dataclass(frozen=True)
class Proxy:
    """One proxy with one configuration."""

    name: str
    program: str
    plain: str = ""
    """The plainest configuration; that of deploy/ where this is empty."""
    unix: bool = False
    """Whether it reaches the instances by unix sockets."""

    def text(self) -> str:
        """Return the configuration, with the addresses of deploy/."""
        return self.plain or deployed(self.program, self.unix)


PROXIES = (
    Proxy("HAProxy, plain", "haproxy", HAPROXY_PLAIN),
    Proxy("HAProxy", "haproxy"),
    Proxy("HAProxy, unix", "haproxy", unix=True),
    Proxy("nginx, plain", "nginx", NGINX_PLAIN),
    Proxy("nginx", "nginx"),
    Proxy("nginx, unix", "nginx", unix=True),
    Proxy("Caddy", "caddy"),
)


def find(program: str) -> str:
    """Return the path of a proxy, installing Debian's package where that is possible."""
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))
    found = shutil.which(program, path=path)
    if not found and os.geteuid() == 0 and Path("/etc/debian_version").exists():
        print(f"installing {program} (apt-get install {PACKAGES[program]})", file=sys.stderr)
        words = ["apt-get", "install", "-y", "--no-install-recommends", PACKAGES[program]]
        subprocess.run(words, stdout=subprocess.DEVNULL)
        found = shutil.which(program, path=path)
    if not found:
        remedy = f"type: apt-get install {PACKAGES[program]}"
        print(f"benchmarks/rolling.py needs {program}; {remedy}", file=sys.stderr)
        sys.exit(2)
    return found


@contextlib.contextmanager
def proxied(
    proxy: Proxy, path: str, ends: tuple[str, str], status_port: int, folder: Path
) -> Iterator[int]:
    """Run the proxy in front of two instances that serve already; yield its port."""
    port = free_port()
    text = settled(proxy.text(), port, ends, status_port)
    words = command(proxy.program, path, text, folder, root=os.geteuid() == 0)
    log = folder / "proxy.log"
    with log.open("wb") as output:
        process = subprocess.Popen(words, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: process.poll() is not None or answers(port), START_LIMIT)
        if process.poll() is not None or not answers(port):
            raise PeerError(f"{proxy.name} does not answer: {log.read_text()}")
        yield port
    finally:
        process.terminate()
        process.wait()
