"""Where results and flow code are kept.

    from armillary import storage

    storage.create("models", "local", storage_path="/srv/models")
    DeploymentSpec(name="nightly", flow_location="main.py", flow_storage=storage.load("models"))

``LocalStore``, ``MemoryStore`` and ``open_store`` are stores for ``result_storage``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from armillary.storage.local import LocalStore
from armillary.storage.memory import MemoryStore
from armillary.storage.opening import open_store
from armillary.storage.store import Store

if TYPE_CHECKING:
    from armillary.core.storage_block import StorageBlock
    from armillary.sdk.storage import create, load, open_named

_ABOVE = {
    "StorageBlock": "armillary.core.storage_block",
    "create": "armillary.sdk.storage",
    "load": "armillary.sdk.storage",
    "open_named": "armillary.sdk.storage",
}
"""Loaded when they are used: they ask the ledger, and what keeps results must not."""

__all__ = ["LocalStore", "MemoryStore", "StorageBlock", "Store", "create", "load", "open_named", "open_store"]


def __getattr__(name: str) -> Any:
    if name not in _ABOVE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ABOVE[name]), name)
