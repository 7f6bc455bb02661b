"""Symbolic links of an untrusted project: they may lead to other files of the project only."""

from __future__ import annotations

import os


def is_inside(path: str, folder: str) -> bool:
    """Of two real paths: whether one is the folder, or below it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def link_outwards(folder: str) -> str | None:
    """A link below ``folder`` that leads out of it, or would after a move, as an absolute one does; None if there is none."""
    root = os.path.realpath(folder)
    for here, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = os.path.join(here, name)
            if os.path.islink(path) and (
                os.path.isabs(os.readlink(path)) or not is_inside(os.path.realpath(path), root)
            ):
                return path
    return None
