"""Where results and flow code are kept: folders, fsspec URLs, memory."""

from armillary.storage.local import LocalStore
from armillary.storage.memory import MemoryStore
from armillary.storage.opening import open_store
from armillary.storage.store import Store

__all__ = ["LocalStore", "MemoryStore", "Store", "open_store"]
