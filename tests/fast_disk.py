"""Where tests keep their files: in memory where the machine has a file system there with room, because no test cuts the power,
and a commit on a disk waits for it."""

from __future__ import annotations

import os
import tempfile
from shutil import disk_usage

_IN_MEMORY = "/dev/shm"
_ROOM = 4 << 30


def use() -> None:
    """Have pytest and all that tests start make their temporary folders there, but for who said where they are to be."""
    if {"TMPDIR", "PYTEST_DEBUG_TEMPROOT"} & os.environ.keys() or not _is_fit(_IN_MEMORY):
        return
    os.environ["TMPDIR"] = tempfile.tempdir = _IN_MEMORY


def _is_fit(folder: str) -> bool:
    """Programs in it must be allowed to run, and there must be room for the files of a whole session and PostgreSQL's."""
    try:
        return (
            os.access(folder, os.W_OK | os.X_OK)
            and not os.statvfs(folder).f_flag & os.ST_NOEXEC
            and disk_usage(folder).free >= _ROOM
        )
    except OSError:
        return False
