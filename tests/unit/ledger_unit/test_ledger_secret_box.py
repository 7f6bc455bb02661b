"""Secrets at rest, with a key that somebody gave."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256

import pytest
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Connection, create_engine

from armillary.core.errors import InvalidSetting
from armillary.ledger.database.secret_box import seal, unseal

TEXT = "sixteen or more characters"


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.connect() as made:
        yield made
    engine.dispose()


def of_old(text: str) -> Fernet:
    """What sealed before the key was made by scrypt."""
    return Fernet(urlsafe_b64encode(sha256(text.encode()).digest()))


def test_what_was_sealed_before_is_opened_still(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = of_old(TEXT).encrypt(b"secret").decode()
    for given in (TEXT, f"a key that is newer,{TEXT}"):
        monkeypatch.setenv("ARMILLARY_SECRET_KEY", given)
        assert unseal("", connection, sealed) == "secret"


def test_what_is_sealed_now_takes_more_than_a_hash_to_open(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARMILLARY_SECRET_KEY", TEXT)
    sealed = seal("", connection, "secret")
    assert unseal("", connection, sealed) == "secret"
    with pytest.raises(InvalidToken):
        of_old(TEXT).decrypt(sealed.encode())
    monkeypatch.setenv("ARMILLARY_SECRET_KEY", "another key than that one")
    with pytest.raises(InvalidSetting, match="another key"):
        unseal("", connection, sealed)
