"""The image that deploy/docker/Dockerfile describes: each of its lines, without a container."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from clients import get
from deployed import DEPLOY, Image, parsed
from serving import PATIENCE, Server, StartServer, free_port, wait_until

IMAGE = Image()


def test_the_image_is_made_in_two_stages_and_runs_as_nobody_of_importance() -> None:
    stages = IMAGE.all("FROM")
    names = re.findall(r" AS (\w+)$", "\n".join(stages), re.MULTILINE)
    used = re.findall(r"--from=(\w+)", "\n".join(IMAGE.all("COPY")))
    assert (len(stages), names) == (2, used)
    assert len({stage.split()[0] for stage in stages}) == 1
    assert stages[0].split()[0].endswith("-slim")
    (user,) = IMAGE.all("USER")
    assert re.fullmatch(r"(\d{4,}):\1", user)
    assert f"useradd --uid {user.partition(':')[0]} " in "\n".join(IMAGE.all("RUN"))
    order = [name for name, _rest in IMAGE.instructions]
    assert order.index("USER") > max(n for n, name in enumerate(order) if name in ("COPY", "RUN"))


def test_the_command_is_ours_and_its_ports_are_those_of_the_image(tmp_path: Path) -> None:
    config = parsed(IMAGE.words, tmp_path)
    assert config.args == ("my_module.app",)
    assert IMAGE.all("EXPOSE") == [str(config.port)]
    assert config.host == ""
    assert config.status_host == "127.0.0.1"
    assert (config.daemonize, config.pidfile, config.chuid) == (False, "", "")
    options, words = IMAGE.check
    assert f"'{config.status_host}', {config.status_port}," in words[-1]
    inner = re.search(r"timeout=(\d+)", words[-1])
    assert inner
    assert int(inner[1]) < options["timeout"] < options["interval"]


def test_secrets_and_the_past_stay_out() -> None:
    lines = (DEPLOY / "docker" / ".dockerignore").read_text().splitlines()
    patterns = [line.removeprefix("**/") for line in lines if not line.startswith("#")]
    for name in (".env", ".env.production", ".git", ".venv", "__pycache__", "Dockerfile"):
        assert any(fnmatch(name, pattern) for pattern in patterns), name
    kept = ("app.py", "requirements.txt", "static", "my_module")
    assert not any(fnmatch(name, pattern) for name in kept for pattern in patterns)


@pytest.mark.slow
@pytest.mark.once
def test_the_line_of_pip_installs_what_is_meant(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("flask\n")
    (line,) = [line for line in IMAGE.all("RUN") if line.startswith("pip ")]
    # Not from the index: what is meant is installed already, with all that it needs.
    words = [sys.executable, "-m", *shlex.split(line), "--no-index", "--disable-pip-version-check"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    satisfied = re.findall(r"^Requirement already satisfied: (\S+)", done.stdout, re.MULTILINE)
    assert {"spawning", "flask", "eventlet"} <= {name.lower().split(">")[0] for name in satisfied}


@pytest.mark.slow
@pytest.mark.once
def test_an_application_is_compiled_as_the_image_compiles_it(tmp_path: Path) -> None:
    (tmp_path / "my_module.py").write_text("app = None\n")
    (line,) = [line for line in IMAGE.all("RUN") if line.startswith("python -m compileall")]
    subprocess.run([sys.executable, *shlex.split(line)[1:]], cwd=tmp_path, check=True)
    assert list(tmp_path.glob("__pycache__/my_module.*.pyc"))


def is_healthy(status_port: int) -> bool:
    """Return what HEALTHCHECK finds, of a server whose status port is another one."""
    _options, words = IMAGE.check
    assert words[0] == "python"
    code = [word.replace(", 9000,", f", {status_port},") for word in words[1:]]
    done = subprocess.run([sys.executable, *code], stderr=subprocess.DEVNULL, timeout=PATIENCE)
    assert done.returncode in (0, 1)  # the only ones that Docker knows
    return done.returncode == 0


@pytest.fixture
def server(spawn: StartServer, plain: Path) -> tuple[Server, int]:
    """A server that was started by CMD, on other ports and with a long delay; its status port."""
    status_port = free_port()
    words = [*IMAGE.words[1:-1], "--status-port", str(status_port), "--shutdown-delay", "600"]
    return spawn(plain, *words, "hello.app").wait_until_serving(), status_port


@pytest.mark.slow
@pytest.mark.once
def test_the_health_of_a_container_is_the_readiness_of_its_server(
    server: tuple[Server, int],
) -> None:
    running, status_port = server
    wait_until(lambda: is_healthy(status_port), "it is ready")
    running.signal(signal.SIGTERM)
    wait_until(lambda: not is_healthy(status_port), "it is not ready any more")
    assert get(running.address, "/").status == 200  # though it goes on for a while
    running.signal(signal.SIGTERM)
    assert running.wait() == 0
    assert not is_healthy(status_port)
