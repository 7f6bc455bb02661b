"""``$ARMILLARY_HOME/limits``: the tags that have a concurrency limit, a line each.

It exists only while there is a limit, so that local runs learn from one look at a file whether they need to ask for slots.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress

NAME = "limits"


def write_limits(home: str, tags: Sequence[str]) -> None:
    """Called by who changes limits, before the transaction ends."""
    if not home:
        return
    path = os.path.join(home, NAME)
    if not tags:
        with suppress(FileNotFoundError):
            os.unlink(path)
        return
    temporary = f"{path}.{os.getpid()}.tmp"
    with open(temporary, "w", encoding="utf-8") as file:
        file.writelines(f"{tag}\n" for tag in tags)
    os.replace(temporary, path)


def read_limits(home: str) -> frozenset[str]:
    """The limited tags; none where there is no file."""
    try:
        with open(os.path.join(home, NAME), encoding="utf-8") as file:
            return frozenset(line.rstrip("\n") for line in file)
    except FileNotFoundError:
        return frozenset()
