"""The cases of the serving benchmark and the load generator, wrk, which drives them."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CONNECTIONS = 16
BROWSER_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en-GB,en;q=0.9,de;q=0.7,fr;q=0.5",
    "Cache-Control": "max-age=0",
    "Cookie": "session=eyJ1c2VyIjoxNzI5fQ.aBcDeF.0123456789abcdefghij; theme=dark; consent=1",
    "DNT": "1",
    "Priority": "u=0, i",
    "Referer": "http://127.0.0.1/start?from=bookmarks",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-User": "?1",
    "Upgrade-Insecure-Requests": "1",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}
"""With Host, which wrk adds, fifteen."""

# wrk's own report rounds; this line does not.
REPORT = """
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.timeout, errors.status,
    latency:percentile(99)))
end
"""
RESULT = re.compile(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)")


@dataclass(frozen=True)
class Case:
    """One kind of request, repeated on keep-alive connections."""

    name: str
    title: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: int = 0
    """Bytes that are posted; 0 for a GET."""

    @property
    def method(self) -> str:
        return "POST" if self.body else "GET"

    def script(self) -> str:
        """Return the request as a wrk script."""
        lines = [f'wrk.method = "{self.method}"']
        lines += [f'wrk.headers["{name}"] = "{value}"' for name, value in self.headers.items()]
        if self.body:
            lines.append(f'wrk.body = string.rep("x", {self.body})')
        return "\n".join(lines) + REPORT


CASES = (
    Case("hello", "hello world", "/"),
    Case("headers", "hello world, 15 request headers", "/", BROWSER_HEADERS),
    Case("json", "1 KB of JSON", "/json"),
    Case("echo", "10 KB posted and echoed", "/echo", body=10 * 1024),
)


@dataclass(frozen=True)
class Load:
    """What wrk saw; durations in seconds."""

    requests: int
    duration: float
    broken: int
    """Connections refused, reset or timed out."""
    bad_status: int
    p99: float


def find_wrk() -> str:
    """Return the path of wrk, installing Debian's package where that is possible."""
    found = shutil.which("wrk")
    if not found and os.geteuid() == 0 and Path("/etc/debian_version").exists():
        print("installing wrk (apt-get install wrk)", file=sys.stderr)
        command = ["apt-get", "install", "-y", "--no-install-recommends", "wrk"]
        subprocess.run(command, stdout=subprocess.DEVNULL)
        found = shutil.which("wrk")
    if not found:
        print(
            "benchmarks/serving.py needs the load generator wrk; type: apt-get install wrk,"
            " or see https://github.com/wg/wrk",
            file=sys.stderr,
        )
        sys.exit(2)
    return found


def drive(wrk: str, port: int, case: Case, seconds: float) -> Load:
    """Load 127.0.0.1:port with `case`; raises RuntimeError where wrk itself fails."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(case.script())
        script.flush()
        command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s"]
        url = f"http://127.0.0.1:{port}{case.path}"
        ran = subprocess.run([*command, "-s", script.name, url], capture_output=True, text=True)
    result = RESULT.search(ran.stdout)
    if not result:
        raise RuntimeError(f"wrk failed: {ran.stdout}{ran.stderr}")
    requests, microseconds, broken, bad_status, p99 = map(int, result.groups())
    return Load(requests, microseconds / 1e6, broken, bad_status, p99 / 1e6)


def wrong_answer(port: int, case: Case) -> str:
    """Return what is wrong with the answer to one request of `case`, or an empty string."""
    posted = b"x" * case.body
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        client.request(case.method, case.path, body=posted or None, headers=dict(case.headers))
        answer = client.getresponse()
        content = answer.read()
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        client.close()
    if answer.status != 200:
        return f"status {answer.status}"
    if case.body and content != posted:
        return "the body came back changed"
    return "" if content else "no body"
