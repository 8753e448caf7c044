"""Configurations of proxies: those of deploy/, with the addresses of a test.

Imports nothing of ours, so that tests can use it too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "how-to" / "behind-a-proxy.md"
FILES = {"haproxy": "haproxy/haproxy.cfg", "nginx": "nginx/app.conf", "caddy": "caddy/Caddyfile"}
HOSTS = ("127.0.0.1", "127.0.0.2")
"""Of the two instances; the ports of both are the same."""
PORT, STATUS_PORT = 8000, 9000

_BLOCK = re.compile(r"^```\{code-block\} \w+\n:name: (\S+)\n\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SERVERS = re.compile(rf"^ *server .*(?:{'|'.join(HOSTS)}):{PORT}.*\n", re.MULTILINE)

_NGINX_MAIN = """
{user}
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 1000; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{text}
}}
"""
_CADDY_MAIN = """{
    admin off
    auto_https disable_redirects
    local_certs
    skip_install_trust
}
"""

NGINX_PLAIN = """
upstream app {
    server 127.0.0.1:8000;
    server 127.0.0.2:8000;
}
server {
    listen 80;
    location / { proxy_pass http://app; }
}
"""
HAPROXY_PLAIN = """
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
frontend web
    bind :80
    default_backend app
backend app
    server a 127.0.0.1:8000
    server b 127.0.0.2:8000
"""


def deployed(program: str, unix: bool = False) -> str:
    """Return the file of deploy/; with `unix` the servers are those that the manual gives."""
    text = (ROOT / "deploy" / FILES[program]).read_text()
    if unix:
        # The servers of TCP, which stand together, are replaced by those of unix sockets.
        first, last = list(_SERVERS.finditer(text))
        blocks = dict(_BLOCK.findall(PAGE.read_text()))
        text = text[: first.start()] + blocks[f"{program}-unix"] + text[last.end() :]
    return text


def settled(text: str, port: int, ends: tuple[str, str], status_port: int) -> str:
    """Return the configuration for these addresses.

    `port` is the proxy's.  An end is HOST:PORT with one of `HOSTS`, or the path of a unix socket.
    """
    a, b = ends
    return replaced(
        text,
        {
            f"{HOSTS[0]}:{PORT}": a,
            f"{HOSTS[1]}:{PORT}": b,
            "/run/app/a.sock": a,
            "/run/app/b.sock": b,
            f"port {STATUS_PORT}": f"port {status_port}",
            "bind :80\n": f"bind 127.0.0.1:{port}\n",
            "listen 80;": f"listen 127.0.0.1:{port};",
            "shop.example {": f"http://:{port} {{\n\tbind 127.0.0.1",
        },
    )


def replaced(text: str, changes: Mapping[str, str]) -> str:
    """Return the text with all of the changes; what one has put there, another may not change."""
    pattern = "|".join(map(re.escape, changes))
    return re.sub(pattern, lambda found: changes[found[0]], text)


def command(program: str, path: str, text: str, folder: Path, root: bool) -> list[str]:
    """Write the configuration into `folder`; return the command that runs the proxy."""
    file = folder / f"{program}.conf"
    if program == "haproxy":
        file.write_text(text)
        return [path, "-db", "-f", str(file)]
    if program == "caddy":
        file.write_text(_CADDY_MAIN + text)
        at_home = [f"{name}={folder}" for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")]
        return ["env", *at_home, path, "run", "--adapter", "caddyfile", "--config", str(file)]
    # Started by root, nginx's workers are somebody else, whom our folder is closed to.
    user = "user root;" if root else ""
    file.write_text(_NGINX_MAIN.format(user=user, folder=folder, text=text))
    return [path, "-c", str(file), "-e", str(folder / "early-error.log")]
