"""Each way in which programs save a file is one reload, of what they have saved."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest

from edited import Edited, edited, source

pytestmark = pytest.mark.slow

Save = Callable[[Edited, str], None]


def in_place(site: Edited, text: str) -> None:
    site.views.write_text(source(text))


def in_pieces(site: Edited, text: str) -> None:
    with site.views.open("w") as file:
        for letter in source(text):
            file.write(letter)
            file.flush()


def vs_code(site: Edited, text: str) -> None:
    """`fs.open` with 'r+' after a truncation of its own, as on Windows and for locked files."""
    os.truncate(site.views, 0)
    with site.views.open("r+") as file:
        file.write(source(text))
        file.flush()
        os.fsync(file.fileno())


def vs_code_atomic(site: Edited, text: str) -> None:
    draft = site.folder / "views.py.vsctmp"
    draft.write_text(source(text))
    draft.replace(site.views)


def pycharm_safe_write(site: Edited, text: str) -> None:
    new, old = site.folder / "views.py___jb_tmp___", site.folder / "views.py___jb_old___"
    new.write_text(source(text))
    site.views.rename(old)
    new.rename(site.views)
    old.unlink()


def gnome(site: Edited, text: str) -> None:
    """GLib's `g_file_replace` with a backup: a link, and a rename over."""
    backup, draft = site.folder / "views.py~", site.folder / ".goutputstream-ABCDEF"
    backup.unlink(missing_ok=True)
    draft.write_text(source(text))
    backup.hardlink_to(site.views)
    draft.replace(site.views)


def delete_and_create(site: Edited, text: str) -> None:
    site.views.unlink()
    site.views.write_text(source(text))


def from_elsewhere(site: Edited, text: str) -> None:
    draft = site.folder.parent / "draft.py"
    draft.write_text(source(text))
    site.run("mv", "../draft.py", "views.py")


def copied(site: Edited, text: str) -> None:
    (site.folder.parent / "draft.py").write_text(source(text))
    site.run("cp", "../draft.py", "views.py")


def with_its_times(site: Edited, text: str) -> None:
    """`cp -p` of an older file: time and permissions are set after the close."""
    draft = site.folder.parent / "draft.py"
    draft.write_text(source(text))
    os.utime(draft, (1_000_000_000, 1_000_000_000))
    site.run("cp", "-p", "../draft.py", "views.py")


def vim(*settings: str) -> Save:
    def save(site: Edited, text: str) -> None:
        commands = [f"set {setting}" for setting in settings]
        commands += [f"call setline(1, {source(text).strip()!r})", "preserve", "write", "quit"]
        words = [word for command in commands for word in ("-c", command)]
        site.run("vim", "-N", "-u", "NONE", "-i", "NONE", "-es", *words, "views.py")

    return save


def emacs(*settings: str) -> Save:
    def save(site: Edited, text: str) -> None:
        body = source(text).replace('"', '\\"')
        lisp = f'(erase-buffer) (insert "{body}") (lock-buffer) (do-auto-save) (save-buffer)'
        noise = "(setq create-lockfiles t auto-save-default t)"
        site.run(
            "emacs", "-Q", "--batch", "--eval", f"(progn {noise} (setq {' '.join(settings)}))",
            "views.py", "--eval", f"(progn (auto-save-mode 1) {lisp})",
        )  # fmt: skip

    return save


def sed(site: Edited, text: str) -> None:
    site.run("sed", "-i", f"s/^TEXT.*/{source(text).strip()}/", "views.py")


def rsync(*options: str) -> Save:
    def save(site: Edited, text: str) -> None:
        elsewhere = site.folder.parent / "elsewhere"
        elsewhere.mkdir(exist_ok=True)
        (elsewhere / "views.py").write_text(source(text))
        site.run("rsync", "-a", "--ignore-times", *options, f"{elsewhere}/", "./")

    return save


SAVES: dict[str, Save] = {
    "in place": in_place,
    "in pieces": in_pieces,
    "VS Code": vs_code,
    "VS Code, atomic": vs_code_atomic,
    "PyCharm's safe write": pycharm_safe_write,
    "GNOME": gnome,
    "deleted and created": delete_and_create,
    "moved here": from_elsewhere,
    "copied": copied,
    "copied with its times": with_its_times,
}
PROGRAMS: dict[str, dict[str, Save]] = {
    "vim": {
        "vim": vim("backupcopy=auto"),
        "vim without a backup": vim("nobackup", "nowritebackup"),
        "vim, the old file moved away": vim("backup", "writebackup", "backupcopy=no"),
        "vim, the old file copied": vim("backup", "writebackup", "backupcopy=yes"),
    },
    "emacs": {
        "emacs": emacs("make-backup-files t"),
        "emacs without a backup": emacs("make-backup-files nil"),
        "emacs, the old file copied": emacs("make-backup-files t", "backup-by-copying t"),
        "emacs, precious": emacs("file-precious-flag t"),
    },
    "sed": {"sed -i": sed},
    "rsync": {"rsync": rsync(), "rsync --inplace": rsync("--inplace")},
}
for program, saves in PROGRAMS.items():
    if shutil.which(program):
        SAVES |= saves


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edited]:
    """One server for all saves: a reload too many of one is found by the next."""
    with edited(tmp_path_factory.mktemp("editors") / "project") as served:
        yield served
        in_place(served, "the end")
        served.next_reload("views.py changed")


@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES)
def test_a_save_is_one_reload_of_what_was_saved(site: Edited, save: Save) -> None:
    text = f"generation {site.generation + 1}"
    save(site, text)
    site.next_reload(r"^views\.py changed \(views <- mine\)$")
    assert site.answer() == text


def test_the_same_bytes_are_no_reload(site: Edited) -> None:
    text = site.answer()
    for save in SAVES.values():
        save(site, text)
    site.views.chmod(0o600)
    site.views.touch()
    in_place(site, "another")
    site.next_reload(r"^views\.py changed")


def test_what_editors_leave_beside_a_module_is_no_reload(site: Edited) -> None:
    (site.folder / ".#views.py").symlink_to("someone@somewhere.1234:5678")
    for name in ("#views.py#", ".views.py.swp", "4913", "views.py~", "views.py.orig", "views.pyc"):
        (site.folder / name).write_text("= not Python")
    (site.folder / "__pycache__").mkdir(exist_ok=True)
    (site.folder / "__pycache__" / "views.cpython-399.pyc").write_text("= not Python")
    in_place(site, "another one")
    site.next_reload(r"^views\.py changed")
    # To an editor that saves after this test they would say that another one is at it.
    for name in (".#views.py", ".views.py.swp"):
        (site.folder / name).unlink()
