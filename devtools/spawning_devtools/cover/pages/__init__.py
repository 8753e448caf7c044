"""The live pages of coverage: what they are, and what they ask for.

`index_page()` is the page of all files, `file_page()` that of one, `notice_page()` one that
says a single thing.  Each is a `Page`: its whole text, script and style included, and the
Content-Security-Policy that allows just these.  There are no files beside them to serve.
All addresses stand in the scripts: everything is below `/_coverage`.

The pages poll; nothing is ever pushed to them.  What is refused (400 and above) is answered
by one sentence of plain text, which the page shows as it is.

GET /_coverage/live.json?since=SEQ&run=RUN
    What the page of all files knows.  Only files that have changed after SEQ are in it::

        {"run": "4f1c", "seq": 12, "whole": false,
         "app": "mysite.wsgi.application", "python": "3.13.0", "coverage": "7.17.5",
         "epoch": 1, "paused": false, "core": "sysmon",
         "reason": "sysmon: the fastest core that is right on Python 3.13 without branches",
         "branch": false, "contexts": false, "workers": 4, "problem": "",
         "totals": {"statements": 10, "requests": 4, "imports": 5, "missing": 1,
                    "branches": 0, "partial": 0, "percent": 90.0, "pending": 3},
         "files": [{"path": "/abs/x.py", "name": "mysite/x.py", "seq": 12,
                    "statements": 10, "requests": 4, "imports": 5, "missing": 1,
                    "branches": 0, "partial": 0, "percent": 90.0,
                    "pending": false, "stale": false, "error": ""}],
         "gone": ["/abs/y.py"]}

    - `run` names one life of the keeper.  Numbers of another life mean nothing: where `run`
      is missing from the question or is not the keeper's own, or SEQ lies ahead of it, the
      answer is `whole`: it holds all files, and the page forgets every other.
    - `seq` grows with anything that is shown of a file, so also when its analysis is ready.
    - `requests` + `imports` + `missing` = `statements`: `imports` are the lines that ran at
      import *only*.  `partial` counts the branches that were not taken, of `branches`;
      `percent` is coverage.py's own.
    - `pending` of a file: its numbers are not known yet, or are those of before; of the
      totals: how many such files there are.  They may then be 0.
    - `problem`: why no file can be analysed, one sentence; else ''.
    - `stale`: what is on disk is not what has run, anywhere.
    - `error`: why it cannot be analysed, one sentence; else ''.

GET /_coverage/lines.json?path=PATH&since=SEQ&run=RUN&digest=DIGEST
    What the page of one file knows: `state`, which is live.json without `files`, `gone`,
    `seq`, `run` and `whole`; `file`, which is its entry of there; and its lines::

        {"run": "4f1c", "seq": 12, "state": {...}, "file": {...},
         "digest": "9f86...", "source": ["import os", ""],
         "editor": "vscode://file/abs/x.py:{line}:1",
         "request": [4, 5], "import": [1], "missing": [7], "excluded": [9],
         "partial": {"5": "line 5 didn't jump to line 7"},
         "labels": ["GET /", "POST /login"], "contexts": {"4": [0, 1], "5": [1]}}

    - `source` is left out where DIGEST is the file's.  It, and all lines, are of `digest`:
      what is on disk.  It has the lines that Python counts, without their ends.
    - Where nothing has changed after SEQ of the same `run`, and DIGEST is the file's,
      everything from `digest` on is left out.
    - `request` and `import` share no line, and hold statements only, as `missing` does.
    - `contexts` are indexes into `labels`; both are {} and [] where contexts are off.
    - `editor`: the address that opens the file; the page puts a number for `{line}`.  Or ''.
    - A path that is not measured is answered by 404 and a sentence.

POST /_coverage/reset, /_coverage/pause, /_coverage/resume
    Empty body.  The answer is one sentence of plain text, as a person wants to read it on
    the page and behind curl: "Forgotten what requests ran."; "... worker 3 did not answer."
"""

from spawning_devtools.cover.pages.rendering import (
    REPORT_POLICY,
    Page,
    file_page,
    index_page,
    notice_page,
)

__all__ = ["REPORT_POLICY", "Page", "file_page", "index_page", "notice_page"]
