from __future__ import annotations

import pytest

from spawning_devtools.reload.conductor.cause import describe
from spawning_devtools.reload.watcher.fingerprints import Change, Difference

CHAINS = {
    "/p/views.py": ["views", "urls", "app"],
    "/p/local.py": ["local", "settings", "app"],
    "/p/app.py": ["app"],
    "/p/deep.py": ["a", "b", "c", "d", "e", "f", "app"],
    "/p/both.py": ["both", "app"],
    "/lib/flask/json.py": ["flask.json"],
    "/p/data.json": ["views", "urls", "app"],
    "/p/plugins/": ["app"],
}
WATCHED = ["/p/settings.yaml", "/etc/app.yaml", "/p/both.py"]
READ = ["/p/data.json", "/p/plugins/", "/p/unread.html"]
CHANGED, DELETED, APPEARED = Difference.CHANGED, Difference.DELETED, Difference.APPEARED

CAUSES = [
    ([("/p/views.py", CHANGED)], "views.py changed (views <- urls <- app)"),
    ([("/p/views.py", DELETED)], "views.py deleted (views <- urls <- app)"),
    ([("/p/local.py", APPEARED)], "local.py appeared (local <- settings <- app)"),
    ([("/p/app.py", CHANGED)], "app.py changed"),
    ([("/p/settings.yaml", CHANGED)], "settings.yaml changed (--watch)"),
    ([("/etc/app.yaml", APPEARED)], "/etc/app.yaml appeared (--watch)"),
    ([("/p/both.py", CHANGED)], "both.py changed (both <- app)"),
    ([("/p/data.json", CHANGED)], "data.json changed (read by views <- urls <- app)"),
    ([("/p/plugins/", CHANGED)], "plugins/ changed (listed by app)"),
    ([("/p/unread.html", DELETED)], "unread.html deleted"),
    ([("/lib/flask/json.py", CHANGED)], "/lib/flask/json.py changed"),
    ([("/p/deep.py", CHANGED)], "deep.py changed (a <- b <- c <- d <- ... <- app)"),
    ([("/p/pkg", APPEARED), ("/p/pkg/local.py", APPEARED)], "pkg/local.py appeared"),
    ([("/p/pkg/", CHANGED), ("/p/pkg/a.py", DELETED)], "2 files changed (pkg/, pkg/a.py)"),
    ([("/p/a", CHANGED), ("/p/b/c", DELETED)], "2 files changed (a, b/c)"),
    ([(f"/p/{x}", CHANGED) for x in "abc"], "3 files changed (a, b, c)"),
    ([(f"/p/{x}", CHANGED) for x in "abcd"], "4 files changed (a, b and 2 more)"),
    ([(f"/p/{n}", CHANGED) for n in range(1000)], "1,000 files changed (0, 1 and 998 more)"),
]


@pytest.mark.parametrize(("changes", "text"), CAUSES)
def test_text(changes: list[tuple[str, Difference]], text: str) -> None:
    made = [Change(path, kind) for path, kind in changes]
    assert describe(made, lambda path: CHAINS.get(path, []), WATCHED, READ, "/p") == text
