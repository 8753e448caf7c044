"""The load generator, wrk, which drives the cases of the serving benchmark."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cases import Case

# wrk's own report rounds; this line does not.
REPORT = """
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d %d %d\\n", summary.requests, summary.duration,
    errors.connect + errors.write + errors.timeout, errors.read, errors.status,
    latency:percentile(50), latency:percentile(99), latency.max))
end
"""
RESULT = re.compile(r"RESULT" + r" (\d+)" * 8)


@dataclass(frozen=True)
class Load:
    """What wrk saw; durations in seconds."""

    requests: int
    duration: float
    broken: int
    """Connections refused, reset or timed out."""
    bad_status: int
    p50: float
    p99: float
    longest: float


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
        script.write(case.script() + REPORT)
        script.flush()
        command = [wrk, "-t1", f"-c{case.connections}", f"-d{max(1, round(seconds))}s"]
        url = f"http://127.0.0.1:{port}{case.path}"
        ran = subprocess.run([*command, "-s", script.name, url], capture_output=True, text=True)
    result = RESULT.search(ran.stdout)
    if not result:
        raise RuntimeError(f"wrk failed: {ran.stdout}{ran.stderr}")
    requests, duration, broken, cut, bad_status, *latencies = map(int, result.groups())
    if not case.closes:
        broken += cut  # else each close that was asked for, and that the answer does not announce
    return Load(requests, duration / 1e6, broken, bad_status, *(one / 1e6 for one in latencies))


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
