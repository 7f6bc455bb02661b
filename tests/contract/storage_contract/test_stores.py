"""What every store must do."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from armillary.core.errors import StorageUnavailable
from armillary.stores.local import LocalStore
from armillary.stores.memory import MemoryStore
from armillary.stores.opening import open_store
from armillary.stores.store import Store


@pytest.fixture(params=["local", "memory", "fsspec"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "local":
        yield LocalStore(str(tmp_path / "store"))
    elif request.param == "memory":
        yield MemoryStore(uuid4().hex)
    else:
        yield open_store(f"memory://{uuid4().hex}")


def test_what_was_written_last_is_read(store: Store) -> None:
    assert store.read("a/b") is None
    store.write("a/b", b"one")
    store.write("a/b", b"two")
    assert store.read("a/b") == b"two"


def test_nothing_is_also_something(store: Store) -> None:
    store.write("empty", b"")
    assert store.read("empty") == b""


def test_deleting_tells_whether_there_was_something(store: Store) -> None:
    store.write("a", b"x")
    assert store.delete("a")
    assert not store.delete("a")
    assert store.read("a") is None


def test_keys_come_in_order_and_by_prefix(store: Store) -> None:
    for key in ("runs/2/b", "runs/1/a", "runs/10/c", "cache/x"):
        store.write(key, b"")
    assert list(store.keys("runs/1/")) == ["runs/1/a"]
    assert list(store.keys()) == ["cache/x", "runs/1/a", "runs/10/c", "runs/2/b"]
    assert store.delete_below("runs/") == 3
    assert list(store.keys()) == ["cache/x"]


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../up", "a/../../b", "a//b", "a/./b", "a\\b", "a\x00b"])
def test_a_key_that_would_leave_the_store_is_refused(store: Store, key: str) -> None:
    for use in (store.read, store.delete, lambda key: store.write(key, b"")):
        with pytest.raises(ValueError, match="not a key"):
            use(key)


def test_the_same_url_is_the_same_store(store: Store) -> None:
    store.write("k", b"v")
    if not isinstance(store, MemoryStore):
        assert open_store(store.url).read("k") == b"v"
    assert open_store(store) is store


def test_a_claim_is_held_by_one_until_it_lets_go(store: Store) -> None:
    if not store.can_claim:
        with pytest.raises(StorageUnavailable, match="cannot lock"):
            store.claim("k", wait=False)
        return
    claim = store.claim("k", wait=False)
    assert claim is not None
    assert store.claim("k", wait=False) is None
    got = threading.Event()

    def wait() -> None:
        waited = store.claim("k", wait=True)
        assert waited is not None
        got.set()
        waited.release()

    thread = threading.Thread(target=wait)
    thread.start()
    assert not got.is_set()
    claim.release()
    assert got.wait(10)
    thread.join()


def test_a_claim_ends_with_its_process(tmp_path: Path) -> None:
    folder = str(tmp_path / "store")
    source = (
        "import sys, os; from armillary.stores.local import LocalStore; "
        "LocalStore(sys.argv[1]).claim('k', wait=False); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", source, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
    claim = LocalStore(folder).claim("k", wait=True)
    assert claim is not None
    claim.release()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageUnavailable, match="file"):
        LocalStore(str(tmp_path / "file" / "store")).write("k", b"v")


def test_an_unknown_protocol_is_refused_with_what_to_install() -> None:
    with pytest.raises(StorageUnavailable):
        open_store("nosuch://bucket/path").write("k", b"v")
