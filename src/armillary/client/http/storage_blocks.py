"""Storage blocks, from a server."""

from __future__ import annotations

from collections.abc import Mapping

from armillary.client.http.transport import Transport
from armillary.core.deployments.storage_block import StorageBlock
from armillary.core.page import Page


class HttpStorageBlocks:
    """A part of :class:`armillary.client.http.client.HttpClient`."""

    _server: Transport

    def save_storage_block(
        self, name: str, kind: str, options: Mapping[str, str], *, replace: bool = False
    ) -> StorageBlock:
        body = {"name": name, "type": kind, "options": dict(options), "replace": replace}
        return self._server.change("POST", "block_documents", StorageBlock, body, once=True)

    def storage_blocks(self, *, limit: int = 200, after: str | None = None) -> Page[StorageBlock]:
        return self._server.get("block_documents", Page[StorageBlock], limit=limit, after=after)

    def find_storage_block(self, words: str) -> StorageBlock:
        return self._server.get("block_documents/find", StorageBlock, words=words)

    def default_storage_block(self) -> StorageBlock | None:
        return self._server.get("block_documents/default", StorageBlock | None)  # type: ignore[arg-type]

    def open_storage_block(self, block_id: str) -> dict[str, str]:
        return self._server.ask(f"block_documents/{block_id}/open", dict[str, str])

    def set_default_storage_block(self, block_id: str | None) -> None:
        self._server.change("PUT", "block_documents/default", type(None), {"id": block_id}, once=True)

    def delete_storage_block(self, block_id: str, *, force: bool = False) -> None:
        self._server.change("DELETE", f"block_documents/{block_id}", type(None), force=force)
