"""How this installation was built: of the files as they are, or with some of them compiled."""

from __future__ import annotations

import spawning
from spawning import row_slot


def version() -> str:
    """Return the version as people read it, such as `1.0.0 (compiled)`."""
    is_compiled = not row_slot.__file__.endswith(".py")
    return f"{spawning.__version__} (compiled)" if is_compiled else spawning.__version__
