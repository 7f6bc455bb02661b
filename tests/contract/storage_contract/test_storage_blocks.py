"""The stores behind storage blocks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from armillary.core.errors import InvalidOption, StorageUnavailable
from armillary.stores.blocks import check_block, open_block, open_git
from armillary.stores.git import GitSource

from .conftest import S3Bucket

Commit = Callable[..., str]


def kinds(tmp_path: Path, bucket: S3Bucket) -> dict[str, tuple[str, dict[str, str]]]:
    return {
        "local": ("local", {"storage_path": str(tmp_path / "local")}),
        "temporary": ("temporary-local", {}),
        "folder": ("file", {"base_path": str(tmp_path / "folder")}),
        "url": ("file", {"base_path": f"file://{tmp_path}/url"}),
        "memory": ("file", {"base_path": "memory://blocks", "storage_options": "{}"}),
        "s3": ("s3", bucket),
        "s3 below a prefix": ("s3", {**bucket, "prefix": "team/flows/"}),
    }


@pytest.mark.parametrize("kind", ["local", "temporary", "folder", "url", "memory", "s3", "s3 below a prefix"])
def test_what_is_written_to_a_block_is_read_by_the_next_who_opens_it(
    kind: str, tmp_path: Path, bucket: S3Bucket
) -> None:
    type_, options = kinds(tmp_path, bucket)[kind]
    check_block(type_, options)
    open_block(type_, options).write("projects/a", b"one")
    open_block(type_, options).write("projects/a", b"two")
    store = open_block(type_, options)
    assert store.read("projects/a") == b"two"
    assert store.read("projects/b") is None
    assert list(store.keys("projects/")) == ["projects/a"]
    assert store.delete("projects/a")
    assert list(open_block(type_, options).keys("projects/")) == []


def test_a_bucket_that_is_not_there_is_said_and_not_made(bucket: S3Bucket) -> None:
    wrong = {**bucket, "bucket": "mispelt"}
    for _ in range(2):
        with pytest.raises(StorageUnavailable, match="mispelt"):
            check_block("s3", wrong)


def test_no_secret_stands_in_what_is_said(tmp_path: Path) -> None:
    options = {"base_path": "s3://x", "storage_options": '{"no_such_option_of_s3": "open sesame"}'}
    with pytest.raises(StorageUnavailable) as refused:
        check_block("file", options)
    assert "sesame" not in str(refused.value)


@pytest.mark.parametrize(
    ("type_", "options", "says"),
    [
        ("local", {"storage_path": "/proc/nowhere"}, "/proc/nowhere"),
        ("file", {"base_path": "nosuch://place"}, "nosuch"),
        ("s3", {"bucket": "b", "aws_access_key_id": "kkkk"}, "aws_secret_access_key"),
        ("git", {"repository": "/nowhere/at/all"}, "/nowhere/at/all"),
    ],
)
def test_a_storage_that_does_not_work_is_told_when_it_is_checked(
    type_: str, options: dict[str, str], says: str
) -> None:
    with pytest.raises(StorageUnavailable) as refused:
        check_block(type_, options)
    assert says in str(refused.value)


def test_options_that_are_no_json_are_refused() -> None:
    with pytest.raises(InvalidOption, match="storage_options"):
        open_block("file", {"base_path": "memory://x", "storage_options": "no"})


def test_a_repository_is_read_at_its_branch_tag_or_commit(tmp_path: Path, repository: Commit) -> None:
    first = repository({"main.py": "1", "flows/deep.py": "x"}, tag="v1")
    second = repository({"main.py": "2"})
    where = {"repository": str(tmp_path / "repository")}
    check_block("git", where)
    assert open_git(where).commit() == second
    assert open_git({**where, "reference": "main"}).commit() == second
    assert open_git({**where, "reference": "v1"}).commit() == first
    assert open_git({**where, "reference": first}).commit() == first
    open_git(where).fetch(first, str(tmp_path / "got"))
    assert (tmp_path / "got" / "main.py").read_text() == "1"
    assert not (tmp_path / "got" / ".git").exists()
    open_git({**where, "folder": "flows"}).fetch(second, str(tmp_path / "part"))
    assert [each.name for each in (tmp_path / "part").iterdir()] == ["deep.py"]


def test_a_branch_or_folder_that_is_not_there_is_named(tmp_path: Path, repository: Commit) -> None:
    commit = repository({"main.py": "1"})
    where = {"repository": str(tmp_path / "repository")}
    with pytest.raises(StorageUnavailable, match="'later'"):
        open_git({**where, "reference": "later"}).commit()
    with pytest.raises(StorageUnavailable, match="'flows'"):
        open_git({**where, "folder": "flows"}).fetch(commit, str(tmp_path / "got"))
    assert not (tmp_path / "got").exists()


@pytest.mark.parametrize(
    ("repository", "reference", "folder"),
    [("--upload-pack=touch /tmp/x", "", ""), ("x", "--output=/tmp/x", ""), ("x", "", "../.."), ("x", "", "/etc")],
)
def test_what_git_could_take_for_something_else_is_refused(repository: str, reference: str, folder: str) -> None:
    with pytest.raises(InvalidOption):
        GitSource(repository, reference, folder)


def test_git_runs_no_program_that_a_url_names(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="not allowed"):
        GitSource(f"ext::touch {tmp_path}/ran").commit()
    assert not (tmp_path / "ran").exists()
