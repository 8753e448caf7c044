from __future__ import annotations

from pathlib import Path

import pytest

from spawning.env_file import parse, read, set_from
from spawning.errors import UsageError

# (line, name, value); name '' where the line says nothing
LINES: list[tuple[str, str, str]] = [
    ("NAME=value", "NAME", "value"),
    ("_n4me=value", "_n4me", "value"),
    ("export NAME=value", "NAME", "value"),
    ("export\tNAME=value", "NAME", "value"),
    ("  NAME = value  ", "NAME", "value"),
    ("NAME=", "NAME", ""),
    ("NAME=a=b", "NAME", "a=b"),
    ("NAME=two words", "NAME", "two words"),
    ("NAME=value # comment", "NAME", "value"),
    ("NAME=value#part", "NAME", "value#part"),
    ("NAME=#fff", "NAME", "#fff"),
    ("NAME= # nothing", "NAME", ""),
    ("NAME=it's", "NAME", "it's"),
    ("NAME=$HOME/${A}`b`", "NAME", "$HOME/${A}`b`"),
    ("NAME=a\\nb", "NAME", "a\\nb"),
    ("NAME='a # b'", "NAME", "a # b"),
    ("NAME='a' # b", "NAME", "a"),
    ("NAME='$HOME\\n\"'", "NAME", '$HOME\\n"'),
    ("NAME=''", "NAME", ""),
    ('NAME="a # b"', "NAME", "a # b"),
    ('NAME=" a "', "NAME", " a "),
    ('NAME="a\\n\\tb\\\\ \\" \\$ \\x"', "NAME", 'a\n\tb\\ " $ \\x'),
    ('NAME="$HOME"', "NAME", "$HOME"),
    ("NAME=\u00e4\u20ac", "NAME", "\u00e4\u20ac"),
    ("export=value", "export", "value"),
    ("NAME=value\r", "NAME", "value"),
    ("", "", ""),
    ("   ", "", ""),
    ("# comment", "", ""),
    ("  # NAME=value", "", ""),
]


@pytest.mark.parametrize(("line", "name", "value"), LINES)
def test_line_sets_a_variable(line: str, name: str, value: str) -> None:
    assert parse(line, "f") == ({name: (value, "f:1")} if name else {})


# (line, words of the sentence about it)
WRONG: list[tuple[str, list[str]]] = [
    ("NAME", ["f:2", "'NAME' is not NAME=VALUE"]),
    ("export NAME", ["f:2", "is not NAME=VALUE"]),
    ("1NAME=secret", ["f:2", "'1NAME' is not NAME=VALUE"]),
    ("NA-ME=secret", ["f:2", "'NA-ME'"]),
    ("=secret", ["f:2", "''"]),
    ("NAME=a\0b", ["f:2", "'NAME'"]),
    ("NAME='secret", ["f:2", "quotes", "NAME"]),
    ('NAME="secret', ["f:2", "quotes", "NAME"]),
    ('NAME="secret\\"', ["f:2", "quotes", "NAME"]),
    ("NAME='a'b", ["f:2", "quotes", "NAME"]),
    ("NAME='a'#b", ["f:2", "quotes", "NAME"]),
]


@pytest.mark.parametrize(("line", "words"), WRONG)
def test_line_that_will_not_do_is_said_without_its_value(line: str, words: list[str]) -> None:
    with pytest.raises(UsageError) as raised:
        parse(f"A=1\n{line}\n", "f")
    text = str(raised.value)
    assert "secret" not in text
    assert "\n" not in text
    for word in words:
        assert word in text


def test_last_of_a_name_counts_and_the_environment_before_all(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("A=1\nA=2\nB=1\nC=1\n")
    two.write_bytes(b"\xef\xbb\xbfB=2\r\nD=2\r\n")
    environ = {"C": "kept"}
    set_from([str(one), str(two)], environ)
    assert environ == {"A": "2", "B": "2", "C": "kept", "D": "2"}
    assert read([str(one), str(two)])["B"] == ("2", f"{two}:1")


def test_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read([str(tmp_path / "none")])
    (tmp_path / "latin").write_bytes(b"A=\xe4\n")
    with pytest.raises(UsageError, match="is not text in UTF-8"):
        read([str(tmp_path / "latin")])
