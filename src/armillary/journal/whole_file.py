"""Writing a small file whole: whoever reads it finds the old content or the new, never a part, however many write at once."""

from __future__ import annotations

import os


def write_whole(path: str, content: bytes, mode: int = 0o600) -> None:
    """Replace the file, or make it. Raises OSError, and then leaves the file as it was and nothing beside it."""
    temporary = f"{path}.{os.getpid()}-{os.urandom(4).hex()}.tmp"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
