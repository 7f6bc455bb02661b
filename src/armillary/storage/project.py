"""A project: the folder of files a flow is deployed with, named by its content.

The name is a hash over paths, contents and whether a file may be executed; times and owners do not count. So a project is
stored once however often it is deployed, and what is unpacked can be checked against its name.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import shutil
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from tempfile import mkdtemp
from zlib import error as ZlibError  # noqa: N812  it is an exception

from armillary.core.errors import InvalidOption, StorageUnavailable, TooLarge
from armillary.storage.ignoring import Rule, is_ignored, rules
from armillary.storage.packages import package_root
from armillary.storage.store import Store, checked_key

PROJECT_FILE = "armillary.yaml"
IGNORE_FILES = (".gitignore", ".armillaryignore")
LARGE_BYTES = 10_000_000
LARGEST_BYTES = 2_000_000_000

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
    """``hash`` is the name of its content. ``large`` and ``secret_looking`` are paths that somebody should look at before they are
    given away."""

    root: str
    files: tuple[ProjectFile, ...]

    @property
    def hash(self) -> str:
        return _hash((each.path, each.executable, each.hash) for each in self.files)

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
    """The files below ``root`` that belong to it; ``leave_out`` are folders that never do. Raises TooLarge."""
    root = os.path.abspath(root)
    outside = {os.path.realpath(each) for each in leave_out}
    found: list[ProjectFile] = []
    total = 0
    for path in _paths(root, outside):
        full = os.path.join(root, path)
        status = os.stat(full)
        total += status.st_size
        if total > LARGEST_BYTES:
            raise TooLarge(
                f"The project {root} is larger than {LARGEST_BYTES / 1e9:.0f} GB.",
                subject=root,
                advice="Leave its data out: list it in .armillaryignore.",
            )
        with open(full, "rb") as file:
            digest = sha256()
            while part := file.read(1 << 20):
                digest.update(part)
        found.append(ProjectFile(path, status.st_size, bool(status.st_mode & 0o100), digest.hexdigest()))
    return Project(root, tuple(sorted(found, key=lambda each: each.path)))


def key_of(project_hash: str) -> str:
    """Where a store has a project."""
    return f"projects/{project_hash}.tar.gz"


def upload(project: Project, store: Store) -> bool:
    """Whether it was not there yet. Raises StorageUnavailable."""
    key = key_of(project.hash)
    if next(iter(store.keys(key)), None) is not None:
        return False
    store.write(key, _packed(project))
    return True


def download(project_hash: str, store: Store, folder: str) -> None:
    """Unpack a project into ``folder``, which must not be there yet. Raises StorageUnavailable when the store does not have it,
    or something else under its name."""
    packed = store.read(key_of(project_hash))
    if packed is None:
        raise StorageUnavailable(
            f"The code {project_hash[:12]} is not in {store.url}.",
            subject=store.url,
            advice="Create the deployment again, in a storage that both homes reach where this is not the home it was created in.",
        )
    os.makedirs(os.path.dirname(folder), mode=0o700, exist_ok=True)
    partial = mkdtemp(prefix=".unpacking-", dir=os.path.dirname(folder))
    try:
        if _unpacked(packed, partial) != project_hash:
            raise _damaged(project_hash, store)
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


def _paths(root: str, outside: set[str]) -> Iterator[str]:
    """Walks itself, as ignored folders are not even looked into."""
    waiting: list[tuple[str, list[tuple[str, list[Rule]]]]] = [("", [])]
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
            if entry.name in _NEVER or _says(given, path, folder):
                continue
            if folder:
                if os.path.realpath(entry.path) not in outside and not _is_environment(entry.path):
                    waiting.append((path, given))
            elif entry.is_file() and not entry.name.endswith((".db", ".db-wal", ".db-shm", ".pyc")):
                yield path


def _rules_of(folder: str, below: str) -> list[tuple[str, list[Rule]]]:
    found = []
    for name in IGNORE_FILES:
        try:
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                found.append((below, rules(file.read())))
        except OSError:
            continue
    return found


def _says(given: list[tuple[str, list[Rule]]], path: str, folder: bool) -> bool:
    said = False
    for below, each in given:
        inside = path.removeprefix(below + "/") if below else path
        answer = is_ignored(inside, each, folder=folder)
        said = said if answer is None else answer
    return said


def _is_environment(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, "pyvenv.cfg")) or os.path.isdir(os.path.join(folder, "conda-meta"))


def _hash(entries: Iterable[tuple[str, bool, str]]) -> str:
    digest = sha256()
    for path, executable, content in sorted(entries):
        digest.update(f"{path}\0{'x' if executable else '-'}\0{content}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _packed(project: Project) -> bytes:
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=0, compresslevel=6) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for each in project.files:
            with open(os.path.join(project.root, each.path), "rb") as file:
                content = file.read()
            if sha256(content).hexdigest() != each.hash:
                raise InvalidOption(
                    f"{each.path} was changed while it was read.", subject=each.path, advice="Do it once more."
                )
            entry = tarfile.TarInfo(each.path)
            entry.size, entry.mode = len(content), 0o755 if each.executable else 0o644
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _unpacked(packed: bytes, folder: str) -> str:
    """Unpack and say the hash. Only plain files, and only inside: what lies in a store may come from anybody."""
    found = []
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as archive:
        for entry in archive:
            content = archive.extractfile(entry) if entry.isreg() else None
            if content is None:
                raise ValueError(f"{entry.name} is no plain file")
            path = os.path.join(folder, checked_key(entry.name))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            read = content.read()
            executable = bool(entry.mode & 0o100)
            with open(path, "xb") as file:
                file.write(read)
            os.chmod(path, 0o755 if executable else 0o644)
            found.append((entry.name, executable, sha256(read).hexdigest()))
    return _hash(found)


def _damaged(project_hash: str, store: Store) -> StorageUnavailable:
    return StorageUnavailable(
        f"What {store.url} has as the code {project_hash[:12]} is something else.",
        subject=store.url,
        advice="Delete it there, and create the deployment again.",
    )
