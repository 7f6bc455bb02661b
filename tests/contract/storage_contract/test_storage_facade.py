"""``armillary.storage``, as programs use it."""

from __future__ import annotations

from pathlib import Path

import pytest

from armillary import storage
from armillary.core.errors import InvalidOption, NotFound, StorageUnavailable
from armillary.testing import temporary_home


def test_a_block_is_made_loaded_and_written_to(tmp_path: Path) -> None:
    with temporary_home() as client:
        made = storage.create("models", "local", default=True, storage_path=str(tmp_path / "models"))
        assert storage.load("models") == storage.load(made.id) == made
        assert client.default_storage_block() == made
        storage.open_named("models").write("a/b", b"1")
    assert (tmp_path / "models" / "a" / "b").read_bytes() == b"1"


def test_what_does_not_work_is_not_made() -> None:
    with temporary_home() as client:
        with pytest.raises(StorageUnavailable):
            storage.create("x", "local", storage_path="/proc/nowhere")
        with pytest.raises(InvalidOption):
            storage.create("x", "local", path="/srv")
        with pytest.raises(NotFound):
            storage.load("x")
        assert client.storage_blocks().items == []
