"""Kept results are taken over from who holds the same key, as the serializer that is wanted, and never looked into otherwise."""

from __future__ import annotations

import os
import pickle
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import json

from armillary import flow, task
from armillary.cache import INPUTS
from armillary.clock import new_id
from armillary.engine.calls.assignment import Assignment, assigned
from armillary.engine.results.results import Header, _digest, read_sealed, write_reference, write_result
from armillary.engine.results.serializers import JsonSerializer, PickleSerializer
from armillary.errors import InvalidSetting, ResultMissing, Untrusted
from armillary.results import read_result
from armillary.storage import LocalStore, MemoryStore
from armillary.stores.signing import KEY_FILE, key_from, key_of_home
from armillary.task_runners import TaskRunner

from .conftest import AsFlow

pytestmark = pytest.mark.usefixtures("home")

OURS, THEIRS = key_from("ours"), key_from("theirs")


class Writes:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return open, (str(self.path), "w")


def _changed(path: Path, change: Callable[[Header, bytes], tuple[Header, bytes]]) -> None:
    head, _, payload = path.read_bytes().partition(b"\n")
    header, payload = change(json.decode(head, type=Header), payload)
    path.write_bytes(json.encode(header) + b"\n" + payload)


def _pickled(header: Header, payload: bytes) -> tuple[Header, bytes]:
    """Another value, with all that a writer can make right without the key."""
    header.serializer, header.size, header.hash = "pickle", len(payload), _digest(payload)
    return header, payload


FORGERIES: dict[str, Callable[[Header, bytes], tuple[Header, bytes]]] = {
    "its signature left as it was": _pickled,
    "without a signature": lambda header, payload: _pickled(_signed(header, None), payload),
    "with a signature of nothing": lambda header, payload: _pickled(_signed(header, ""), payload),
    "with a signature that is no text of one": lambda header, payload: _pickled(_signed(header, "é" * 64), payload),
    "signed with another key": lambda header, payload: _with_key(_pickled(header, payload), "cache/x"),
    "as an earlier release wrote it": lambda header, payload: _earlier(_pickled(_signed(header, None), payload)),
    "with an earlier release's digest and a signature": lambda header, payload: _earlier(_pickled(header, payload)),
}


def _signed(header: Header, signature: str | None) -> Header:
    header.signature = signature
    return header


def _with_key(forged: tuple[Header, bytes], place: str) -> tuple[Header, bytes]:
    header, payload = forged
    header.signature = None
    return _signed(header, THEIRS.signature(place, json.encode(header))), payload


def _earlier(forged: tuple[Header, bytes]) -> tuple[Header, bytes]:
    header, payload = forged
    header.hash = _digest(payload, 16)
    return header, payload


@pytest.mark.parametrize("serializer", ["pickle", "json"])
@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_cached_result_is_missing_and_not_looked_into(
    home: Path, tmp_path: Path, forgery: str, serializer: str
) -> None:
    marker = tmp_path / "marker"
    calls = []

    @task(cache_policy=INPUTS, result_serializer=serializer)
    def work(value: int) -> int:
        calls.append(value)
        return value

    @flow
    def cached() -> object:
        return work(1).result()

    assert cached() == cached() == 1
    assert calls == [1]
    [path] = (home / "results" / "cache").iterdir()
    _changed(path, lambda header, _payload: FORGERIES[forgery](header, pickle.dumps(Writes(marker))))
    assert cached() == 1
    assert calls == [1, 1]
    assert not marker.exists()
    assert cached() == 1
    assert calls == [1, 1]  # written anew, it is found again


def test_a_signed_result_is_of_its_place_alone(tmp_path: Path) -> None:
    store = LocalStore(str(tmp_path))
    write_result(store, "cache/one", 1, PickleSerializer(), "p", signed_by=OURS)
    store.write("cache/other", store.read("cache/one") or b"")
    assert read_result(store, "cache/one", "pickle", signed_by=OURS) is not None
    with pytest.raises(Untrusted, match="not signed"):
        read_result(store, "cache/other", "pickle", signed_by=OURS)


class Unchecked(PickleSerializer):
    """As somebody hostile writes: what it makes is not read back first."""

    def dumps(self, value: Any) -> bytes:
        return pickle.dumps(value)


def test_the_reader_names_the_serializer_and_not_the_file(tmp_path: Path) -> None:
    store, marker = LocalStore(str(tmp_path)), tmp_path / "marker"
    write_result(store, "k", Writes(marker), Unchecked(), "p", signed_by=OURS)
    for wanted in ("json", "compressed/json", "compressed/pickle"):
        with pytest.raises(Untrusted, match=f"{wanted!r} was expected"):
            read_result(store, "k", wanted, signed_by=OURS)
    assert not marker.exists()


def test_a_reference_is_followed_once() -> None:
    store = MemoryStore()
    write_reference(store, "a", "b", JsonSerializer(), "p", signed_by=OURS)
    write_reference(store, "b", "a", JsonSerializer(), "p", signed_by=OURS)
    with pytest.raises(ResultMissing, match="refers to another reference"):
        read_sealed(store, "a", OURS)
    write_result(store, "b", 1, JsonSerializer(), "p", signed_by=THEIRS)
    sealed = read_sealed(store, "a", OURS)
    assert sealed is not None
    assert not sealed.signed


def test_runs_of_a_deployment_share_their_cache_and_no_other_can_write_into_it(tmp_path: Path) -> None:
    calls: list[str] = []

    @task(cache_key_fn=lambda _context, _parameters: "the same", result_storage=str(tmp_path / "shared"))
    def work(who: str) -> str:
        calls.append(who)
        return who

    @flow
    def cached(who: str) -> str:
        return work(who).result()

    def run(who: str, secret: str | None, prefix: str) -> object:
        assignment = Assignment(new_id(), "", 1, 0, result_secret=secret, result_prefix=prefix)
        with assigned(assignment):
            return cached(who)

    a, b = ("of-a", "deployments/a/"), ("of-b", "deployments/b/")
    assert [run("a1", *a), run("b1", *b), run("a2", *a), run("b2", *b), run("home", None, "")] == [
        "a1",
        "b1",
        "a1",
        "b1",
        "home",
    ]
    assert calls == ["a1", "b1", "home"]
    # B writes its own below the prefix of A, signed with its own key, or moves there what A has signed for elsewhere.
    [theirs] = (tmp_path / "shared" / "deployments" / "b" / "cache").iterdir()
    [place] = (tmp_path / "shared" / "deployments" / "a" / "cache").iterdir()
    place.write_bytes(theirs.read_bytes())
    assert run("a3", *a) == "a3"


def test_the_key_of_a_home_is_its_owners_alone_and_made_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    umask = os.umask(0)
    try:
        key = key_of_home()
    finally:
        os.umask(umask)
    path = home / KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert len(path.read_text().strip()) == 64
    assert [each.name for each in home.iterdir()] == [KEY_FILE]
    assert key_of_home() == key
    monkeypatch.setenv("ARMILLARY_HOME", str(home.parent / "other"))
    assert key_of_home() != key
    monkeypatch.setenv("ARMILLARY_RESULTS_KEY", "short")
    with pytest.raises(InvalidSetting, match="ARMILLARY_RESULTS_KEY is too short"):
        key_of_home()


def test_homes_with_one_results_key_share_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    @task(cache_policy=INPUTS, result_storage=str(tmp_path / "shared"))
    def work(value: int) -> int:
        calls.append(value)
        return value

    @flow
    def cached() -> object:
        return work(1).result()

    def count_in_two_homes(kind: str) -> int:
        calls.clear()
        for name in ("one", "two"):
            monkeypatch.setenv("ARMILLARY_HOME", str(tmp_path / f"{kind} {name}"))
            cached()
        return len(calls)

    monkeypatch.setenv("ARMILLARY_RESULTS_KEY", "a key that is long enough")
    assert count_in_two_homes("sharing") == 1
    monkeypatch.delenv("ARMILLARY_RESULTS_KEY")
    assert count_in_two_homes("apart") == 2


def test_every_task_runner_finds_what_it_kept(as_flow: AsFlow, runner: TaskRunner, ledger: Any) -> None:
    run = as_flow(_twice)
    run()
    run()
    names = [each.state_name for each in ledger.task_runs().items]
    assert names == ["Completed", "Cached", "Cached", "Cached"]


@task(cache_policy=INPUTS, persist_result=True)
def _kept(value: int) -> int:
    return value


def _twice() -> None:
    assert _kept(1).result() == 1
    assert _kept(1).result() == 1
