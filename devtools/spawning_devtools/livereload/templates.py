"""Has template engines read changed templates anew, in a process that goes on serving.

Their caches are right in production.  What is not loaded is not touched.
"""

from __future__ import annotations

import contextlib
import sys
from typing import Any


def forget() -> None:
    """Have the next request read its templates from their files."""
    django = sys.modules.get("django.template.autoreload")
    if django is not None:
        with contextlib.suppress(Exception):  # of its settings, which its next request tells
            django.reset_loaders()
    jinja2 = sys.modules.get("jinja2")
    if jinja2 is not None:
        # A property stands before what each environment has set for itself, and finds them all.
        jinja2.Environment.auto_reload = property(_always, _unheard)


def _always(_environment: Any) -> bool:
    return True


def _unheard(_environment: Any, _value: Any) -> None:
    """Whatever is set later is overruled as well."""
