"""Reads a page as somebody does who trusts it: types what it says, and compares what it shows.

A command that serves stays in its terminal until the page says how it is stopped; what is
typed meanwhile is typed in a second one, in the same folder, as the page has to say.
"""

from __future__ import annotations

import http.client
import re
from pathlib import Path
from types import TracebackType

from newcomer import Newcomer
from terminal import PATIENCE, Failed, Terminal

from manual import Block, Change, Typed, blocks, changes, ends_server, file_named, pattern, typed

SERVES = re.compile(r"spawn\b(?!ctl)(?!.* --(help|version)\b)|make demo\b")
STOPS = "spawnctl stop"
SERVING = r"spawn: serving .* on http://([\w.:]+)"
TAKES_LONG = ("make test", "make bench")
INTERRUPTED = 130
CHECKOUT = re.compile(r"\bin a checkout\b")


class Reader:
    """Somebody in front of a page; its terminals are closed at the end."""

    def __init__(self, page: str, somebody: Newcomer, long: bool) -> None:
        self._page = page
        self._somebody = somebody
        self._long = long
        self._folder = somebody.home
        self._first = self._opened()
        self._second: Terminal | None = None
        self._serves = ""
        """The command that serves in the first terminal."""
        self._file = ""

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        for terminal in (self._second, self._first):
            if terminal is not None:
                terminal.close()

    def follow(self) -> int:
        """Do all that the page says; return how many commands were typed."""
        file, count = "", 0
        for block in blocks(self._page):
            if not block.is_code:
                file = self._read(block)
            elif file:
                self._write(file, block.text)
                file = ""
            elif block.language == "console":
                for one in typed(block):
                    count += self._type(block, one)
            elif block.language == "text" and self._serves:
                self._expect(self._first, block.text.splitlines(), block.line)
        if self._serves:
            raise self._failed(block.line, f"does not say how `{self._serves}` is stopped")
        return count

    def _read(self, block: Block) -> str:
        for change in changes(block):
            self._change(block, change)
        if ends_server(block) and self._serves:
            self._stopped(self._first.stop(), block.line)
        if CHECKOUT.search(block.text):
            self._first.close()
            self._folder = self._somebody.checkout()
            self._first = self._opened()
        return file_named(block)

    def _write(self, name: str, text: str) -> None:
        print(f"--- {name}\n{text}---", flush=True)
        path = self._first.folder / name
        path.write_text(text)
        self._somebody.own(path)
        self._file = name

    def _change(self, block: Block, change: Change) -> None:
        self._file = change.file or self._file
        path = self._first.folder / self._file
        text = path.read_text()
        if text.count(change.old) != 1:
            raise self._failed(block.line, f"has {self._file} changed where it has no {change.old}")
        print(f"--- {self._file}: {change.old} becomes {change.new}", flush=True)
        self._first.forget()
        path.write_text(text.replace(change.old, change.new))

    def _type(self, block: Block, one: Typed) -> int:
        """Type a command; return how many were typed."""
        if one.command.startswith(TAKES_LONG) and not self._long:
            print(f"$ {one.command}\n(not now: it takes long, and --long runs it)", flush=True)
            return 0
        if SERVES.match(one.command):
            self._serve(block, one)
            return 1
        terminal = self._free_terminal()
        code, text = terminal.run(one.command)
        if code:
            what = f"shows `{one.command}`, which failed with exit code {code}"
            raise self._failed(block.line, what)
        for line in one.output:
            if not re.search(pattern(line), text):
                what = f"shows that `{one.command}` prints {line!r}, which it did not"
                raise self._failed(block.line, what)
        if one.command == STOPS:
            self._stopped(self._first.end(), block.line)
        return 1

    def _serve(self, block: Block, one: Typed) -> None:
        if self._serves:
            raise self._failed(block.line, f"does not say how `{self._serves}` is stopped")
        self._first.begin(one.command)
        if not self._first.wait_for(SERVING):
            raise self._failed(block.line, f"shows `{one.command}`, which did not serve")
        self._serves = one.command
        self._expect(self._first, list(one.output), block.line)
        found = re.search(SERVING, self._first.text)
        assert found is not None
        self._ask(found[1])

    def _ask(self, address: str) -> None:
        connection = http.client.HTTPConnection(address, timeout=PATIENCE)
        connection.request("GET", "/")
        answer = connection.getresponse()
        print(f"(asked at http://{address}: {answer.status} {answer.reason})", flush=True)
        connection.close()

    def _expect(self, terminal: Terminal, lines: list[str], number: int) -> None:
        for line in lines:
            if not terminal.wait_for(pattern(line)):
                what = f"shows that `{self._serves}` prints {line!r}, which it did not"
                raise self._failed(number, what)

    def _stopped(self, code: int, number: int) -> None:
        command, self._serves = self._serves, ""
        # make says of itself that it was interrupted, whatever its command made of that.
        if code and not (code == INTERRUPTED and command.startswith("make ")):
            raise self._failed(number, f"stops `{command}`, which ended with exit code {code}")

    def _free_terminal(self) -> Terminal:
        """Return a terminal in which nothing runs."""
        if not self._serves:
            return self._first
        if self._second is None:
            self._second = self._opened(self._first.folder)
        return self._second

    def _opened(self, folder: Path | None = None) -> Terminal:
        somebody = self._somebody
        return Terminal(folder or self._folder, somebody.env, somebody.account)

    def _failed(self, line: int, what: str) -> Failed:
        return Failed(f"{self._page}, at line {line}, {what}")
