"""Who the client is when a proxy is in front: X-Forwarded fields and the PROXY protocol."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from clients import Client, request
from serving import PATIENCE, Server, StartServer, wait_until

pytestmark = pytest.mark.slow

V1 = b"PROXY TCP4 192.0.2.7 127.0.0.1 4711 80\r\n"
V2 = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes([192, 0, 2, 7, 127, 0, 0, 1]) + b"\x12\x67\0P"
FIELDS = (
    "X-Forwarded-For: 6.6.6.6, 192.0.2.7:4711",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: site.example",
    "X-Forwarded-Port: 443",
)
NGINX_STREAM = Path("/usr/lib/nginx/modules/ngx_stream_module.so")


class Local(Client):
    """A client with an address of its own on this machine."""

    def __init__(self, address: tuple[str, int], host: str) -> None:
        super().__init__(address)
        self.socket.close()
        self.socket = socket.create_connection(address, PATIENCE, (host, 0))


def seen(client: Client, *fields: str) -> dict[str, Any]:
    """Return the environ of a request, as the application sees it."""
    answer: dict[str, Any] = json.loads(client.get("/environ", *fields).text)
    return answer


def client_in(environ: dict[str, Any]) -> tuple[str, str]:
    """Return the client's address and port."""
    return environ["REMOTE_ADDR"], environ["REMOTE_PORT"]


# ------------------------------------------------------------ X-Forwarded


def test_fields_of_named_proxies_are_believed_and_of_others_dropped(
    serve: StartServer, plain: Path
) -> None:
    server = serve(plain, "echo.app", "--forwarded-allow-ips=127.0.0.2,10.0.0.0/8")
    with Local(server.address, "127.0.0.2") as proxy:
        environ = seen(proxy, *FIELDS)
        assert client_in(environ) == ("192.0.2.7", "4711")
        assert environ["wsgi.url_scheme"] == "https"
        assert environ["HTTP_HOST"] == environ["SERVER_NAME"] == "site.example"
        assert environ["SERVER_PORT"] == "443"
        # The next request of the same connection may be another client's.
        assert seen(proxy)["REMOTE_ADDR"] == "127.0.0.2"
        assert seen(proxy, "X-Forwarded-For: rubbish")["REMOTE_ADDR"] == "127.0.0.2"
    with Local(server.address, "127.0.0.3") as other:
        environ = seen(other, *FIELDS)
        assert environ["REMOTE_ADDR"] == "127.0.0.3"
        assert environ["wsgi.url_scheme"] == "http"
        assert environ["HTTP_HOST"] == "test"
        assert not [name for name in environ if "FORWARDED" in name]
    server.stop()
    clients = sorted(line.split()[0] for line in server.access.lines)
    assert clients == ["127.0.0.2", "127.0.0.2", "127.0.0.3", "192.0.2.7"]


def test_without_the_option_the_environ_is_left_as_it_comes(echo: Server) -> None:
    with Client(echo.address) as client:
        environ = seen(client, *FIELDS)
        assert environ["REMOTE_ADDR"] == "127.0.0.1"
        assert environ["HTTP_X_FORWARDED_FOR"] == "6.6.6.6, 192.0.2.7:4711"
        assert environ["HTTP_HOST"] == "test"


# ------------------------------------------------------------ PROXY


def test_a_proxy_header_names_the_client(serve: StartServer, plain: Path) -> None:
    server = serve(plain, "echo.app", "--proxy-protocol=127.0.0.1")
    for header in (V1, V2):
        with Client(server.address) as client:
            client.send(header)
            assert client_in(seen(client)) == ("192.0.2.7", "4711")
            assert client_in(seen(client)) == ("192.0.2.7", "4711")
            client.send(header)  # once for each connection
            assert client.answer().status == 400
        with Client(server.address) as client:
            for byte in header + request("/environ"):
                client.send(bytes([byte]))
            assert client.answer().status == 200
    with Client(server.address) as client:
        client.send(b"PROXY UNKNOWN\r\n")
        assert seen(client)["REMOTE_PORT"] == str(client.socket.getsockname()[1])
    with Client(server.address) as client:
        assert client.get("/environ").status == 400
        client.socket.shutdown(socket.SHUT_WR)
        assert client.rest() == b""
    for header in (V1, V2):
        with Local(server.address, "127.0.0.2") as other:
            assert seen(other)["REMOTE_ADDR"] == "127.0.0.2"
            other.send(header)
            assert other.answer().status == 400
    server.stop()
    clients = [line.split()[0] for line in server.access.lines]
    assert clients.count("192.0.2.7") == 8


def test_fields_are_believed_of_the_proxy_and_not_of_whom_it_names(
    spawn: StartServer, plain: Path
) -> None:
    options = ("--proxy-protocol=127.0.0.1,127.0.0.2", "--forwarded-allow-ips=127.0.0.1,192.0.2.7")
    server = spawn(plain, "-s", "1", *options, "echo.app").wait_until_serving()
    field = "X-Forwarded-For: 203.0.113.3"
    for host, client in (("127.0.0.1", "203.0.113.3"), ("127.0.0.2", "192.0.2.7")):
        with Local(server.address, host) as proxy:
            proxy.send(V1)
            assert seen(proxy, field)["REMOTE_ADDR"] == client


def test_what_a_proxy_has_said_changes_workers_with_its_connection(
    serve: StartServer, plain: Path
) -> None:
    server = serve(plain, "echo.app", "--proxy-protocol=127.0.0.1")
    with contextlib.ExitStack() as stack:
        asked, said, half, silent = (stack.enter_context(Client(server.address)) for _ in range(4))
        asked.send(V1)
        assert client_in(seen(asked)) == ("192.0.2.7", "4711")
        said.send(V1 + b"GET /environ HT")
        half.send(V2[:20])
        server.signal(signal.SIGHUP)
        server.log.wait_for("generation 2 in")
        wait_until(lambda: len(server.workers()) == 1, "the old worker has gone")
        assert client_in(seen(asked)) == ("192.0.2.7", "4711")
        said.send(b"TP/1.1\r\nHost: x\r\n\r\n")
        half.send(V2[20:] + request("/environ"))
        for client in (said, half):
            assert '"REMOTE_ADDR": "192.0.2.7", ' in client.answer().text
        silent.send(V2)
        assert client_in(seen(silent)) == ("192.0.2.7", "4711")


def test_proxies_on_a_unix_socket(plain: Path, tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    options = ["--proxy-protocol=unix", "--forwarded-allow-ips=unix"]
    server = Server(["--bind", f"unix:{path}", "-s", "1", *options, "echo.app"], plain, {})
    try:
        server.log.wait_for("serving echo.app on unix:")
        with Client(path) as proxy:
            proxy.send(V1)
            assert client_in(seen(proxy)) == ("192.0.2.7", "4711")
            environ = seen(proxy, "X-Forwarded-For: 203.0.113.3")
            assert environ["REMOTE_ADDR"] == "203.0.113.3"
            assert "REMOTE_PORT" not in environ
        with Client(path) as proxy:
            proxy.send(b"PROXY UNKNOWN\r\n")
            assert seen(proxy)["REMOTE_ADDR"] == ""
    finally:
        server.destroy()


# ------------------------------------------------------------ real proxies

Relay = Callable[[Path, tuple[str, int], socket.socket], subprocess.Popen[bytes]]


def haproxy(option: str) -> Relay:
    """Return what starts HAProxy, which speaks `option` to the server."""

    def start(
        folder: Path, server: tuple[str, int], listener: socket.socket
    ) -> subprocess.Popen[bytes]:
        (folder / "haproxy.cfg").write_text(
            "defaults\n mode tcp\n timeout connect 5s\n timeout client 30s\n timeout server 30s\n"
            f"listen relay\n bind fd@{listener.fileno()}\n"
            f" server spawning {server[0]}:{server[1]} {option}\n"
        )
        command = ["haproxy", "-db", "-q", "-f", "haproxy.cfg"]
        return subprocess.Popen(command, cwd=folder, pass_fds=[listener.fileno()])

    return start


def nginx(
    folder: Path, server: tuple[str, int], listener: socket.socket
) -> subprocess.Popen[bytes]:
    """Start nginx as a relay of streams."""
    host, port = listener.getsockname()
    (folder / "nginx.conf").write_text(
        f"load_module {NGINX_STREAM};\ndaemon off; master_process off; pid {folder}/pid;\n"
        "error_log stderr warn; events {}\n"
        f"stream {{ server {{ listen {host}:{port}; proxy_protocol on;"
        f" proxy_pass {server[0]}:{server[1]}; }} }}\n"
    )
    # nginx takes over listening sockets from one that it replaces; here we are that one.
    environ = os.environ | {"NGINX": f"{listener.fileno()};"}
    command = ["nginx", "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]
    return subprocess.Popen(command, env=environ, pass_fds=[listener.fileno()])


def relays() -> Iterator[Any]:
    """Yield the proxies of this machine, by the version that they speak."""
    if shutil.which("haproxy"):
        yield pytest.param(haproxy("send-proxy"), id="haproxy, version 1")
        yield pytest.param(haproxy("send-proxy-v2"), id="haproxy, version 2")
        yield pytest.param(
            haproxy("send-proxy-v2 proxy-v2-options unique-id,crc32c"), id="haproxy, with more"
        )
    if shutil.which("nginx") and NGINX_STREAM.exists():
        yield pytest.param(nginx, id="nginx, version 1")
    # So that there is always one; it says nothing, and the client speaks for it.
    yield pytest.param(None, id="the client itself")


@pytest.mark.parametrize("relay", list(relays()))
def test_a_real_proxy_names_its_client(
    spawn: StartServer, plain: Path, tmp_path: Path, relay: Relay | None
) -> None:
    server = spawn(plain, "-s", "1", "--proxy-protocol=127.0.0.1", "echo.app").wait_until_serving()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = relay(tmp_path, server.address, listener) if relay else None
        try:
            for _ in range(2):
                with Client(listener.getsockname() if relay else server.address) as client:
                    host, port = client.socket.getsockname()
                    if relay is None:
                        client.send(f"PROXY TCP4 {host} 127.0.0.1 {port} 80\r\n".encode())
                    for _ in range(2):
                        assert client_in(seen(client)) == (host, str(port))
        finally:
            if process is not None:
                process.terminate()
                process.wait(PATIENCE)
