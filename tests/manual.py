"""The manual as data: its blocks of code, the commands in them, and what its text asks for."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for page in [*ROOT.glob("*.md"), *ROOT.glob("examples/**/*.md"), *DOCS.rglob("*.md")]
    if DOCS / "_build" not in page.parents
)

_FENCE = re.compile(r"^(?P<indent> *)```(?:\{[\w-]+\} *)?(?P<language>[\w-]*)[^`]*$")
_INLINE = re.compile(r"`([^`\n]+)`")
_PROMPT = re.compile(r"^[$#] (?=\S)")
_COMMENT = re.compile(r"\s+#\s.*$")
_ASSIGNMENT = re.compile(r"^\w+=")
_FILE = re.compile(r"`([\w./]+\.\w+)`:$")
_CHANGE = re.compile(r"[Cc]hange `([^`]+)` to `([^`]+)`(?: in `([^`]+)`)?")


@dataclass(frozen=True)
class Block:
    """Code between fences, or the text between two of them, whose language is ''."""

    line: int
    language: str
    text: str

    @property
    def is_code(self) -> bool:
        """Whether it stands between fences."""
        return self.language != ""


def blocks(page: str) -> list[Block]:
    """Return the parts of a page, in order."""
    found: list[Block] = []
    lines: list[str] = []
    language, indent, start = "", "", 1
    for number, line in enumerate((ROOT / page).read_text().splitlines(), 1):
        fence = _FENCE.match(line)
        closes = bool(language) and line.strip() == "```"
        if not closes and (language or fence is None):
            lines.append(line.removeprefix(indent))
            continue
        found.append(Block(start, language, _without_options(lines) if language else _text(lines)))
        lines, start = [], number + 1
        language, indent = ("", "") if closes or fence is None else _opened(fence)
    return [*found, Block(start, "", _text(lines))]


def _opened(fence: re.Match[str]) -> tuple[str, str]:
    return fence["language"] or "text", fence["indent"]


def _text(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n") + "\n"


def _without_options(lines: list[str]) -> str:
    return _text([line for line in lines if not re.match(r":[\w-]+: ", line)])


@dataclass(frozen=True)
class Typed:
    """A command of a block, and what is shown after it."""

    command: str
    output: tuple[str, ...]


def typed(block: Block) -> list[Typed]:
    """Return what is typed in a block of `console`."""
    found: list[tuple[str, list[str]]] = []
    goes_on = False
    for line in block.text.splitlines():
        if goes_on:
            command, output = found.pop()
            found.append((command.removesuffix("\\") + line.strip(), output))
        elif _PROMPT.match(line):
            found.append((_PROMPT.sub("", line), []))
        elif found:
            found[-1][1].append(line)
        goes_on = line.endswith("\\")
    return [Typed(_COMMENT.sub("", command), tuple(output)) for command, output in found]


@dataclass(frozen=True)
class Change:
    """What a reader is to change; `file` is '' where it is the one that was just written."""

    old: str
    new: str
    file: str


def changes(block: Block) -> list[Change]:
    """Return the changes that a text asks for."""
    return [Change(*found) for found in _CHANGE.findall(block.text)]


def ends_server(block: Block) -> bool:
    """Return whether a text says that the server is to be ended."""
    return "Ctrl-C" in block.text


def file_named(block: Block) -> str:
    """Return the file whose content comes after a text, '' where none does."""
    named = _FILE.search(block.text.rstrip())
    return named[1] if named else ""


def pattern(line: str) -> str:
    """Return what a line that is shown stands for: figures, names and places are other ones."""
    text = re.escape(line)
    text = re.sub(r"/home/ada\S*/", r"\\S*/", text)
    text = re.sub(r"\bada\b", r"\\S+", text)
    text = re.sub(r"[\d.\\]*\d\\ m?s\b", r"[\\d.]+ m?s", text)
    return re.sub(r"\d+(\\\.\d+)*", r"[\\d.]+", text).replace(r"\.\.\.", ".*")


def calls(command: str) -> Iterator[list[str]]:
    """Yield the words of each program of ours that a line of a shell starts."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    skips = False
    for word in [*lexer, ";"]:
        if set(word) <= set("();<>|&"):
            yield from _ours(words)
            skips = set(word) <= set("<>")
            words = words if skips else []
        elif not skips:
            words.append(word)
        else:
            skips = False


def _ours(words: list[str]) -> Iterator[list[str]]:
    while words and _ASSIGNMENT.match(words[0]):
        words = words[1:]
    for place, word in enumerate(words):
        name = Path(word).name
        is_module = name == "spawning" and words[place - 1] == "-m"
        if is_module or (name in ("spawn", "spawnctl") and words[0] in (word, "docker")):
            yield ["spawn" if is_module else name, *words[place + 1 :]]
            return


def commands(page: str) -> list[list[str]]:
    """Return every call of a program of ours on a page, as words."""
    found: list[list[str]] = []
    for block in blocks(page):
        if block.language == "console":
            lines = [one.command for one in typed(block)]
        elif block.is_code:
            lines = re.findall(r"^ExecStart=(.*)", block.text, re.MULTILINE)
        else:
            spans = inline(block)
            lines = [span for span in spans if re.match(r"(spawn|spawnctl) [-a-z'\"]", span)]
        for line in lines:
            found += calls(line)
    return found


def inline(block: Block) -> list[str]:
    """Return the pieces of code within the lines of a text."""
    return _INLINE.findall(block.text)
