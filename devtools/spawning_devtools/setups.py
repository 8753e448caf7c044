"""What an application does once, by one call, and what can be done before its turn.

Nothing of a Django project can be imported before `django.setup()`, and it is the file
with that call that would have to be executed first.  Where that file is what is edited,
everything else would have to wait for it.

Rules:
1. Only what the start has done that serves now is done ahead of the next one, and when
   the settings would be imported: what came before it comes before it again, and what
   came after it comes after it, or not at all.
2. The application's own call finds it done, and does what remains.  It is not repeated:
   to configure logging once more would disable the loggers that were made meanwhile.
3. Whoever does not call it any more is started cold (`is_awaited`).
4. What it writes to the environment stays there (`written`): Django's time zone.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

DJANGO = "django"


def done() -> tuple[str, ...]:
    """Return the frameworks that this process has set up."""
    registry = sys.modules.get("django.apps.registry")
    is_ready = registry is not None and getattr(registry.apps, "ready", False)
    return (DJANGO,) if is_ready else ()


class Setups:
    """What has been done ahead in this process."""

    def __init__(self) -> None:
        self.is_awaited = False
        """Whether the application is still to call for what was done."""
        self.written: set[str] = set()
        """Names of environment variables."""

    def before(self, names: Sequence[str], place: int, wanted: tuple[str, ...]) -> None:
        """Set the frameworks `wanted` up if it is their turn: `names[place]` is imported next.

        Raises whatever that raises, and RuntimeError where it cannot be their turn any more.
        """
        settings = os.environ.get("DJANGO_SETTINGS_MODULE")
        if DJANGO not in wanted or settings in sys.modules:
            return
        if names[place] == settings:
            self._set_django_up()
        elif settings not in names[place:]:
            raise RuntimeError("Django would have to be set up before")

    def _set_django_up(self) -> None:
        import django

        original = django.setup
        with _noting(self.written):
            original(set_prefix=False)
        self.is_awaited = True

        def setup(set_prefix: bool = True) -> None:
            django.setup = original
            self.is_awaited = False
            if set_prefix:
                _set_prefix()

        django.setup = setup


def _set_prefix() -> None:
    """Do what Django's own call does with the prefix."""
    from django.conf import settings
    from django.urls import set_script_prefix

    prefix = settings.FORCE_SCRIPT_NAME
    set_script_prefix("/" if prefix is None else prefix)


@contextlib.contextmanager
def _noting(names: set[str]) -> Iterator[None]:
    """Add to `names` the variables that are written, also where they had that value before."""
    module: Any = os
    originals = {name: getattr(module, name) for name in ("putenv", "unsetenv")}

    def noted(call: Any) -> Any:
        def note(name: bytes, *value: bytes) -> None:
            names.add(os.fsdecode(name))
            call(name, *value)

        return note

    for name, call in originals.items():
        setattr(module, name, noted(call))  # `os.environ` calls them by these names
    try:
        yield
    finally:
        for name, call in originals.items():
            setattr(module, name, call)
