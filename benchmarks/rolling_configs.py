"""Configurations of HAProxy and nginx: those of the manual, with the addresses of a test.

Imports nothing of ours, so that tests can use it too.
"""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "how-to" / "behind-a-proxy.md"
_BLOCK = re.compile(r"^```\{code-block\} \w+\n:name: (\S+)\n\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SERVERS = re.compile(r"^ *server .*(?:8001|8002|\.sock).*\n", re.MULTILINE)

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

NGINX_PLAIN = """
upstream app {
    server 127.0.0.1:8001;
    server 127.0.0.1:8002;
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
    server a 127.0.0.1:8001
    server b 127.0.0.1:8002
"""


def of_the_manual(program: str, unix: bool) -> str:
    """Return the configuration that the manual gives; raises KeyError where it has none."""
    blocks = dict(_BLOCK.findall(PAGE.read_text()))
    text: str = blocks[f"{program}-tcp"]
    if unix:
        # The servers of TCP, which stand together, are replaced by those of unix sockets.
        first, last = list(_SERVERS.finditer(text))
        text = text[: first.start()] + blocks[f"{program}-unix"] + text[last.end() :]
    return text


def settled(text: str, port: int, a: str, b: str) -> str:
    """Return the configuration for these addresses: HOST:PORT, or the path of a unix socket."""
    for theirs, ours in (
        ("127.0.0.1:8001", a),
        ("127.0.0.1:8002", b),
        ("/run/app/a.sock", a),
        ("/run/app/b.sock", b),
        ("bind :80", f"bind 127.0.0.1:{port}"),
        ("listen 80;", f"listen 127.0.0.1:{port};"),
    ):
        text = text.replace(theirs, ours)
    return text


def command(program: str, path: str, text: str, folder: Path, root: bool) -> list[str]:
    """Write the configuration into `folder`; return the command that runs the proxy."""
    file = folder / f"{program}.conf"
    if program == "haproxy":
        file.write_text(text)
        return [path, "-db", "-f", str(file)]
    # Started by root, nginx's workers are somebody else, whom our folder is closed to.
    user = "user root;" if root else ""
    file.write_text(_NGINX_MAIN.format(user=user, folder=folder, text=text))
    return [path, "-c", str(file), "-e", str(folder / "early-error.log")]
