"""Where results and flow code are stored.

    from armillary import storage

    storage.create("models", "local", storage_path="/srv/models")
    DeploymentSpec(name="nightly", flow_location="main.py", flow_storage=storage.load("models"))

``LocalStore``, ``MemoryStore`` and ``open_store`` are stores for ``result_storage``.
"""

from __future__ import annotations

from armillary.core.deployments.storage_block import StorageBlock
from armillary.sdk.storage import create, load, open_named
from armillary.stores.local import LocalStore
from armillary.stores.memory import MemoryStore
from armillary.stores.opening import open_store
from armillary.stores.store import Store

__all__ = ["LocalStore", "MemoryStore", "StorageBlock", "Store", "create", "load", "open_named", "open_store"]
