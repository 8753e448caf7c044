"""Factories: the user's own, and what they may decide, seen from outside."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from clients import Client, get
from serving import COMMAND, StartServer, wait_until

pytestmark = pytest.mark.slow

APP = """
def app_factory(config):
    def app(environ, start):
        start('200 OK', [])
        return [f"{config['greeting']} from {config['num_processes']}".encode()]
    return app
"""
RETURNS = "return {{**args, 'app_factory': 'mine.app_factory', 'greeting': 'hi', {}}}"


def write_factory(folder: Path, body: str) -> None:
    """Write a module `mine` whose `config_factory` has that body."""
    (folder / "mine.py").write_text(f"def config_factory(args):\n    {body}\n{APP}")


def test_it_has_the_last_word_about_the_server(spawn: StartServer, tmp_path: Path) -> None:
    decided = {
        "host": "127.0.0.2",
        "num_processes": 2,
        "threadpool_workers": 3,
        "no_keepalive": True,
        "access_log_file": "access.log",
    }
    write_factory(tmp_path, RETURNS.format(f"**{decided!r}"))
    server = spawn(tmp_path, "-v", "-s", "1", "-f", "mine.config_factory", "x.y")
    server.log.wait_for(r"threads +3 +the factory mine\.config_factory")
    server.log.wait_for(r"deadman +10\.0 +default")
    said = server.log.wait_for("serving x.y on http://127.0.0.2:")
    assert "(2 workers, 3 threads," in said
    with Client(server.address) as client:
        answer = client.get("/")
        assert (answer.text, answer.headers["connection"]) == ("hi from 2", "close")
    assert server.stop() == 0
    assert (tmp_path / "access.log").read_text().count("GET /") == 1
    assert not server.access.lines


def test_what_it_watches_is_watched(spawn: StartServer, tmp_path: Path) -> None:
    data = tmp_path / "data.txt"
    data.write_text("one")
    watch = "args['watch'].append('data.txt'); args['num_threads'] = 1\n    "
    greeting = RETURNS.replace("'hi'", "open('data.txt').read()").format("")
    write_factory(tmp_path, watch + greeting)
    server = spawn(tmp_path, "-s", "1", "-f", "mine.config_factory", "x.y").wait_until_serving()
    server.log.wait_for("watching")
    assert get(server.address, "/").text == "one from 1"
    data.write_text("two")
    server.log.wait_for(r"data\.txt changed.*generation 2")
    assert get(server.address, "/").text == "two from 1"


def test_a_reload_takes_its_new_code_and_not_its_new_mind(
    spawn: StartServer, tmp_path: Path
) -> None:
    write_factory(tmp_path, RETURNS.format("'num_processes': 2, 'threadpool_workers': 1"))
    server = spawn(tmp_path, "-f", "mine.config_factory", "x.y").wait_until_serving()
    server.wait_for_workers(2)
    changed = RETURNS.replace("hi", "hello").format("'num_processes': 9, 'port': 1, 'host': 'no'")
    write_factory(tmp_path, changed)
    server.signal(signal.SIGHUP)
    server.log.wait_for("SIGHUP: generation 2")
    server.wait_for_workers(2)
    assert get(server.address, "/").text == "hello from 2"


def test_it_sees_what_is_in_the_env_file(spawn: StartServer, tmp_path: Path) -> None:
    (tmp_path / "mine.env").write_text("WORKERS=2\n")
    write_factory(tmp_path, RETURNS.format("'num_processes': __import__('os').environ['WORKERS']"))
    server = spawn(tmp_path, "--env-file", "mine.env", "-f", "mine.config_factory", "x.y")
    assert "(2 workers, " in server.log.wait_for("serving")
    assert get(server.address, "/").text == "hi from 2"


# (body of the factory, exit code, what is said)
FAILURES = {
    "raises": ("return 1 / 0", 3, r"error: .*/mine\.py:2:\d+: ZeroDivisionError: division by zero"),
    "exits": ("raise SystemExit('no')", 3, r"error: .*/mine\.py:2:\d+: SystemExit: no"),
    "dies": ("import os; os.abort()", 3, r"the factory mine\.config_factory ended by SIGABRT"),
    "returns nothing": ("pass", 3, r"returned no dictionary with 'app_factory'; return the"),
    "a port that is none": (
        RETURNS.format("'port': 'high'"),
        2,
        r"the factory mine\.config_factory port: 'high' will not do, a port is a whole number",
    ),
    "a flag that is none": (
        RETURNS.format("'no_keepalive': 'maybe'"),
        2,
        r"the factory mine\.config_factory no_keepalive = 'maybe': it is true or false",
    ),
    "a wrong app_factory": (
        "return {**args, 'app_factory': 'mine.ap_factory'}",
        3,
        r"there is no 'ap_factory' in .*mine\.py.*did you mean 'app_factory'\?",
    ),
    "an app_factory that makes nothing": (
        "return {**args, 'app_factory': 'builtins.len'}",
        3,
        r"--factory: builtins\.len returned a int, which cannot be called",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_its_failure_is_one_error(tmp_path: Path, name: str) -> None:
    body, code, said = FAILURES[name]
    write_factory(tmp_path, body)
    words = [str(COMMAND), "-s", "1", "-p", "0", "-f", "mine.config_factory", "x.y"]
    run = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == code
    errors = [line for line in run.stderr.splitlines() if line.startswith("spawn: error: ")]
    assert len(errors) == 1
    assert re.search(said, errors[0])
    assert "Traceback" not in run.stderr
    assert all(line.startswith("spawn: ") for line in run.stderr.splitlines())


@pytest.mark.parametrize("who", ["the controller", "the process that runs it"])
def test_a_factory_that_hangs_ends_with_ctrl_c(
    spawn: StartServer, tmp_path: Path, who: str
) -> None:
    write_factory(tmp_path, "import signal; print('asked', flush=True); signal.pause()")
    server = spawn(tmp_path, "-f", "mine.config_factory", "x.y")
    server.access.wait_for("asked")
    [asked] = psutil.Process(server.pid).children()
    pid = server.pid if who == "the controller" else asked.pid  # a terminal tells both
    os.kill(pid, signal.SIGINT)
    assert server.wait() == 130
    assert server.log.lines == []
    wait_until(lambda: not asked.is_running(), "the process that ran the factory is gone")


# (factory, the module that is not there, words, what is said)
MISSING = [
    ("paste_factory", "paste", "dev.ini", "needs PasteDeploy, which is not installed"),
    ("django_factory", "django", "mine", "needs Django, which is not installed"),
]


ABSENT = """
import sys
class Nowhere:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition('.')[0] == '{0}':
            raise ModuleNotFoundError('no ' + name, name=name)
sys.meta_path.insert(0, Nowhere)
"""


@pytest.mark.parametrize(("factory", "module", "word", "said"), MISSING)
def test_what_is_not_installed_is_named(
    tmp_path: Path, factory: str, module: str, word: str, said: str
) -> None:
    (tmp_path / "dev.ini").write_text("[app:main]\nuse = call:mine:app\n")
    (tmp_path / "mine.py").write_text("")
    (tmp_path / "sitecustomize.py").write_text(ABSENT.format(module))
    command = [str(COMMAND), "-p", "0", "-f", f"spawning.{factory}.config_factory", word]
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    env = os.environ | {"PYTHONPATH": path}
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=env)
    assert run.returncode == 3
    assert f"error: spawning.{factory} {said}; type: pip install 'spawning[{module}]'" in run.stderr
    assert len(run.stderr.splitlines()) == 1
