"""From a store's URL to the store."""

from __future__ import annotations

import os
from threading import Lock

from armillary import settings
from armillary.stores.local import LocalStore
from armillary.stores.memory import MemoryStore
from armillary.stores.store import Store

_lock = Lock()
_open: dict[str, Store] = {}


def open_store(where: str | os.PathLike[str] | Store | None = None) -> Store:
    """The store of a folder, a ``memory:name`` or an fsspec URL; a store is returned unchanged.

    None: the setting ``ARMILLARY_RESULTS_STORAGE``, else ``results/`` in the home. One process has one object per URL.
    """
    if isinstance(where, Store):
        return where
    url = (
        (os.fspath(where) if where is not None else None)
        or settings.get("RESULTS_STORAGE")
        or os.path.join(settings.home(), "results")
    )
    with _lock:
        store = _open.get(url)
        if store is None:
            store = _open[url] = _new_store(url)
    return store


def use_for_results(store: Store) -> None:
    """Use this as the default store of results, in this process and its children."""
    with _lock:
        _open[store.url] = store
    os.environ["ARMILLARY_RESULTS_STORAGE"] = store.url


def _new_store(url: str) -> Store:
    if url.startswith("memory:") and not url.startswith("memory://"):
        return MemoryStore(url.removeprefix("memory:"))
    if "://" in url and not url.startswith("file://"):
        from armillary.stores.remote import FsspecStore  # fsspec is heavy, and few need it

        return FsspecStore(url)
    return LocalStore(url.removeprefix("file://"))
