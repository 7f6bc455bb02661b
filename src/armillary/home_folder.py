"""The home and every folder in it belong to one user: made private whatever the umask, and refused where others may write.

Code, pickles and keys come from the home, so whoever may write to it becomes its owner. As ssh does with its own folder, Armillary
uses none that somebody else owns or may write to. One that others may only read is made private without a word.
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
    """Make a folder, and those above it that are missing, for its owner only. One that is there stays as it is. Raises OSError."""
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
    """Make the home where there is none, and check it. Raises HomeNotWritable."""
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
    """Raises HomeNotWritable where another user owns the home, or a folder in it, or may write there. None is made."""
    try:
        found = os.stat(home)
        link = os.lstat(home)
    except OSError:
        return  # whoever needs one says so
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
            return  # root's, or on a read-only disk: others can read names, and write nothing


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
