"""Whom `--chuid` names."""

from __future__ import annotations

import grp
import os
import pwd

import pytest

from spawning.daemon.identity import Identity, find
from spawning.errors import UsageError

ROOT = pwd.getpwuid(0)
SOME_GROUP = grp.getgrgid(os.getgid())


@pytest.mark.parametrize("group", [SOME_GROUP.gr_name, str(SOME_GROUP.gr_gid)])
@pytest.mark.parametrize("user", [ROOT.pw_name, "0"])
def test_names_and_numbers_are_the_same(user: str, group: str) -> None:
    assert find(user) == Identity(0, ROOT.pw_gid, ROOT.pw_name, ROOT.pw_dir)
    assert find(f"{user}:{group}").gid == SOME_GROUP.gr_gid


def test_a_number_without_a_name_needs_a_group() -> None:
    assert find("4000111:4000112") == Identity(4000111, 4000112, "", "/")
    with pytest.raises(UsageError, match="type a group as well: --chuid 4000111:4000111"):
        find("4000111")


@pytest.mark.parametrize("text", ["no-such-user", "0:no-such-group", "9" * 30, "²"])
def test_nobody_is_said(text: str) -> None:
    with pytest.raises(UsageError, match="--chuid: "):
        find(text)
