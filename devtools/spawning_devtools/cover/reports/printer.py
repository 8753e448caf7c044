"""The process that makes one report; started by `builds`, see `niced`.

It is told its settings, then all files with what ran of them, a line each, and an empty
line.  It answers by one line: {"looked": …, "remarks": […]}, or {"problem": "a sentence"}.

A file may change while the report is made.  Then what ran would stand beside lines that
did not: it is made again.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import tarfile
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TextIO

import coverage
from coverage.exceptions import CoverageException, CoverageWarning, NoDataError

from spawning_devtools.cover.disk import digest_of, remove
from spawning_devtools.cover.facts import FileFacts, Setup, facts_from_json
from spawning_devtools.cover.niced import yield_to_others
from spawning_devtools.cover.reports import datafile

ATTEMPTS = 3
"""Times that a report is made of files that change."""
KEEPER_IS_GONE = 3


def main(settings: Mapping[str, Any], orders: TextIO, answers: TextIO) -> None:
    """Make the report that the settings name, and answer."""
    yield_to_others(is_idle=False)  # somebody waits for it
    files = tuple(_told(orders))
    threading.Thread(target=_end_with, args=(orders,), daemon=True).start()
    answers.write(json.dumps(_answer(settings, files)) + "\n")
    answers.flush()


def _told(orders: TextIO) -> Iterator[FileFacts]:
    while (line := orders.readline()) != "\n":
        if not line:
            sys.exit(KEEPER_IS_GONE)
        yield facts_from_json(json.loads(line))


def _end_with(orders: TextIO) -> None:
    # Not by the file itself, whose lock a thread would hold when the interpreter ends.
    while os.read(orders.fileno(), 1024):
        pass
    os._exit(KEEPER_IS_GONE)


def _answer(settings: Mapping[str, Any], files: tuple[FileFacts, ...]) -> dict[str, Any]:
    """Return the answer; never raises."""
    try:
        if settings["kind"] == "tar":
            _pack(settings["from"], settings["to"])
            return {"looked": {}, "remarks": []}
        return made(
            Setup(**settings["setup"]), settings["kind"], settings["to"], settings["from"], files
        )
    except NoDataError:
        return {"problem": "Nothing has been measured: no line of the project has run yet."}
    except (CoverageException, OSError) as error:
        return {"problem": sentence(error)}
    except Exception as error:  # of a plugin, perhaps
        return {"problem": f"coverage.py failed with {type(error).__name__}: {error}"}


def sentence(error: Exception) -> str:
    """Return why there is no report."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "There is no room for the report on the disk of temporary files."
    if isinstance(error, OSError):
        return f"{error.filename or 'A file'} fails the report: {error.strerror or error}."
    return str(error).partition("\n")[0]


def made(
    setup: Setup, kind: str, to: str, before: str, files: tuple[FileFacts, ...]
) -> dict[str, Any]:
    """Make a report at `to`; return what it depends on, and what coverage.py remarks.

    `before` is a folder with an earlier one, or ''.  Raises coverage.py's exceptions and OSError.
    """
    for _ in range(ATTEMPTS):
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("ignore")
            warnings.simplefilter("always", CoverageWarning)
            cov = datafile.opened(setup)
            looked = datafile.looked_at(cov, [facts.path for facts in files])
            digests = _report(cov, setup, kind, to, before, files)
        if all(digest_of(path) == digest for path, digest in digests.items()):
            remarks = [str(one.message) for one in warned if one.category is CoverageWarning]
            return {"looked": looked, "remarks": remarks}
    return {"problem": "Files change all the time while the report is made: ask once more."}


def _report(
    cov: coverage.Coverage,
    setup: Setup,
    kind: str,
    to: str,
    before: str,
    files: Iterable[FileFacts],
) -> Mapping[str, str]:
    """Make one; return the digests on disk of the files of which something counts."""
    remove(to)  # what an attempt has left
    if kind == "data":
        return datafile.write(to, cov, setup, files)
    aliases = cov._make_aliases()
    cov.set_option("paths", {})  # for we do that, and look at what stands there
    data = cov.get_data()
    try:
        digests = datafile.fill(data, cov, setup, files, aliases.map)
        _print(cov, setup, kind, to, before)
    finally:
        data.close(force=True)
    return digests


def _print(cov: coverage.Coverage, setup: Setup, kind: str, to: str, before: str) -> None:
    # A file that is broken at the moment is left out, with a remark: one works on it.
    match kind:
        case "html":
            if before and not setup.contexts:  # it does not see that contexts have changed
                shutil.copytree(before, to)
            contexts = True if setup.contexts else None
            cov.html_report(directory=to, ignore_errors=True, show_contexts=contexts)
        case "json":
            cov.json_report(outfile=to, ignore_errors=True)
        case "xml":
            cov.xml_report(outfile=to, ignore_errors=True)
        case "lcov":
            cov.lcov_report(outfile=to, ignore_errors=True)
        case _:
            with open(to, "w", encoding="utf-8") as file:
                cov.report(file=file, ignore_errors=True)
                file.writelines(f"\n{remark}\n" for remark in cov._warnings)


def _pack(folder: str, to: str) -> None:
    with tarfile.open(to, "w") as archive:
        for name in sorted(os.listdir(folder)):
            archive.add(os.path.join(folder, name), name, filter=_nobodys)


def _nobodys(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mtime = int(info.mtime)
    return info
