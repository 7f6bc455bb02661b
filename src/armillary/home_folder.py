"""The home and every folder in it belong to one user: created private whatever the umask, and rejected if others can write to them.

Code, pickles and keys come from the home, so whoever may write to it becomes its owner. Like ssh, Armillary
uses no folder that another user owns or can write to. One that others can only read is silently made private.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from armillary.core.errors import HomeNotWritable

_FOLDERS = ("journal", "outbox", "projects", "copies", "storage", "results")
"""Where code, pickles and records come from. A link to a folder elsewhere counts as that folder."""
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OTHERS_MAY_ANYTHING = stat.S_IRWXG | stat.S_IRWXO


def make_private(folder: str) -> None:
    """Create a folder and missing parents, private to the owner. An existing one is unchanged. Raises OSError."""
    try:
        os.mkdir(folder, 0o700)
    except FileNotFoundError:
        above = os.path.dirname(folder.rstrip("/"))
        if not above or above == folder:
            raise
        make_private(above)
        with suppress(FileExistsError):  # another process was faster
            os.mkdir(folder, 0o700)
    except OSError:
        if not os.path.isdir(folder):
            raise


def prepare_home(home: str) -> None:
    """Create the home if it does not exist, and check it. Raises HomeNotWritable."""
    try:
        make_private(home)
    except OSError as problem:
        raise HomeNotWritable(
            f"The home folder {home} cannot be written: {problem.strerror}.",
            subject=home,
            advice="Make it writable, or set ARMILLARY_HOME to a folder that is.",
        ) from problem
    check_home(home)


def check_home(home: str) -> None:
    """Raises HomeNotWritable where another user owns the home, or a folder in it, or may write there. Creates nothing."""
    try:
        found = os.stat(home)
        link = os.lstat(home)
    except OSError:
        return  # reported where one is needed
    if stat.S_ISLNK(link.st_mode):
        _check_owner(home, home, link)
    _check(home, home, found)
    for name in _FOLDERS:
        folder = os.path.join(home, name)
        try:
            found_inside = os.stat(folder)
        except OSError:
            continue
        _check(home, folder, found_inside)
    if found.st_mode & _OTHERS_MAY_ANYTHING:
        try:
            os.chmod(home, stat.S_IMODE(found.st_mode) & ~_OTHERS_MAY_ANYTHING)
        except OSError:
            return  # owned by root, or on a read-only disk: others can read names but not write


def _check(home: str, folder: str, found: os.stat_result) -> None:
    _check_owner(home, folder, found)
    if found.st_mode & _OTHERS_MAY_WRITE:
        raise HomeNotWritable(
            f"Other users may write to {folder} (mode {stat.S_IMODE(found.st_mode):o}): they could put code there that runs as you.",
            subject=folder,
            advice=f"Check it for files that are not yours, then run: chmod -R go-w {home}",
        )


def _check_owner(home: str, folder: str, found: os.stat_result) -> None:
    if found.st_uid not in (os.geteuid(), 0):
        raise HomeNotWritable(
            f"{folder} belongs to another user (uid {found.st_uid}), not to you (uid {os.geteuid()}).",
            subject=folder,
            advice=f"Set ARMILLARY_HOME to a folder of your own, or take ownership: chown -R {os.geteuid()} {home}",
        )
