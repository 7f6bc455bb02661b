"""What a client offers of storage blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from armillary.core.deployments.storage_block import StorageBlock
from armillary.core.page import Page


class StorageBlocks(Protocol):
    """A part of :class:`armillary.client.interface.client.Client`."""

    def save_storage_block(
        self, name: str, kind: str, options: Mapping[str, str], *, replace: bool = False
    ) -> StorageBlock:
        """Make a storage block; with ``replace`` one of that name is made anew and keeps its id. Nobody looks whether the storage
        is there. Raises Conflict for a name that is taken, InvalidOption for what the kind does not take."""
        ...

    def storage_blocks(self, *, limit: int = 200, after: str | None = None) -> Page[StorageBlock]:
        """By name."""
        ...

    def find_storage_block(self, words: str) -> StorageBlock:
        """By id or name. Raises NotFound."""
        ...

    def default_storage_block(self) -> StorageBlock | None:
        """The one for deployments that name none."""
        ...

    def open_storage_block(self, block_id: str) -> dict[str, str]:
        """All its options, secrets too: for who reads and writes there. Raises NotFound, and Forbidden for who only looks."""
        ...

    def set_default_storage_block(self, block_id: str | None) -> None:
        """None: there is no default any more. Raises NotFound."""
        ...

    def delete_storage_block(self, block_id: str, *, force: bool = False) -> None:
        """Forget it; what lies there stays. Raises NotFound, and Conflict while deployments keep their code there, unless
        ``force``."""
        ...
