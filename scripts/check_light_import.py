"""Fails when importing Armillary, or running a plain flow, loads a package that few flows need and every start would pay for."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

HEAVY = (
    "aiosqlite",
    "alembic",
    "asyncio",
    "cloudpickle",
    "fastapi",
    "fsspec",
    "httpx",
    "pydantic",
    "rich",
    "sqlalchemy",
    "typer",
)

PROGRAM = """
import sys
from armillary import flow, task

@task
def one():
    return 1

@flow
def main():
    return one().result()

main()
print(" ".join(sorted(sys.modules)))
"""


def main() -> int:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "ARMILLARY_HOME": home, "ARMILLARY_LOGGING_LEVEL": "ERROR"}
        loaded = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
        ).stdout.split()
    found = sorted(set(HEAVY) & set(loaded))
    if found:
        print(f"A one-task flow loads {', '.join(found)}: import them where they are needed.", file=sys.stderr)
        return 1
    print(f"A one-task flow loads {len(loaded)} modules, none of them heavy.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
