"""Atomic writes of small files: readers see the old content or the new, never a part, with any number of concurrent writers."""

from __future__ import annotations

import os


def write_whole(path: str, content: bytes, mode: int = 0o600) -> None:
    """Replace or create the file. Raises OSError, and then leaves the file unchanged and no temporary file."""
    temporary = f"{path}.{os.getpid()}-{os.urandom(4).hex()}.tmp"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
