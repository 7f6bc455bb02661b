"""``$ARMILLARY_HOME/limits``: the tags that have a concurrency limit, a line each.

It exists only while there is a limit, so that local runs need only stat a file to know whether they must acquire slots.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress

from armillary.journal.whole_file import write_whole

NAME = "limits"


def write_limits(home: str, tags: Sequence[str]) -> None:
    """Call it when limits change, before the transaction commits."""
    if not home:
        return
    path = os.path.join(home, NAME)
    if not tags:
        with suppress(FileNotFoundError):
            os.unlink(path)
        return
    write_whole(path, "".join(f"{tag}\n" for tag in tags).encode())


class LimitsFile:
    """Reads the file again only when it has changed: most calls cost one stat."""

    def __init__(self) -> None:
        self._seen: tuple[str, int, int] | None = None
        self._tags: frozenset[str] = frozenset()

    def read(self, home: str) -> frozenset[str]:
        """The limited tags of a home."""
        try:
            status = os.stat(os.path.join(home, NAME))
        except FileNotFoundError:
            return frozenset()
        seen = (home, status.st_mtime_ns, status.st_ino)
        if seen != self._seen:
            self._tags, self._seen = read_limits(home), seen
        return self._tags


def read_limits(home: str) -> frozenset[str]:
    """The limited tags; none where there is no file."""
    try:
        with open(os.path.join(home, NAME), encoding="utf-8") as file:
            return frozenset(line.rstrip("\n") for line in file)
    except FileNotFoundError:
        return frozenset()
