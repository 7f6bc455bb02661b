"""Storage blocks, from the ledger itself."""

from __future__ import annotations

from collections.abc import Mapping

from armillary.clock import new_id, now_us
from armillary.core.deployments.storage_block import StorageBlock
from armillary.core.page import Page
from armillary.ledger.database.opening import Ledger
from armillary.ledger.nouns import storage_blocks


class InProcessStorageBlocks:
    """A part of :class:`armillary.client.in_process.client.InProcessClient`."""

    _ledger: Ledger

    def save_storage_block(
        self, name: str, kind: str, options: Mapping[str, str], *, replace: bool = False
    ) -> StorageBlock:
        with self._ledger.write() as connection:
            home = self._ledger.home
            return storage_blocks.save(connection, home, new_id(), name, kind, options, now_us(), replace=replace)

    def storage_blocks(self, *, limit: int = 200, after: str | None = None) -> Page[StorageBlock]:
        with self._ledger.read() as connection:
            return storage_blocks.page(connection, limit=limit, after=after)

    def find_storage_block(self, words: str) -> StorageBlock:
        with self._ledger.read() as connection:
            return storage_blocks.find(connection, words)

    def default_storage_block(self) -> StorageBlock | None:
        with self._ledger.read() as connection:
            return storage_blocks.default(connection)

    def open_storage_block(self, block_id: str) -> dict[str, str]:
        with self._ledger.read() as connection:
            return storage_blocks.opened(connection, self._ledger.home, block_id)

    def set_default_storage_block(self, block_id: str | None) -> None:
        with self._ledger.write() as connection:
            storage_blocks.set_default(connection, block_id, now_us())

    def delete_storage_block(self, block_id: str, *, force: bool = False) -> None:
        with self._ledger.write() as connection:
            storage_blocks.remove(connection, block_id, force=force)
