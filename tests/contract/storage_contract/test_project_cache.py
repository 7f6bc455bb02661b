"""Code that an agent has cached runs as it was fetched, or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from armillary.agent.project_cache import KEY_NAME, SEAL, Altered, ProjectCache
from armillary.agent.projects import Projects
from armillary.client.in_process.client import InProcessClient
from armillary.clock import new_id
from armillary.core.deployments.deployment import Deployment
from armillary.core.errors import StorageUnavailable
from armillary.sdk.deployments.deployment_spec import DeploymentSpec
from armillary.sdk.deployments.project_upload import locate

NAME = "a" * 40


@pytest.fixture
def cache(home: Path) -> ProjectCache:
    """With one project in it."""
    root = home / "projects" / NAME
    (root / "lib").mkdir(parents=True)
    (root / "main.py").write_text("x = 1")
    (root / "lib" / "run.sh").write_text("#!/bin/sh")
    (root / "lib" / "run.sh").chmod(0o777)
    (root / "latest").symlink_to("lib")
    made = ProjectCache(str(home))
    assert not made.has(NAME)
    made.seal(NAME)
    return made


def test_a_sealed_project_is_copied_as_it_is(cache: ProjectCache, home: Path, tmp_path: Path) -> None:
    assert cache.has(NAME)
    assert ProjectCache(str(home)).has(NAME), "another agent of the home takes it too"
    cache.copy(NAME, str(tmp_path / "copy"))
    assert (tmp_path / "copy" / "main.py").read_text() == "x = 1"
    assert os.access(tmp_path / "copy" / "latest" / "run.sh", os.X_OK)
    assert (tmp_path / "copy" / "latest").is_symlink()


def _replaced(root: Path) -> None:
    shutil.move(root, root.with_name("away"))
    shutil.copytree(root.with_name("away"), root)
    (root / "main.py").write_text("x = 2")


def _link(root: Path) -> None:
    (root / "main.py").rename(root / "other.py")
    (root / "main.py").symlink_to("other.py")


def _fifo(root: Path) -> None:
    (root / "main.py").unlink()
    os.mkfifo(root / "main.py")


ALTERATIONS: dict[str, Callable[[Path], object]] = {
    "other content": lambda root: (root / "main.py").write_text("x = 2"),
    "same size": lambda root: (root / "main.py").write_text("x = 2"),
    "shorter": lambda root: (root / "main.py").write_text(""),
    "gone": lambda root: (root / "main.py").unlink(),
    "a link": _link,
    "a FIFO": _fifo,
    "another folder": _replaced,
}


@pytest.mark.parametrize("alter", ALTERATIONS.values(), ids=ALTERATIONS)
def test_what_was_altered_is_never_copied(
    alter: Callable[[Path], object], cache: ProjectCache, home: Path, tmp_path: Path
) -> None:
    alter(home / "projects" / NAME)
    with pytest.raises(Altered):
        cache.copy(NAME, str(tmp_path / "copy"))


def test_a_file_that_was_added_does_not_come_along(cache: ProjectCache, home: Path, tmp_path: Path) -> None:
    (home / "projects" / NAME / "json.py").write_text("")
    cache.copy(NAME, str(tmp_path / "copy"))
    assert not (tmp_path / "copy" / "json.py").exists()


def _forged(home: Path) -> None:
    """By somebody who knows how seals are made, but not the key."""
    away = home.with_name("other")
    (away / "projects").mkdir(parents=True)
    shutil.copytree(home / "projects" / NAME, away / "projects" / NAME, symlinks=True)
    ProjectCache(str(away)).seal(NAME)
    shutil.copy(away / "projects" / (NAME + SEAL), home / "projects" / (NAME + SEAL))


def _renamed(home: Path) -> None:
    """The seal, and the files, of another project of this home."""
    other = "b" * 40
    shutil.copytree(home / "projects" / NAME, home / "projects" / other, symlinks=True)
    ProjectCache(str(home)).seal(other)
    shutil.copy(home / "projects" / (other + SEAL), home / "projects" / (NAME + SEAL))


def _cut(home: Path) -> None:
    seal = home / "projects" / (NAME + SEAL)
    seal.write_bytes(seal.read_bytes()[:-2])


def _linked(home: Path) -> None:
    (home / KEY_NAME).rename(home / "k")
    (home / KEY_NAME).symlink_to("k")


FORGERIES: dict[str, Callable[[Path], object]] = {
    "made with another key": _forged,
    "another project's": _renamed,
    "cut": _cut,
    "gone": lambda home: (home / "projects" / (NAME + SEAL)).unlink(),
    "without its key": lambda home: (home / KEY_NAME).unlink(),
    "with a key that others read": lambda home: (home / KEY_NAME).chmod(0o644),
    "with a key that is a link": _linked,
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_only_a_seal_of_this_home_counts(
    forge: Callable[[Path], object], cache: ProjectCache, home: Path, tmp_path: Path
) -> None:
    forge(home)
    assert not cache.has(NAME)
    with pytest.raises(Altered):
        cache.copy(NAME, str(tmp_path / "copy"))
    cache.seal(NAME)
    assert cache.has(NAME)


@pytest.fixture
def deployed(ledger: InProcessClient, tmp_path: Path) -> Deployment:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "flows.py").write_text("from armillary import flow\n\n@flow\ndef f():\n    return 1\n")
    spec = DeploymentSpec(name="d", flow_location=str(folder / "flows.py"), flow_name="f")
    located = locate(ledger, spec.prepared(str(folder)))
    located.upload(ledger)
    return located.deployment


def test_altered_code_is_fetched_again_before_it_runs(
    deployed: Deployment, ledger: InProcessClient, home: Path
) -> None:
    name = deployed.project_hash or ""
    projects = Projects(str(home), new_id())
    try:
        projects.fetch(ledger, deployed)
        cached = home / "projects" / name
        bytecode = next((cached / "__pycache__").iterdir())
        for file in (cached / "flows.py", bytecode):
            was = file.read_bytes()
            file.write_bytes(b"raise SystemExit('altered')")
            root = Path(projects.copy(name))
            assert (root / file.relative_to(cached)).read_bytes() == was
            assert file.read_bytes() == was
    finally:
        projects.close()


def test_code_cached_without_a_seal_is_fetched_again(deployed: Deployment, ledger: InProcessClient, home: Path) -> None:
    planted = home / "projects" / (deployed.project_hash or "")
    planted.mkdir(parents=True)
    (planted / "flows.py").write_text("raise SystemExit('planted')")
    (planted / "os.py").write_text("raise SystemExit('planted')")
    projects = Projects(str(home), new_id())
    try:
        projects.fetch(ledger, deployed)
        root = Path(projects.copy(deployed.project_hash or ""))
        assert "planted" not in (root / "flows.py").read_text()
        assert not (root / "os.py").exists()
    finally:
        projects.close()


@pytest.mark.parametrize("name", ["../journal", "x", "", "A" * 40, "/etc", "a" * 40 + "\n"])
def test_code_is_named_by_a_hash_and_by_nothing_else(
    name: str, deployed: Deployment, ledger: InProcessClient, home: Path
) -> None:
    projects = Projects(str(home), new_id())
    deployed.project_hash = name
    try:
        with pytest.raises(StorageUnavailable, match="is not the hash of a project"):
            projects.fetch(ledger, deployed)
    finally:
        projects.close()


def test_what_nobody_used_for_long_goes_with_its_seal(cache: ProjectCache, home: Path) -> None:
    cache.remove_unused(3600)
    assert cache.has(NAME)
    os.utime(home / "projects" / (NAME + SEAL), (1, 1))
    cache.remove_unused(3600)
    assert cache.has(NAME), "only when the project was used counts"
    os.utime(home / "projects" / NAME, (1, 1))
    cache.remove_unused(3600)
    cache.remove_unused(3600)
    assert list((home / "projects").iterdir()) == []
