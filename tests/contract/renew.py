"""`python tests/contract/renew.py`: makes the examples of what the server tells anew.

To be run when a field was added.  Look at the difference: whatever else changes, others
depend on.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def written(example: object) -> str:
    """Return an example as it stands in its file."""
    return json.dumps(example, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write all examples; return the exit code."""
    sys.path.insert(0, str(FOLDER.parent))
    from contract.scenario import told

    with tempfile.TemporaryDirectory() as folder:
        examples = told(Path(folder))
    for path in FOLDER.glob("*.json"):
        if path.stem not in examples:
            path.unlink()
    for name, example in examples.items():
        (FOLDER / f"{name}.json").write_text(written(example))
    print(f"{len(examples)} examples are written to {FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
