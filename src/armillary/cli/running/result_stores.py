"""The stores that a reader of results opens: not those that a run names, but those that the reader knows.

A run records where its value lies. Opening what it names connects to wherever it likes, with whatever credentials this machine has,
so a store is opened only where a setting, the home or a storage block names it too.
"""

from __future__ import annotations

import os

from armillary import settings
from armillary.cli.terminal.paging import every
from armillary.client.interface.client import Client
from armillary.core.deployments.storage_block import GIT, StorageBlock
from armillary.core.errors import Forbidden
from armillary.stores.blocks import open_block, url_of
from armillary.stores.opening import open_store
from armillary.stores.store import Store, checked_key


class ResultStores:
    """Those that this home's settings and the ledger's storage blocks name."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def of(self, storage: str) -> Store | None:
        """The store of that URL, if it is one of them."""
        for known in (settings.get("RESULTS_STORAGE"), os.path.join(settings.home(), "results")):
            if known and _is_same(open_store(known).url, storage):
                return open_store(known)
        for block in every(lambda size, after: self._client.storage_blocks(limit=size, after=after)):
            if block.type != GIT and _is_same(url_of(block.type, block.options), storage):
                return self._opened(block, storage)
        return None

    def _opened(self, block: StorageBlock, storage: str) -> Store:
        try:
            return open_block(block.type, self._client.open_storage_block(block.id))
        except Forbidden:  # who may not use its credentials may have others
            return open_store(storage)


def is_own_home(storage: str) -> bool:
    """Whether it is the store in this home, which only its owner writes."""
    return _is_same(os.path.join(settings.home(), "results"), storage)


def is_folder(storage: str) -> bool:
    """Whether it is a folder of this machine, which opening does not tell anybody of."""
    return os.path.isabs(storage)


def has_own_file(storage: str, key: str) -> bool:
    """Whether a folder has a plain file of ours there: reading it neither waits nor goes on for ever."""
    try:
        path = os.path.join(storage, checked_key(key))
        return os.path.isfile(path) and os.stat(path).st_uid == os.geteuid()
    except (OSError, ValueError):
        return False


def _is_same(one: str, other: str) -> bool:
    if is_folder(one) and is_folder(other):
        return os.path.realpath(one) == os.path.realpath(other)
    return one.rstrip("/") == other.rstrip("/")
