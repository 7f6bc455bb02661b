"""Storage blocks, whoever answers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from armillary.client.interface.client import Client
from armillary.core.deployments.deployment import Deployment
from armillary.core.errors import Conflict, InvalidOption, NotFound
from armillary.core.ids import flow_id
from armillary.ledger.postgresql.home_ledger import is_in_postgresql, open_home
from armillary.ledger.tables.deployment_tables import storage_block

from .recorded import new_id

S3 = {"bucket": "models", "aws_access_key_id": "AKIA", "aws_secret_access_key": "open sesame"}


def test_a_block_is_made_found_and_deleted_and_its_secrets_are_shown_to_nobody_who_only_looks(client: Client) -> None:
    made = client.save_storage_block("models", "s3", S3)
    assert (made.name, made.type, made.options) == ("models", "s3", {"bucket": "models"})
    assert made.secret_names == ["aws_access_key_id", "aws_secret_access_key"]
    assert client.find_storage_block("models") == client.find_storage_block(made.id) == made
    assert client.open_storage_block(made.id) == S3
    client.delete_storage_block(made.id)
    with pytest.raises(NotFound):
        client.find_storage_block("models")
    with pytest.raises(NotFound):
        client.open_storage_block(made.id)


def test_secrets_are_written_encrypted_with_a_key_only_its_owner_reads(client: Client, client_home: str) -> None:
    client.save_storage_block("models", "s3", S3)
    if is_in_postgresql(client_home):  # where the key must be given
        with open_home(client_home) as ledger, ledger.read() as connection:
            stored = connection.execute(select(storage_block.c.secrets)).scalar_one()
        assert stored and "open sesame" not in stored
        return
    key = Path(client_home, "secret.key")
    assert key.stat().st_mode & 0o777 == 0o600
    written = b"".join(each.read_bytes() for each in Path(client_home).iterdir() if each.is_file())
    assert b"open sesame" not in written
    assert b"models" in written


def test_a_name_is_taken_once_and_made_anew_where_told(client: Client) -> None:
    made = client.save_storage_block("models", "s3", S3)
    with pytest.raises(Conflict, match="models"):
        client.save_storage_block("models", "local", {"storage_path": "/srv"})
    again = client.save_storage_block("models", "local", {"storage_path": "/srv"}, replace=True)
    assert (again.id, again.type, again.secret_names) == (made.id, "local", [])


def test_blocks_are_listed_by_name_page_by_page(client: Client) -> None:
    for name in ("b", "a", "c"):
        client.save_storage_block(name, "local", {"storage_path": "/srv"})
    first = client.storage_blocks(limit=2)
    assert [each.name for each in first.items] == ["a", "b"]
    assert [each.name for each in client.storage_blocks(after=first.after).items] == ["c"]


def test_one_block_at_most_is_the_default(client: Client) -> None:
    assert client.default_storage_block() is None
    for name in ("a", "b"):
        client.set_default_storage_block(client.save_storage_block(name, "local", {"storage_path": "/srv"}).id)
    found = client.default_storage_block()
    assert found is not None
    assert (found.name, found.is_default) == ("b", True)
    assert [each.is_default for each in client.storage_blocks().items] == [False, True]
    client.set_default_storage_block(None)
    assert client.default_storage_block() is None
    with pytest.raises(NotFound):
        client.set_default_storage_block(new_id())


@pytest.mark.parametrize(
    ("kind", "options", "says"),
    [
        ("s4", {}, "s3"),
        ("s3", {}, "bucket"),
        ("s3", {"bucket": "x", "aws_acces_key_id": "y"}, "aws_access_key_id"),
        ("temporary-local", {"storage_path": "/srv"}, "storage_path"),
        ("git", {"repository": "https://me:secret@example.org/flows.git"}, "password"),
    ],
)
def test_what_a_type_does_not_take_is_refused_by_name(
    client: Client, kind: str, options: dict[str, str], says: str
) -> None:
    with pytest.raises(InvalidOption) as refused:
        client.save_storage_block("x", kind, options)
    assert says in str(refused.value)
    assert client.storage_blocks().items == []


def test_a_block_with_a_deployments_code_is_deleted_only_where_told(client: Client) -> None:
    block = client.save_storage_block("models", "local", {"storage_path": "/srv"})
    at = datetime.now(UTC)
    wanted = Deployment(new_id(), "nightly", flow_id("train"), "train", "main.py:train", at, at)
    wanted.storage_block_id, wanted.project_hash = block.id, "0" * 64
    saved = client.save_deployment(wanted)
    assert (saved.storage_block_id, saved.project_hash) == (block.id, "0" * 64)
    with pytest.raises(Conflict, match="train/nightly"):
        client.delete_storage_block(block.id)
    client.delete_storage_block(block.id, force=True)
    assert client.find_deployment("train/nightly").storage_block_id == block.id
