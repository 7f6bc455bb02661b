"""What comes out of a project's archive is bounded, and nothing of it is written before all of it is known."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from armillary.core.errors import InvalidOption, StorageUnavailable, TooLarge
from armillary.stores import project as projects
from armillary.stores.archive import FREE_BYTES, contents_hash, unpack
from armillary.stores.local import LocalStore
from armillary.stores.memory import MemoryStore
from armillary.stores.project import download, key_of, read_project, upload
from armillary.stores.store import Store

MANY = 300 << 20


def tar(write: Callable[[tarfile.TarFile], object]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1, format=tarfile.PAX_FORMAT) as archive:
        write(archive)
    return packed.getvalue()


class Zeros(io.RawIOBase):
    def read(self, size: int = -1) -> bytes:
        return bytes(size)


def of_zeros(size: int) -> Callable[[tarfile.TarFile], object]:
    def write(archive: tarfile.TarFile) -> None:
        entry = tarfile.TarInfo("zeros")
        entry.size = size
        archive.addfile(entry, Zeros())

    return write


def _long_header(archive: tarfile.TarFile) -> None:
    entry = tarfile.TarInfo("a")
    entry.pax_headers = {"comment": "x" * (32 << 20)}
    archive.addfile(entry)


def _sparse(archive: tarfile.TarFile) -> None:
    entry = tarfile.TarInfo("a")
    entry.pax_headers = {"GNU.sparse.size": str(1 << 40), "GNU.sparse.numblocks": "1", "GNU.sparse.map": "0,1"}
    entry.size = 1
    archive.addfile(entry, io.BytesIO(b"x"))


BOMBS = {
    "one file of zeros": tar(of_zeros(MANY)),
    "zeros behind the end": gzip.compress(bytes(MANY), 1),
    "a long header": tar(_long_header),
    "a sparse file": tar(_sparse),
    "a bomb in a bomb": gzip.compress(tar(of_zeros(1 << 20)) + bytes(MANY), 1),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_an_archive_that_grows_beyond_its_bounds_writes_nothing_and_costs_little_memory(
    bomb: bytes, tmp_path: Path
) -> None:
    store = MemoryStore()
    store.write(key_of("0" * 64), bomb)
    tracemalloc.start()
    try:
        with pytest.raises((TooLarge, StorageUnavailable)):
            download("0" * 64, store, str(tmp_path / "in" / "back"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert list((tmp_path / "in").iterdir()) == []
    assert peak < 16 << 20


def test_more_files_than_may_be_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def eleven(archive: tarfile.TarFile) -> None:
        for number in range(11):
            archive.addfile(tarfile.TarInfo(f"f{number}"))

    packed = tar(eleven)
    contents_hash(io.BytesIO(packed))
    monkeypatch.setenv("ARMILLARY_PROJECT_FILES", "10")
    with pytest.raises(TooLarge, match="more than 10 files") as refused:
        contents_hash(io.BytesIO(packed))
    assert "ARMILLARY_PROJECT_FILES" in str(refused.value)


def test_more_bytes_than_may_be_are_refused_when_packed_and_when_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "noise").write_bytes(os.urandom(1_500_000))
    store = LocalStore(str(tmp_path / "store"))
    project = read_project(str(tmp_path))
    upload(project, store)
    monkeypatch.setenv("ARMILLARY_PROJECT_MEGABYTES", "1")
    with pytest.raises(TooLarge, match="ARMILLARY_PROJECT_MEGABYTES"):
        read_project(str(tmp_path))
    with pytest.raises(TooLarge):
        download(project.hash, store, str(tmp_path / "back"))
    monkeypatch.setenv("ARMILLARY_PROJECT_FILES", "1")
    monkeypatch.setenv("ARMILLARY_PROJECT_MEGABYTES", "2")
    download(project.hash, store, str(tmp_path / "back"))


def test_a_project_that_no_agent_would_unpack_is_not_uploaded(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    with (tmp_path / "project" / "zeros").open("wb") as file:
        file.truncate(FREE_BYTES + 1)
    store = LocalStore(str(tmp_path / "store"))
    with pytest.raises(TooLarge, match="armillaryignore"):
        upload(read_project(str(tmp_path / "project")), store)
    assert list(store.keys()) == []


def test_a_large_project_goes_and_comes_without_being_held_in_memory(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "noise").write_bytes(os.urandom(24 << 20))
    stores: list[Store] = [LocalStore(str(tmp_path / "local"))]
    from armillary.stores.remote import FsspecStore

    stores.append(FsspecStore(f"file://{tmp_path}/remote"))
    project = read_project(str(tmp_path / "project"))
    tracemalloc.start()
    try:
        for number, store in enumerate(stores):
            upload(project, store)
            download(project.hash, store, str(tmp_path / f"back-{number}"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20 << 20
    assert read_project(str(tmp_path / "back-1")).files == project.files


@pytest.mark.parametrize("change", ["longer", "", "other"])
def test_a_file_that_changes_while_it_is_packed_is_told(change: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("first")
    project = read_project(str(tmp_path))
    (tmp_path / "a.py").write_text(change)
    with pytest.raises(InvalidOption, match=r"a\.py was changed"):
        upload(project, MemoryStore())


ODD = {
    "a symbolic link": (tarfile.SYMTYPE, "l", "/etc/passwd"),
    "a hard link": (tarfile.LNKTYPE, "l", "/etc/passwd"),
    "a device": (tarfile.CHRTYPE, "d", ""),
    "a FIFO": (tarfile.FIFOTYPE, "d", ""),
    "a folder": (tarfile.DIRTYPE, "d", ""),
    "above": (tarfile.REGTYPE, "../up", ""),
    "absolute": (tarfile.REGTYPE, "/tmp/up", ""),
    "nothing": (tarfile.REGTYPE, "", ""),
}


@pytest.mark.parametrize(("kind", "name", "link"), ODD.values(), ids=ODD)
@pytest.mark.parametrize("read", [contents_hash, lambda archive: unpack(archive, "/nonexistent")])
def test_only_plain_files_inside_are_taken(
    kind: bytes, name: str, link: str, read: Callable[[io.BytesIO], object]
) -> None:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, link
    packed = tar(lambda archive: archive.addfile(entry))
    with pytest.raises((ValueError, tarfile.TarError)):
        read(io.BytesIO(packed))


def test_what_is_unpacked_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        source = tmp_path / "project"
        (source / "deep").mkdir(parents=True)
        (source / "deep" / "run.sh").write_text("x")
        (source / "deep" / "run.sh").chmod(0o777)
        store = LocalStore(str(tmp_path / "store"))
        project = read_project(str(source))
        upload(project, store)
        download(project.hash, store, str(tmp_path / "in" / "back"))
    finally:
        os.umask(before)
    for top in (tmp_path / "store", tmp_path / "in"):
        assert not [each for each in (top, *top.glob("**/*")) if each.stat().st_mode & 0o077]
    assert projects.read_project(str(tmp_path / "in" / "back")).hash == project.hash


@pytest.mark.parametrize(
    ("bomb", "problem", "said"),
    [
        ("one file of zeros", TooLarge, "far more than its compressed size"),
        ("a long header", ValueError, "header is too long"),
        ("a sparse file", ValueError, "not a plain file"),
    ],
)
def test_each_bound_is_told(bomb: str, problem: type[Exception], said: str) -> None:
    with pytest.raises(problem, match=said):
        contents_hash(io.BytesIO(BOMBS[bomb]))
