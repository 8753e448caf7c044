"""Proxies with the configurations of deploy/, and the two instances that they expect."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.rolling_configs import (
    HOSTS,
    PORT,
    command,
    deployed,
    replaced,
    settled,
)
from clients import Client, get
from deployed import UnitFile
from serving import PATIENCE, Output, Server, free_port, wait_until

SEARCHED = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))
AWAY = {"haproxy": r"Server app/{name} is DOWN", "caddy": r"status code out of tol.*{host}"}
"""What a proxy that looks after its instances says when one takes nothing any more."""
TLS, UNIX = "TLS", "unix"
BACK = {"haproxy": r"Server app/{name} is UP", "caddy": r"host is up.*{host}"}


def installed(program: str) -> str:
    """Return the path of a program; where it is missing, the test says so and has no case."""
    path = shutil.which(program, path=SEARCHED)
    if path is None:
        pytest.skip(f"{program} is missing; as root: python3 scripts/system_packages.py {program}")
    return path


@dataclass(frozen=True)
class Application:
    """What both instances serve, and how."""

    folder: Path
    name: str
    options: Sequence[str] = ("-s", "2")


class Instance:
    """One of the two servers, over its restarts: as app@.service starts it, on other ports."""

    def __init__(self, name: str, host: str, ports: tuple[int, int], unix: Path | None) -> None:
        self.name = name
        self.host = host
        self.end = str(unix) if unix else f"{host}:{ports[0]}"
        self._status = (host, ports[1])
        bind = f"unix:{unix}" if unix else self.end
        words = UnitFile("app@.service", host.rpartition(".")[2]).words[1:-1]
        self._words = [bind if word == f"{host}:{PORT}" else word for word in words]
        self._words += ["--status-port", str(ports[1])]  # the last one counts
        if unix:
            self._words += ["--forwarded-allow-ips", "unix"]
        self.server: Server

    def start(self, application: Application) -> None:
        """Start it."""
        words = [*self._words, *application.options, application.name]
        self.server = Server(words, application.folder, {})

    def wait_until_ready(self) -> None:
        """Return when it says what proxies ask for: later than the application answers."""
        self.server.wait_until_serving()
        wait_until(self.is_ready, f"{self.name} is ready")

    def is_ready(self) -> bool:
        """Return what a proxy is told that asks whether to send requests here."""
        try:
            with Client(self._status) as client:
                client.send(b"GET /readyz HTTP/1.0\r\n\r\n")
                return client.answer().status == 200
        except (OSError, EOFError):
            return False

    def access(self, pattern: str) -> None:
        """Return when a line of its access log matches."""
        self.server.access.wait_for(pattern)


class Site:
    """A proxy in front of two instances; `variant` is "" or `TLS`, at `secure`, or `UNIX`."""

    def __init__(
        self, program: str, folder: Path, application: Application, variant: str = ""
    ) -> None:
        self.program = program
        unix = variant == UNIX
        self.application = application
        ports = free_port(), free_port()
        self.instances = [
            Instance(name, host, ports, folder / f"{name}.sock" if unix else None)
            for name, host in zip("ab", HOSTS, strict=True)
        ]
        self.address = ("127.0.0.1", free_port())
        self.secure = ("127.0.0.1", free_port())
        ends = self.instances[0].end, self.instances[1].end
        text = settled(deployed(program, unix), self.address[1], ends, ports[1])
        self._with_tls = variant == TLS
        self._text = replaced(text, self._for_tls(folder)) if self._with_tls else text
        self._folder = folder
        self._stack = contextlib.ExitStack()

    def _for_tls(self, folder: Path) -> dict[str, str]:
        certificate, key = _make_certificate(folder)
        port = self.secure[1]
        return {
            "# bind :443 ssl crt /etc/haproxy/site.pem": (
                f"bind 127.0.0.1:{port} ssl crt {folder / 'site.pem'}"
            ),
            "# listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
            "# ssl_certificate /etc/nginx/site.crt;": f"ssl_certificate {certificate};",
            "# ssl_certificate_key /etc/nginx/site.key;": f"ssl_certificate_key {key};",
            f"http://:{self.address[1]} {{": (
                f"http://:{self.address[1]}, https://localhost:{port} {{"
            ),
        }

    def __enter__(self) -> Site:
        path = installed(self.program)
        with contextlib.ExitStack() as stack:
            stack.callback(self._destroy)
            for instance in self.instances:
                instance.start(self.application)
            for instance in self.instances:
                instance.wait_until_ready()
            stack.enter_context(self._proxy(path))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @contextlib.contextmanager
    def _proxy(self, path: str) -> Iterator[None]:
        words = command(self.program, path, self._text, self._folder, root=os.geteuid() == 0)
        process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert process.stdout is not None
        self.output = Output(process.stdout)
        try:
            wait_until(lambda: process.poll() is not None or self._answers(), "the proxy answers")
            assert process.poll() is None, self.output.lines
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)
            self.output.wait_until_ended()
            print(f"--- {self.program}", *self.output.lines, sep="\n")

    def _answers(self) -> bool:
        try:
            if self._with_tls:  # Caddy listens first, and makes its certificate meanwhile
                secured(socket.create_connection(self.secure, PATIENCE)).close()
            return get(self.address, "/").status == 200
        except (OSError, EOFError):
            return False

    def _destroy(self) -> None:
        for instance in self.instances:
            if hasattr(instance, "server"):
                instance.server.destroy()

    def stop(self, instance: Instance) -> None:
        """Stop it as `systemctl stop` does, but no longer than until the proxy has looked away."""
        before = len(self.output.lines)
        instance.server.signal(signal.SIGTERM)
        wait_until(lambda: not instance.is_ready(), f"{instance.name} is leaving")
        self._wait_for(AWAY, instance, before)
        instance.server.signal(signal.SIGTERM)  # the delay is over
        assert instance.server.wait() == 0

    def start(self, instance: Instance) -> None:
        """Start it again; return when the proxy sends requests to it."""
        before = len(self.output.lines)
        instance.start(self.application)
        instance.wait_until_ready()
        self._wait_for(BACK, instance, before)
        instance.access('"POST / ')

    def _wait_for(self, said: dict[str, str], instance: Instance, start: int) -> None:
        if self.program in said:  # nginx looks after nobody: it tries, and notices
            pattern = said[self.program].format(name=instance.name, host=instance.host)
            self.output.wait_for(pattern, start)


def secured(connection: socket.socket) -> ssl.SSLSocket:
    """Return a connection to a proxy with TLS; it may have made its certificate itself."""
    anyone = ssl.create_default_context()
    anyone.check_hostname = False
    anyone.verify_mode = ssl.CERT_NONE
    return anyone.wrap_socket(connection, server_hostname="localhost")


def _make_certificate(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "site.crt", folder / "site.key"
    subject = ["-subj", "/CN=localhost", "-days", "2"]
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"]
    words = [installed("openssl"), "req", *kind, *subject, "-keyout", str(key)]
    subprocess.run([*words, "-out", str(certificate)], check=True, capture_output=True)
    (folder / "site.pem").write_text(certificate.read_text() + key.read_text())
    return certificate, key
