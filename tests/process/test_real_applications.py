"""Applications as they are found in the world, served unmodified, with threads and greenlets."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from browsing import Browser, token_in
from serving import APPS, Server, StartServer

pytestmark = pytest.mark.slow

PASSWORD = "a-password"
DJANGO = ("-f", "spawning.django_factory.config_factory", "library.settings")
PASTE = ("-f", "spawning.paste_factory.config_factory", "development.ini", "http_port=0")
LITMUS = [command for command in [shutil.which("litmus")] if command]
SUITES = ["basic", "copymove", "props", "locks", "http"]


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Django project with its database, and with someone who may use the admin."""
    folder = tmp_path_factory.mktemp("django") / "site"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(APPS / "django_admin_site", folder, ignore=ignore)
    user = ["createsuperuser", "--noinput", "--username", "anna", "--email", "anna@example.org"]
    for words in (["migrate", "-v0"], [*user, "-v0"]):
        env = os.environ | {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
        subprocess.run([sys.executable, "manage.py", *words], cwd=folder, env=env, check=True)
    return folder


@pytest.fixture
def library(spawn: StartServer, threads: str, migrated: Path, tmp_path: Path) -> Server:
    """The Django project as its developer serves it, in a folder of the test's own."""
    folder = shutil.copytree(migrated, tmp_path / "site")
    server = spawn(folder, "-s", "2", "-t", threads, "--reload=dev", *DJANGO)
    return server.wait_until_serving()


def test_the_admin_of_django(library: Server) -> None:
    with Browser(library.address) as anna:
        response, _ = anna.get("/admin/")
        assert (response.status, response.headers["Location"]) == (
            302,
            "/admin/login/?next=/admin/",
        )
        _, page = anna.get("/admin/login/?next=/admin/")
        known = {"username": "anna", "password": PASSWORD, "next": "/admin/"}
        refused, _ = anna.post("/admin/login/", **known)
        assert refused.status == 403
        response, _ = anna.post("/admin/login/", csrfmiddlewaretoken=token_in(page), **known)
        assert (response.status, response.headers["Location"]) == (302, "/admin/")
        _, page = anna.get("/admin/")
        assert b"Site administration" in page
        [style] = re.findall(rb'href="(/static/admin/css/base\.css)"', page)
        response, text = anna.get(style.decode())
        assert (response.status, response.headers["Content-Type"]) == (200, "text/css")
        assert text.startswith(b"/*\n    DJANGO Admin styles\n*/")
        _, page = anna.get("/admin/shelf/book/add/")
        added, _ = anna.post(
            "/admin/shelf/book/add/", csrfmiddlewaretoken=token_in(page), title="Über", _save="Save"
        )
        assert added.status == 302
        _, page = anna.get("/admin/shelf/book/")
        assert "Über" in page.decode()


def test_uploads_and_downloads_of_django(library: Server) -> None:
    content = os.urandom(20 * 2**20)
    with Browser(library.address) as browser:
        _, page = browser.get("/scans/add")
        response, said = browser.upload(
            "/scans/add", "scan", content, csrfmiddlewaretoken=token_in(page), title="A scan"
        )
        assert response.status == 201, said
        number, length = said.split()
        assert int(length) == len(content)
        found = browser.digest(f"/scans/{int(number)}")
        assert found == (hashlib.sha256(content).hexdigest(), len(content))
        rows = "".join(f"{number},book {number}\n" for number in range(20_000)).encode()
        response, text = browser.get("/catalogue.csv?rows=20000")
        assert response.headers["Transfer-Encoding"] == "chunked"
        assert text == rows


def test_a_save_reloads_django(library: Server, tmp_path: Path) -> None:
    with Browser(library.address) as browser:
        _, page = browser.get("/scans/add")
        assert b"Add a scan" in page
        views = tmp_path / "site" / "shelf" / "views.py"
        views.write_text(views.read_text().replace("shelf/add.html", "shelf/add_new.html"))
        (views.parent / "templates/shelf/add_new.html").write_text("new")
        library.log.wait_for(r"views\.py changed \(.*\): generation \d")
        _, page = browser.get("/scans/add")
        assert page == b"new"


def test_static_files_are_for_development(spawn: StartServer, migrated: Path, threads: str) -> None:
    server = spawn(migrated, "-s", "1", "-t", threads, *DJANGO).wait_until_serving()
    with Browser(server.address) as browser:
        response, _ = browser.get("/static/admin/css/base.css")
        assert response.status == 404
        response, page = browser.get("/admin/login/")
        assert response.status == 200
        assert b"Django administration" in page


def test_pyramid_by_paste(spawn: StartServer, threads: str) -> None:
    server = spawn(APPS / "pyramid_site", "-t", threads, *PASTE).wait_until_serving()
    with Browser(server.address) as browser:
        _, body = browser.get("/")
        home = json.loads(body)
        assert home["url"] == "http://{}:{}".format(*server.address)
        refused, _ = browser.post("/entries", text="no token")
        assert refused.status == 400
        response, _ = browser.post("/entries", text="grüße", csrf_token=home["token"])
        assert (response.status, response.headers["Location"]) == (303, f"{home['url']}/entries")
        assert json.loads(browser.get("/entries")[1]) == ["grüße"]
        response, style = browser.get("/static/style.css")
        assert (response.headers["Content-Type"], style[:4]) == ("text/css; charset=UTF-8", b"body")
        _, text = browser.get("/export")
        assert text == "".join(f"line {number}\n" for number in range(1000)).encode()
        assert browser.get("/nowhere")[0].status == 404


@pytest.mark.parametrize("command", LITMUS)
def test_webdav_by_litmus(spawn: StartServer, threads: str, tmp_path: Path, command: str) -> None:
    (tmp_path / "files").mkdir()
    env = {"DAV_FOLDER": str(tmp_path / "files")}
    server = spawn(APPS / "webdav_site", "-s", "1", "-t", threads, "dav.app", env=env)
    host, port = server.address
    # It leaves its logs where it runs.
    run = subprocess.run(
        [command, "-k", f"http://{host}:{port}/"], cwd=tmp_path, capture_output=True, text=True
    )
    found = re.findall(
        r"summary for `(\w+)': of (\d+) tests run: (\d+) passed, (\d+) failed", run.stdout
    )
    assert [suite for suite, *_ in found] == SUITES, run.stdout
    for _suite, run_count, passed, failed in found:
        assert (passed, failed) == (run_count, "0"), run.stdout
