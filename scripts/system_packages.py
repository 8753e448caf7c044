"""Installs the programs of the system that some tests talk to, where that can be done.

    python3 scripts/system_packages.py [PROGRAM ...]

Without a name all of them, but none of the header files that only a benchmark needs, by which a
server is compiled that it compares.  On Debian and its kin, as root, by apt-get.  Elsewhere it says
what is missing: the tests that need it then have no cases.  Runs with any Python 3, as
`interpreters` does.
"""

import os
import shutil
import subprocess
import sys

PACKAGES = {
    # the program that is looked for, and the package that holds it
    "haproxy": "haproxy",
    "nginx": "nginx-light",
    "caddy": "caddy",
    "systemd-analyze": "systemd",
    "openssl": "openssl",
    "litmus": "litmus",
    "chromium": "chromium",
    "vim": "vim",
    "emacs": "emacs-nox",
    "rsync": "rsync",
    "makeinfo": "texinfo",
    "bindfs": "bindfs",
}
HEADERS = {"ev.h": "libev-dev"}
INCLUDED = "/usr/include"
ENVIRONMENT = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
PATIENCE = ["-o", "DPkg::Lock::Timeout=600"]
"""Seconds to wait for whoever installs packages just now: a new machine does so by itself."""


def missing(programs):
    # type: (list[str]) -> list[str]
    """Return the packages of the programs, or header files, that are not there."""
    return [PACKAGES.get(name) or HEADERS[name] for name in programs if not there(name)]


def there(name):
    # type: (str) -> bool
    """Return whether a program, or a header file, is on this machine."""
    if name in HEADERS:
        return os.path.exists(os.path.join(INCLUDED, name))
    path = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"
    return shutil.which(name, path=path) is not None


def install(packages):
    # type: (list[str]) -> None
    """Install packages, without starting the services that come with them."""
    keep_off = ["-o", "DPkg::Options::=--force-confold", "--no-install-recommends"]
    subprocess.call(["apt-get", "update", "-qq"], env=ENVIRONMENT)
    for package in packages:  # one by one: where one cannot be had, the others still can
        subprocess.call(
            ["apt-get", "install", "-y", "-qq", *PATIENCE, *keep_off, package],
            env=ENVIRONMENT,
            stdout=subprocess.DEVNULL,
        )


def main(programs):
    # type: (list[str]) -> int
    """Install what is missing, or say what is; never fail, for the tests do without."""
    programs = programs or list(PACKAGES)
    packages = missing(programs)
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        install(packages)
        packages = missing(programs)
    if packages:
        print("not there, so what needs them is left out: " + ", ".join(packages), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
