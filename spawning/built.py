"""How this installation was built: of the files as they are, or with some of them compiled."""

from __future__ import annotations

from importlib.util import find_spec

import spawning


def version() -> str:
    """Return the version as people read it, such as `1.0.0 (compiled)`."""
    found = find_spec("spawning.row_slot")  # one of those, and not imported for this
    is_compiled = found is not None and not str(found.origin).endswith(".py")
    return f"{spawning.__version__} (compiled)" if is_compiled else spawning.__version__
