"""``armillary.storage``: storage blocks from Python."""

from __future__ import annotations

from armillary.client.connecting import connect
from armillary.core.deployments.storage_block import StorageBlock, checked_options
from armillary.stores.blocks import check_block, open_block
from armillary.stores.store import Store


def create(name: str, kind: str, *, replace: bool = False, default: bool = False, **options: str) -> StorageBlock:
    """Create a storage block of a kind such as ``local``, ``s3`` or ``git``, with the options of that kind. It is first checked by
    writing and reading; secrets are encrypted and never shown again. ``replace`` overwrites a block of that name.

    Raises Conflict for a name in use, InvalidOption for an option the kind does not have, StorageUnavailable if the
    storage does not work.

        create("models", "s3", bucket="models", aws_access_key_id="…", aws_secret_access_key="…")
    """
    checked_options(kind, options)
    check_block(kind, options)
    with connect() as client:
        made = client.save_storage_block(name, kind, options, replace=replace)
        if default:
            client.set_default_storage_block(made.id)
        return client.find_storage_block(made.id)


def load(words: str) -> StorageBlock:
    """The block of that id or name. Raises NotFound with the nearest."""
    with connect() as client:
        return client.find_storage_block(words)


def open_named(words: str) -> Store:
    """The store behind a block, for reading and writing. Raises NotFound, StorageUnavailable.

    open_named("models").write("reports/today.txt", b"All is well.")
    """
    with connect() as client:
        block = client.find_storage_block(words)
        return open_block(block.type, client.open_storage_block(block.id))
