"""The id of a request: that of the client or its proxy if it is sane, otherwise one of ours."""

from __future__ import annotations

import itertools
import os
import re

KEY = "HTTP_X_REQUEST_ID"
_SANE = re.compile(r"[A-Za-z0-9._~:;/+=@-]{1,128}")


def is_sane(text: str) -> bool:
    """Return whether an id can stand in any log, whole and without quotes."""
    return _SANE.fullmatch(text) is not None


class Ids:
    """Makes ids: some random characters of this process, and a number."""

    def __init__(self) -> None:
        self._prefix = os.urandom(5).hex() + "-"
        self._numbers = itertools.count(1)

    def make(self) -> str:
        """Return an id that no other request of any worker has; callable from any thread."""
        return f"{self._prefix}{next(self._numbers):x}"

    def see_to(self, headers: dict[str, str]) -> str:
        """Return the id of the request with these headers, which have it from now on."""
        given = headers.get(KEY)
        if given is not None and is_sane(given):
            return given
        made = headers[KEY] = f"{self._prefix}{next(self._numbers):x}"
        return made
