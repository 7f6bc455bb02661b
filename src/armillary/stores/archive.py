"""The archive of a project: a gzipped tar of plain files, written and read as a stream, within size limits.

The content of a store is untrusted. So bytes, files and the factor by which an archive grows are bounded while it is
read, headers included; nothing is written before all of it has been hashed; and only plain files inside the folder are written.
"""

from __future__ import annotations

import gzip
import os
import tarfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import IO, Any, BinaryIO, NamedTuple, Protocol, cast

from armillary import settings
from armillary.core.errors import TooLarge
from armillary.home_folder import make_private
from armillary.stores.store import checked_key

GROWTH = 100
"""How many times larger than its archive a project may be; text compresses by 3 to 20."""
FREE_BYTES = 64 << 20
"""Always allowed, whatever the size of the archive."""
_LEAVE_OUT = "Leave generated files out: list them in .armillaryignore."
_PART = 1 << 16
_HEADER_BYTES = 1 << 20
"""Of one entry: long names and extended headers are read into memory whole."""
_BLOCK = 10_240
"""How far tarfile reads ahead."""


class Content(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Limits(NamedTuple):
    """Of a project, unpacked."""

    bytes: int
    files: int

    @property
    def archive_bytes(self) -> int:
        """The limit for incompressible content, with headers for each file."""
        return self.bytes + self.files * 4096


def limits() -> Limits:
    """Those of ARMILLARY_PROJECT_MEGABYTES and ARMILLARY_PROJECT_FILES."""
    return Limits(settings.get("PROJECT_MEGABYTES") * 1_000_000, settings.get("PROJECT_FILES"))


def pack(entries: Iterable[tuple[str, bool, int, Content]], into: IO[bytes]) -> None:
    """Write the archive of (path, executable, bytes, content). Raises TooLarge for what :func:`contents_hash` would refuse."""
    with (
        gzip.GzipFile(fileobj=into, mode="wb", mtime=0, compresslevel=6) as zipped,
        tarfile.open(fileobj=zipped, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path, executable, size, content in entries:
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = size, 0o755 if executable else 0o644
            archive.addfile(entry, cast("IO[bytes]", content))
            cast("Any", archive).members.clear()  # it would hold every member in memory
        archive.close()
        size = zipped.tell()
    if size > _most(into.tell(), limits()):
        raise TooLarge(
            f"The project's {size >> 20} MiB compress into less than a {GROWTH}th of that; agents refuse to unpack it.",
            advice=_LEAVE_OUT,
        )


def contents_hash(archive: BinaryIO) -> str:
    """The hash of a project's archive, without writing anything. Raises ValueError, TarError, EOFError or OSError for an invalid archive,
    and TooLarge."""
    found = []
    for path, executable, content in _entries(archive):
        digest = sha256()
        while part := content.read(_PART):
            digest.update(part)
        found.append((path, executable, digest.hexdigest()))
    return hash_of(found)


def unpack(archive: BinaryIO, folder: str) -> None:
    """Write the files of an archive below a folder, for its owner only. Raises as :func:`contents_hash`."""
    for path, executable, content in _entries(archive):
        place = os.path.join(folder, path)
        make_private(os.path.dirname(place))
        mode = 0o700 if executable else 0o600
        with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode), "wb") as file:
            while part := content.read(_PART):
                file.write(part)


def hash_of(entries: Iterable[tuple[str, bool, str]]) -> str:
    """The name of a project with these files: (path, executable, hash)."""
    digest = sha256()
    for path, executable, content in sorted(entries):
        digest.update(f"{path}\0{'x' if executable else '-'}\0{content}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _entries(archive: BinaryIO) -> Iterator[tuple[str, bool, IO[bytes]]]:
    """Each entry must be read to its end before the next."""
    bounds = limits()
    archive.seek(0, os.SEEK_END)
    most = _most(archive.tell(), bounds)
    archive.seek(0)
    files = size = 0
    with gzip.GzipFile(fileobj=archive, mode="rb") as zipped:
        stream = _Metered(zipped, most)
        stream.may_read(_HEADER_BYTES)
        with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r|", bufsize=_BLOCK) as tar:
            while (entry := tar.next()) is not None:
                cast("Any", tar).members.clear()  # it would hold every member in memory
                content = (
                    tar.extractfile(entry) if entry.type in tarfile.REGULAR_TYPES and not entry.issparse() else None
                )
                if content is None:
                    raise ValueError(f"{entry.name} is not a plain file")
                files, size = files + 1, size + entry.size
                if files > bounds.files:
                    raise TooLarge(
                        f"The archive holds more than {bounds.files:,} files.", advice=_advice("PROJECT_FILES")
                    )
                if size > bounds.bytes:
                    raise TooLarge(
                        f"The archive holds more than {bounds.bytes:,} bytes.", advice=_advice("PROJECT_MEGABYTES")
                    )
                stream.may_read(entry.size + _HEADER_BYTES)
                yield checked_key(entry.name), bool(entry.mode & 0o100), content
                stream.may_read(_HEADER_BYTES)


class _Metered:
    """What comes out of an archive, up to ``most`` bytes of it, and of those what the reader expects next."""

    def __init__(self, zipped: gzip.GzipFile, most: int) -> None:
        self._zipped = zipped
        self._most = most
        self._place = 0
        self._allowed = 0

    def may_read(self, size: int) -> None:
        self._allowed = self._place + size + _BLOCK

    def read(self, size: int) -> bytes:
        data = self._zipped.read(size)
        self._place += len(data)
        if self._place > self._most:
            raise TooLarge(
                f"The archive holds more than {self._most >> 20} MiB, far more than its compressed size suggests.",
                advice=_LEAVE_OUT,
            )
        if self._place > self._allowed:
            raise ValueError("a header is too long")
        return data


def _most(archive_bytes: int, bounds: Limits) -> int:
    return min(bounds.archive_bytes, max(FREE_BYTES, archive_bytes * GROWTH))


def _advice(setting: str) -> str:
    return f"Deploy a smaller project, or raise ARMILLARY_{setting}."
