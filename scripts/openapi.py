"""Write docs/openapi.json, the API's description, docs/api.md, the same for people, and the file that servers answer with;
``--check`` only tells whether the committed ones are what the code says."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from armillary.server.api import ROUTERS
from armillary.server.api.openapi import DESCRIPTION, document
from armillary.server.api.reference import SHIPPED, operations
from armillary.server.application import OWN_ROUTERS

DOCS = Path(__file__).resolve().parent.parent / "docs"


def main() -> int:
    description = document((*ROUTERS, *OWN_ROUTERS))
    wanted = {
        DOCS / "openapi.json": json.dumps(description, indent=1, sort_keys=True) + "\n",
        DOCS / "api.md": page(description),
        Path(SHIPPED): json.dumps(description, separators=(",", ":")) + "\n",
    }
    if sys.argv[1:] != ["--check"]:
        for file, text in wanted.items():
            file.write_text(text)
        return 0
    stale = [file.name for file, text in wanted.items() if not file.exists() or file.read_text() != text]
    if stale:
        print(f"Not what the routes say: {', '.join(stale)}. Run: .venv/bin/python scripts/openapi.py", file=sys.stderr)
    return len(stale)


def page(description: dict[str, Any]) -> str:
    lines = [
        "# REST API",
        "",
        DESCRIPTION,
        "A running server describes itself at `/api/docs` and `/api/openapi.json`; [openapi.json](openapi.json) is this release's.",
    ]
    noun = ""
    for each in operations(description):
        if each.noun != noun:
            noun = each.noun
            lines += ["", f"## {noun.capitalize()}"]
        lines += ["", f"### `{each.method} {each.path}`", "", " ".join(each.description.split()), ""]
        lines += [f"- `{name}` ({place}): {said}" for name, place, said in each.parameters]
        if each.body:
            lines.append(f"- Body: `{each.body}`")
        lines += [f"- {status}: `{said or 'no content'}`" for status, said in each.answers]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(main())
