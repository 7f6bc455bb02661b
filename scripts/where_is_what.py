"""Write ``docs/where-is-what.md``: every folder of the package and what it holds, from the first sentence of its docstring.

``--check`` writes nothing and fails where the page is out of date or a folder says nothing of itself.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "armillary"
PAGE = ROOT / "docs" / "where-is-what.md"

HEAD = """# Where is what

Each folder of `src/armillary`. Packages stand in the order of the tower, from its bottom: a package imports those before it, never those
after it, and the folders in a package import one another one way too. [Design](design.md) says why, and `make check` proves it. This page
is generated: `python scripts/where_is_what.py`.

| folder | files | holds |
|---|---|---|
"""

TOWER = ("core", "journal", "stores", "engine", "ledger", "home", "client", "server", "sdk", "agent", "cli", "testing")


def folders() -> Iterator[Path]:
    """The packages, in the order of the tower, each followed by the folders in it."""
    for name in TOWER:
        yield from sorted(found.parent for found in (SOURCE / name).rglob("__init__.py"))


def sentence(folder: Path) -> str:
    """The first sentence of a package's docstring."""
    doc = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    if not doc:
        raise SystemExit(f"{folder.relative_to(ROOT)}/__init__.py: say in a docstring what the folder holds.")
    first = " ".join(doc.split("\n\n")[0].split())
    return first.split(". ")[0].rstrip(".:") + "."


def page() -> str:
    missing = {each.name for each in SOURCE.iterdir() if (each / "__init__.py").exists()} - set(TOWER)
    if missing:
        raise SystemExit(f"scripts/where_is_what.py: TOWER lacks {', '.join(sorted(missing))}.")
    rows = []
    for folder in folders():
        files = sum(1 for each in folder.glob("*.py") if each.name != "__init__.py")
        rows.append(f"| `{folder.relative_to(SOURCE)}` | {files} | {sentence(folder)} |\n")
    return HEAD + "".join(rows)


def main() -> None:
    wanted = page()
    if "--check" in sys.argv:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != wanted:
            raise SystemExit("docs/where-is-what.md is out of date: python scripts/where_is_what.py")
        return
    PAGE.write_text(wanted, encoding="utf-8")


if __name__ == "__main__":
    main()
