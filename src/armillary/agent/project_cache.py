"""A cache of fetched projects. Every file is verified against a sealed list when it is copied for a run.

``home/projects/<name>`` are the files, ``<name>.seal`` beside them lists their hashes, bytecode included, with a MAC by the
home's own key. So files changed since, by another user who could once write there or by a failing disk, never run. A
project's name is not enough: a commit names more than the files fetched from it, and neither covers bytecode.
"""

from __future__ import annotations

import fcntl
import hmac
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from secrets import token_bytes
from time import time

from msgspec import DecodeError, Struct, json

from armillary.home_folder import make_private
from armillary.journal.whole_file import write_whole

KEY_NAME = "projects.key"
SEAL = ".seal"
_LOCK = ".lock"
_KEY_BYTES = 32
_PART = 1 << 18


class Altered(Exception):
    """The project in the cache has changed; names the file."""


class _Listed(Struct, array_like=True):
    """``link``: where a symbolic link leads; ``hash`` is empty then."""

    path: str
    hash: str
    executable: bool = False
    link: str = ""


class ProjectCache:
    """The cache of one home. The caller fetches a project into its folder and then calls ``seal``."""

    def __init__(self, home: str) -> None:
        self.folder = os.path.join(home, "projects")
        self._key_path = os.path.join(home, KEY_NAME)

    def has(self, name: str) -> bool:
        """Whether it exists and is sealed. Its content is checked by :meth:`copy`."""
        return os.path.isdir(os.path.join(self.folder, name)) and self._listed(name) is not None

    def seal(self, name: str) -> None:
        """Record its current content, and make it private to its owner."""
        root = os.path.join(self.folder, name)
        found = []
        for path in _paths(root):
            full = os.path.join(root, path)
            if os.path.islink(full):
                found.append(_Listed(path, "", link=os.readlink(full)))
                continue
            with open(full, "rb") as file:
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o700
                os.fchmod(file.fileno(), mode)
                digest = sha256()
                while part := file.read(_PART):
                    digest.update(part)
            found.append(_Listed(path, digest.hexdigest(), bool(mode & 0o100)))
        listed = json.encode(found)
        write_whole(os.path.join(self.folder, name + SEAL), self._mac(self._key(), name, listed) + listed)

    def unseal(self, name: str) -> None:
        """Invalidate it: its content has changed."""
        with suppress(FileNotFoundError):
            os.unlink(os.path.join(self.folder, name + SEAL))

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """A lock among all processes of this home: one of them fetches it."""
        make_private(self.folder)
        descriptor = os.open(os.path.join(self.folder, name + _LOCK), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def remove_unused(self, seconds: float) -> None:
        """Remove projects unused for so long, with their seals and locks."""
        make_private(self.folder)
        for entry in os.listdir(self.folder):
            path = os.path.join(self.folder, entry)
            project = os.path.join(self.folder, entry.removesuffix(SEAL).removesuffix(_LOCK))
            with suppress(OSError):  # another agent was faster
                used = os.stat(project if os.path.isdir(project) else path).st_mtime
                if time() - used > seconds:
                    shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)

    def copy(self, name: str, to: str) -> None:
        """The files of a project into a new folder, for its owner only. Raises Altered, OSError."""
        listed = self._listed(name)
        if listed is None:
            raise Altered(name)
        root = os.path.join(self.folder, name)
        make_private(to)
        for each in listed:
            place = os.path.join(to, each.path)
            make_private(os.path.dirname(place))
            if each.link:
                os.symlink(each.link, place)
            elif _copied(os.path.join(root, each.path), place, 0o700 if each.executable else 0o600) != each.hash:
                raise Altered(f"{name}: {each.path}")

    def _listed(self, name: str) -> list[_Listed] | None:
        key = self._own_key()
        try:
            with open(os.path.join(self.folder, name + SEAL), "rb") as file:
                mac, listed = file.read(sha256().digest_size), file.read()
        except OSError:
            return None
        if key is None or not hmac.compare_digest(mac, self._mac(key, name, listed)):
            return None
        try:
            return json.decode(listed, type=list[_Listed])
        except DecodeError:
            return None

    @staticmethod
    def _mac(key: bytes, name: str, listed: bytes) -> bytes:
        return hmac.digest(key, name.encode() + b"\0" + listed, "sha256")

    def _key(self) -> bytes:
        """Created if there is none that is private to this user."""
        found = self._own_key()
        if found is not None:
            return found
        with suppress(FileNotFoundError):
            os.unlink(self._key_path)
        key = token_bytes(_KEY_BYTES)
        write_whole(self._key_path, key)
        return self._own_key() or key

    def _own_key(self) -> bytes | None:
        try:
            with open(os.open(self._key_path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW), "rb") as file:
                status = os.fstat(file.fileno())
                key = file.read(_KEY_BYTES + 1)
        except OSError:
            return None
        mine = status.st_uid in (os.geteuid(), 0) and not status.st_mode & 0o077 and status.st_nlink == 1
        return key if mine and len(key) == _KEY_BYTES else None


def _paths(root: str) -> Iterator[str]:
    """Files and links below a folder; folders are made private in passing."""
    for here, folders, files in os.walk(root):
        os.chmod(here, 0o700)
        links = [name for name in folders if os.path.islink(os.path.join(here, name))]
        folders[:] = sorted(set(folders) - set(links))
        for name in sorted((*files, *links)):
            yield os.path.relpath(os.path.join(here, name), root)


def _copied(source: str, to: str, mode: int) -> str | None:
    """The hash of what was copied; None if the source is no longer a plain file."""
    try:
        taken = os.open(source, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with open(taken, "rb") as file:
        if not stat.S_ISREG(os.fstat(taken).st_mode):
            return None
        digest = sha256()
        with open(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode), "wb") as copy:
            while part := file.read(_PART):
                digest.update(part)
                copy.write(part)
    return digest.hexdigest()
