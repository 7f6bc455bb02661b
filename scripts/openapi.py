"""Write docs/openapi.json, the API's description; ``--check`` only tells whether the committed one is what the code says."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from armillary.server.api import ROUTERS
from armillary.server.api.openapi import document

FILE = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def main() -> int:
    wanted = json.dumps(document(ROUTERS), indent=1, sort_keys=True) + "\n"
    if sys.argv[1:] != ["--check"]:
        FILE.write_text(wanted)
        return 0
    if FILE.exists() and FILE.read_text() == wanted:
        return 0
    print("docs/openapi.json is not what the routes say. Run: .venv/bin/python scripts/openapi.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
