"""`spawnctl coverage`: reports of what has run, and what is done about measuring it."""

from __future__ import annotations

import io
import os
import sys
import tarfile
from collections.abc import Mapping, Sequence

from spawning.errors import UsageError, did_you_mean
from spawning_devtools.ctl.code import servers
from spawning_devtools.ctl.coverage.client import ask
from spawning_devtools.ctl.parser import Parser, add_server_option

REPORTS: Mapping[str, str] = {
    "report": ".txt",
    "json": ".json",
    "xml": ".xml",
    "lcov": ".lcov",
    "data": ".data",
}
"""By what is typed: where it is asked for."""
ORDERS = ("reset", "pause", "resume")
HTML = "html"
FOLDER = "htmlcov"

EXAMPLE = """\
  report   the table of all files
  html     a folder with a page for each file
  json     for programs; so are xml (Cobertura) and lcov
  data     a .coverage file, which 'coverage combine' merges with those of tests
  reset    forget which lines requests have run
  pause    do not count what requests run
  resume   count it again

examples:
  spawnctl coverage
  spawnctl coverage html -d htmlcov
  spawnctl coverage lcov -o lcov.info
  spawnctl coverage data -o .coverage.served && coverage combine --append"""


def parser() -> Parser:
    """Return the parser of the command line."""
    made = Parser(
        "coverage",
        "Tells which lines have run, of a server that was started with --coverage.",
        EXAMPLE,
    )
    add = made.add_argument
    add("what", nargs="?", default="report", metavar="WHAT", help="see below [report]")
    add("-o", "--output", metavar="FILE", help="where a report goes [standard output]")
    add("-d", "--directory", metavar="FOLDER", help=f"where html goes [{FOLDER}]")
    add_server_option(made)
    return made


def main(argv: Sequence[str]) -> int:
    """Do what is asked; return the exit code.  Raises SpawningError."""
    typed = parser().parse_args(argv)
    what = typed.what
    if what not in (*REPORTS, *ORDERS, HTML):
        known = (*REPORTS, HTML, *ORDERS)
        hint = did_you_mean(what, known) or f"type one of {', '.join(known)}"
        raise UsageError(f"there is no {what!r}", hint)
    if typed.output is not None and what not in REPORTS:
        raise UsageError(f"{what} goes to no file", "-o is for report, json, xml, lcov and data")
    if typed.directory is not None and what != HTML:
        raise UsageError(f"{what} makes no folder", "-d is for html")
    if what == "data" and typed.output is None and sys.stdout.isatty():
        raise UsageError("data is nothing for a terminal", "type for example: -o .coverage.served")
    controller = servers.find(typed.pid, "--coverage")
    if what in ORDERS:
        answer = ask(controller, "POST", f"/{what}")
        print(answer.body.decode().strip())
        return 0 if answer.is_complete else 1
    answer = ask(controller, "GET", ".tar" if what == HTML else REPORTS[what])
    if what == HTML:
        folder = typed.directory or FOLDER
        _unpack(answer.body, folder)
        print(f"Wrote HTML report to {os.path.join(folder, 'index.html')}")
    else:
        _write(answer.body, typed.output)
    for remark in answer.remarks if what != "report" else ():  # it has them below the table
        print(f"spawnctl: {remark}", file=sys.stderr)
    return 0


def _write(report: bytes, path: str | None) -> None:
    if path is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(report)
        sys.stdout.buffer.flush()
        return
    try:
        with open(path, "wb") as file:
            file.write(report)
    except OSError as error:
        raise _cannot_write(path, error) from None


def _unpack(archive: bytes, folder: str) -> None:
    """Write the files of an archive into a folder, and nowhere else whatever is in it."""
    try:
        os.makedirs(folder, exist_ok=True)
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            for member in packed:
                content = packed.extractfile(member) if member.isfile() else None
                if content is None or os.path.basename(member.name) != member.name:
                    continue
                with open(os.path.join(folder, member.name), "wb") as file:
                    file.write(content.read())
    except OSError as error:
        raise _cannot_write(folder, error) from None


def _cannot_write(path: str, error: OSError) -> UsageError:
    return UsageError(f"{error.filename or path} cannot be written: {error.strerror or error}")
