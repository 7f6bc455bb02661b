"""Projects: what belongs to one, and that it comes back as it was."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from pathlib import Path

import pytest

from armillary.core.errors import StorageUnavailable
from armillary.stores.local import LocalStore
from armillary.stores.project import Project, download, key_of, read_project, root_of, upload


def made(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("DOT", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def paths(project: Project) -> list[str]:
    return [each.path for each in project.files]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made(tmp_path / "project", mainDOTpy="print()", lib__utilsDOTpy="x = 1")


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(str(tmp_path / "store"))


def test_a_project_comes_back_as_it_was(folder: Path, store: LocalStore, tmp_path: Path) -> None:
    (folder / "run.sh").write_text("#!/bin/sh")
    (folder / "run.sh").chmod(0o755)
    (folder / "größe.txt").write_text("ü")
    project = read_project(str(folder))
    assert upload(project, store)
    assert not upload(project, store), "it is there already"
    download(project.hash, store, str(tmp_path / "back"))
    again = read_project(str(tmp_path / "back"))
    assert (again.files, again.hash) == (project.files, project.hash)
    assert os.access(tmp_path / "back" / "run.sh", os.X_OK)


def test_the_hash_tells_content_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    before = read_project(str(folder)).hash
    os.utime(folder / "main.py", (1, 1))
    assert read_project(str(folder)).hash == before
    other = made(tmp_path / "other", mainDOTpy="print()", lib__utilsDOTpy="x = 1")
    assert read_project(str(other)).hash == before
    (folder / "main.py").write_text("print(1)")
    assert read_project(str(folder)).hash != before


def test_what_does_not_belong_to_a_project_is_left_out(folder: Path) -> None:
    made(
        folder,
        DOTgitignore="*.csv\n/out/\n",
        DOTarmillaryignore="notes.txt\n",
        lib__DOTgitignore="!kept.csv\nscratch\n",
        dataDOTcsv="1",
        lib__keptDOTcsv="1",
        lib__scratch__x="1",
        out__x="1",
        lib__out__x="1",
        notesDOTtxt="1",
        DOTgit__config="1",
        mlflowDOTdb="1",
        mlruns__0__meta="1",
        __init__DOTpyc="1",
        env__pyvenvDOTcfg="1",
        env__bin__python="1",
    )
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x").touch()
    found = paths(read_project(str(folder)))
    assert found == [
        ".armillaryignore",
        ".gitignore",
        "lib/.gitignore",
        "lib/kept.csv",
        "lib/out/x",
        "lib/utils.py",
        "main.py",
    ]


def test_a_folder_that_is_named_is_left_out_wherever_it_is(folder: Path) -> None:
    made(folder, home__ledger="1", deep__store__x="1")
    found = paths(read_project(str(folder), [str(folder / "home"), str(folder / "deep" / "store")]))
    assert found == ["lib/utils.py", "main.py"]


def test_large_and_secret_looking_files_are_told(folder: Path) -> None:
    made(folder, DOTenv="x", keys__serverDOTpem="x", secretsDOTyaml="x", secretaryDOTpy="x", tokensDOTpy="x")
    with (folder / "big.bin").open("wb") as file:
        file.truncate(10_000_001)
    project = read_project(str(folder))
    assert [each.path for each in project.large] == ["big.bin"]
    assert project.secret_looking == [".env", "keys/server.pem", "secrets.yaml"]


def test_the_root_is_the_nearest_folder_with_an_armillary_file(folder: Path) -> None:
    file = str(folder / "lib" / "utils.py")
    assert root_of(file) == str(folder / "lib")
    (folder / "armillary.yaml").touch()
    assert root_of(file) == str(folder)


def test_a_store_without_the_project_says_so(store: LocalStore, tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="is not in"):
        download("0" * 64, store, str(tmp_path / "back"))
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil"])
def test_an_archive_that_would_write_elsewhere_is_refused(name: str, store: LocalStore, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = 1
        archive.addfile(entry, io.BytesIO(b"x"))
    store.write(key_of("0" * 64), gzip.compress(packed.getvalue()))
    with pytest.raises(StorageUnavailable, match="does not match its hash"):
        download("0" * 64, store, str(tmp_path / "in" / "back"))
    assert not list(tmp_path.glob("**/evil"))


@pytest.mark.parametrize("damage", [b"", b"no archive", b"\x1f\x8b\x08\x00 cut"])
def test_a_damaged_project_is_never_used(damage: bytes, folder: Path, store: LocalStore, tmp_path: Path) -> None:
    project = read_project(str(folder))
    store.write(key_of(project.hash), damage)
    with pytest.raises(StorageUnavailable, match="does not match its hash"):
        download(project.hash, store, str(tmp_path / "back"))
    assert not (tmp_path / "back").exists()


def test_another_projects_archive_is_never_used(folder: Path, store: LocalStore, tmp_path: Path) -> None:
    project = read_project(str(folder))
    upload(project, store)
    packed = store.read(key_of(project.hash))
    assert packed is not None
    store.write(key_of("f" * 64), packed)
    with pytest.raises(StorageUnavailable, match="does not match its hash"):
        download("f" * 64, store, str(tmp_path / "back"))
