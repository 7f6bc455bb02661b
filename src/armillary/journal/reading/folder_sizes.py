"""What changed in a folder of journals, found by one listing: no file is opened."""

from __future__ import annotations

import os

_SEGMENT_ENDINGS = (".jnl", ".jnl.tmp")


class FolderSizes:
    """Notices that a journal has grown, appeared or gone."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._read: dict[str, tuple[int, int]] | None = None
        self._now: dict[str, tuple[int, int]] = {}

    @property
    def is_empty(self) -> bool:
        """Whether the folder held no journals when they were last read."""
        return not self._read

    def changed(self) -> bool:
        """Whether anything differs from what ``mark_read()`` was called for; True the first time."""
        self._now = _sizes(self._folder)
        return self._now != self._read

    def mark_read(self) -> None:
        """All that the last call of ``changed()`` saw has been read."""
        self._read = self._now


def _sizes(folder: str) -> dict[str, tuple[int, int]]:
    """By name, how large each file is and which."""
    found = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(_SEGMENT_ENDINGS):
                    try:
                        status = entry.stat()
                    except FileNotFoundError:
                        continue
                    found[entry.name] = (status.st_size, status.st_ino)
    except FileNotFoundError:
        return {}
    return found
