"""Python packages on disk."""

from __future__ import annotations

import os


def package_root(path: str) -> str:
    """The folder that has the file's outermost package, else the file's own."""
    own = folder = os.path.dirname(path)
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        if not package.isidentifier():
            return own
    return folder
