"""A project: the folder of files a flow is deployed with, named by its content.

The name is a hash over paths, contents and whether a file may be executed; times and owners are ignored. So a project is
stored once however often it is deployed, and what is unpacked can be checked against its name.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from tempfile import NamedTemporaryFile, TemporaryFile, mkdtemp
from typing import IO
from zlib import error as ZlibError  # noqa: N812  it is an exception

from armillary.core.errors import InvalidOption, StorageUnavailable, TooLarge
from armillary.home_folder import make_private
from armillary.stores.archive import Content, contents_hash, hash_of, limits, pack, unpack
from armillary.stores.ignoring import IgnoreRule, is_ignored, rules
from armillary.stores.packages import package_root
from armillary.stores.store import Store

PROJECT_FILE = "armillary.yaml"
IGNORE_FILES = (".gitignore", ".armillaryignore")
LARGE_BYTES = 10_000_000

_NEVER = frozenset({".git", "__pycache__", "mlruns", ".venv", ".hg", ".svn"})
_SECRET_LOOKING = re.compile(
    r"\.env(\..+)?|.*\.(pem|key|p12|pfx|keystore|kdbx)|id_(rsa|dsa|ecdsa|ed25519)|\.netrc|\.npmrc|\.pypirc|\.pgpass"
    r"|(.*[-_.])?(credentials?|secrets?|service[-_]account)([-_.].*)?\.(json|ya?ml|toml|ini|txt)",
    re.IGNORECASE,
).fullmatch


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """``path`` is below the root, with slashes."""

    path: str
    size_bytes: int
    executable: bool
    hash: str


@dataclass(frozen=True, slots=True)
class Project:
    """``hash`` is the name of its content. ``large`` and ``secret_looking`` are paths to review before the upload."""

    root: str
    files: tuple[ProjectFile, ...]

    @property
    def hash(self) -> str:
        return hash_of((each.path, each.executable, each.hash) for each in self.files)

    @property
    def size_bytes(self) -> int:
        return sum(each.size_bytes for each in self.files)

    @property
    def large(self) -> list[ProjectFile]:
        return [each for each in self.files if each.size_bytes > LARGE_BYTES]

    @property
    def secret_looking(self) -> list[str]:
        return [each.path for each in self.files if _SECRET_LOOKING(each.path.rpartition("/")[2])]


def root_of(flow_file: str) -> str:
    """The nearest folder upwards with an ``armillary.yaml``, else the file's own, or that of the package it is a part of."""
    flow_file = os.path.abspath(flow_file)
    folder = os.path.dirname(flow_file)
    while not os.path.isfile(os.path.join(folder, PROJECT_FILE)):
        parent = os.path.dirname(folder)
        if parent == folder:
            return package_root(flow_file)
        folder = parent
    return folder


def read_project(root: str, leave_out: Sequence[str] = ()) -> Project:
    """The files below ``root`` that belong to it; ``leave_out`` are folders to exclude. Raises TooLarge."""
    root = os.path.abspath(root)
    outside = {os.path.realpath(each) for each in leave_out}
    found: list[ProjectFile] = []
    total, most = 0, limits()
    for path in _paths(root, outside):
        full = os.path.join(root, path)
        status = os.stat(full)
        total += status.st_size
        if total > most.bytes or len(found) >= most.files:
            raise TooLarge(
                f"The project {root} is larger than {most.bytes / 1e6:,.0f} MB, or has more than {most.files:,} files.",
                subject=root,
                advice="Leave its data out: list it in .armillaryignore. Or raise ARMILLARY_PROJECT_MEGABYTES or "
                "ARMILLARY_PROJECT_FILES, here and for agents.",
            )
        with open(full, "rb") as file:
            digest = sha256()
            while part := file.read(1 << 20):
                digest.update(part)
        found.append(ProjectFile(path, status.st_size, bool(status.st_mode & 0o100), digest.hexdigest()))
    return Project(root, tuple(sorted(found, key=lambda each: each.path)))


def key_of(project_hash: str) -> str:
    """The key of a project in a store."""
    return f"projects/{project_hash}.tar.gz"


def upload(project: Project, store: Store) -> bool:
    """Upload it; returns whether it was new. Raises StorageUnavailable, TooLarge."""
    key = key_of(project.hash)
    if next(iter(store.keys(key)), None) is not None:
        return False
    with NamedTemporaryFile(prefix="armillary-project-") as packed:
        pack(_contents(project), packed.file)
        packed.flush()
        store.write_file(key, packed.name)
    return True


def download(project_hash: str, store: Store, folder: str) -> None:
    """Unpack a project into ``folder``, which must not exist yet; nothing is written there before its hash is verified. Raises
    StorageUnavailable if the store does not have it, or has other content under its name, and TooLarge."""
    above = os.path.dirname(folder)
    make_private(above)
    partial = mkdtemp(prefix=".unpacking-", dir=above)
    try:
        with TemporaryFile(dir=above) as packed:
            if not store.read_file(key_of(project_hash), packed, limits().archive_bytes):
                raise StorageUnavailable(
                    f"The code {project_hash[:12]} is not in {store.url}.",
                    subject=store.url,
                    advice="Create the deployment again; if it was created in another home, use a storage that both homes "
                    "can reach.",
                )
            if contents_hash(packed) != project_hash:
                raise _damaged(project_hash, store)
            unpack(packed, partial)
        os.replace(partial, folder)
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, ZlibError, ValueError) as problem:
        raise _damaged(project_hash, store) from problem
    except StorageUnavailable:
        raise
    except OSError as problem:
        if not os.path.isdir(folder):  # else another process was faster
            raise StorageUnavailable(f"{folder} cannot be written: {problem.strerror}.", subject=folder) from problem
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _contents(project: Project) -> Iterator[tuple[str, bool, int, Content]]:
    for each in project.files:
        with open(os.path.join(project.root, each.path), "rb") as file:
            yield each.path, each.executable, each.size_bytes, _Content(file, each)


def _paths(root: str, outside: set[str]) -> Iterator[str]:
    """Walks the tree itself, to skip ignored folders."""
    waiting: list[tuple[str, list[tuple[str, list[IgnoreRule]]]]] = [("", [])]
    while waiting:
        below, before = waiting.pop()
        here = os.path.join(root, below) if below else root
        given = [*before, *_rules_of(here, below)]
        try:
            entries = sorted(os.scandir(here), key=lambda each: each.name)
        except OSError as problem:
            raise InvalidOption(f"{here} cannot be read: {problem.strerror}.", subject=here) from None
        for entry in entries:
            path = f"{below}/{entry.name}" if below else entry.name
            folder = entry.is_dir(follow_symlinks=False)
            if entry.name in _NEVER or _is_left_out(given, path, folder):
                continue
            if folder:
                if os.path.realpath(entry.path) not in outside and not _is_environment(entry.path):
                    waiting.append((path, given))
            elif entry.is_file() and not entry.name.endswith((".db", ".db-wal", ".db-shm", ".pyc")):
                yield path


def _rules_of(folder: str, below: str) -> list[tuple[str, list[IgnoreRule]]]:
    found = []
    for name in IGNORE_FILES:
        try:
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                found.append((below, rules(file.read())))
        except OSError:
            continue
    return found


def _is_left_out(given: list[tuple[str, list[IgnoreRule]]], path: str, folder: bool) -> bool:
    verdict = False
    for below, each in given:
        inside = path.removeprefix(below + "/") if below else path
        answer = is_ignored(inside, each, folder=folder)
        verdict = verdict if answer is None else answer
    return verdict


def _is_environment(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, "pyvenv.cfg")) or os.path.isdir(os.path.join(folder, "conda-meta"))


class _Content:
    """A file hashed while it is packed: it must still match the project's hash. Raises InvalidOption."""

    def __init__(self, file: IO[bytes], expected: ProjectFile) -> None:
        self._file = file
        self._expected = expected
        self._left = expected.size_bytes
        self._digest = sha256()

    def read(self, size: int) -> bytes:
        part = self._file.read(size)
        self._digest.update(part)
        self._left -= len(part)
        is_whole = self._left == 0 and self._digest.hexdigest() == self._expected.hash
        if (self._left == 0 or len(part) < size) and not is_whole:
            path = self._expected.path
            raise InvalidOption(f"{path} was changed while it was read.", subject=path, advice="Try again.")
        return part


def _damaged(project_hash: str, store: Store) -> StorageUnavailable:
    return StorageUnavailable(
        f"The code {project_hash[:12]} in {store.url} does not match its hash.",
        subject=store.url,
        advice="Delete it there, and create the deployment again.",
    )
