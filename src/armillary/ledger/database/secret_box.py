"""Secrets at rest: sealed before they are written, opened by who may know them.

The key is ``ARMILLARY_SECRET_KEY``, any text of sixteen characters or more, made into a key by scrypt, which makes guessing it
expensive; without it, ``secret.key`` in the home, which only its
owner may read and which is made when the first secret is kept. A PostgreSQL ledger is shared by many homes, so there the key
must be given; what the file holds opens what was sealed with it. Several keys, parted by commas, open what any of them sealed; the first one seals: that is how a key is changed.

Up to 0.1 a text was made into a key by one SHA-256; what was sealed so is opened still, and sealed anew when it is next saved.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from hashlib import scrypt, sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Connection

from armillary import settings
from armillary.core.errors import HomeNotWritable, InvalidSetting

KEY_FILE = "secret.key"
_SETTING = "ARMILLARY_SECRET_KEY"
_SHORTEST_KEY = 16
_BYTES_OF_KEY = 32
_SALT = b"armillary secrets"  # the same for all, since servers that share a ledger share nothing but the text
_SCRYPT_COST = 1 << 15
_SCRYPT_BLOCK = 8
_SCRYPT_MEMORY = 64 << 20


def seal(home: str, connection: Connection, text: str) -> str:
    """``text``, readable only with the key. Raises InvalidSetting where a key must be given and is not."""
    return _box(home, connection, make=True).encrypt(text.encode()).decode("ascii")


def unseal(home: str, connection: Connection, sealed: str) -> str:
    """What was sealed. Raises InvalidSetting where the key is missing, or another one than it was sealed with."""
    try:
        return _box(home, connection, make=False).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise InvalidSetting(
            "The secrets of this ledger were sealed with another key.",
            subject=_SETTING,
            advice=f"Put back {KEY_FILE} of the home, or set {_SETTING} to the key of that time.",
        ) from None


def _box(home: str, connection: Connection, *, make: bool) -> MultiFernet:
    given = settings.get("SECRET_KEY")
    if given:
        keys = [each.strip() for each in given.split(",")]
        derived = [*map(_derived, keys), *map(_derived_of_old, keys), *filter(_is_of_home, keys)]
        return MultiFernet([Fernet(each) for each in derived])
    if connection.dialect.name == "postgresql":
        raise InvalidSetting(
            "A ledger in PostgreSQL keeps no secrets without a key.",
            subject=_SETTING,
            advice=f"Set {_SETTING}, the same on every server.",
        )
    return MultiFernet([Fernet(_key_of_home(home, make=make))])


def _is_of_home(text: str) -> bool:
    """Whether it may be what a home's key file holds: what a ledger's secrets were sealed with before it moved."""
    try:
        return len(urlsafe_b64decode(text)) == _BYTES_OF_KEY
    except ValueError:
        return False


@lru_cache(maxsize=8)
def _derived(text: str) -> bytes:
    """Takes a tenth of a second."""
    if len(text) < _SHORTEST_KEY:
        raise InvalidSetting(
            f"{_SETTING} is too short to protect anything.",
            subject=_SETTING,
            advice=f"Give {_SHORTEST_KEY} characters or more, for example what `openssl rand -base64 32` prints.",
        )
    key = scrypt(
        text.encode(),
        salt=_SALT,
        n=_SCRYPT_COST,
        r=_SCRYPT_BLOCK,
        p=1,
        maxmem=_SCRYPT_MEMORY,
        dklen=_BYTES_OF_KEY,
    )
    return urlsafe_b64encode(key)


def _derived_of_old(text: str) -> bytes:
    return urlsafe_b64encode(sha256(text.encode()).digest())


def _key_of_home(home: str, *, make: bool) -> bytes:
    path = os.path.join(home, KEY_FILE)
    try:
        if make and not os.path.exists(path):
            _make_key(path)
        with open(path, "rb") as file:
            return file.read().strip()
    except FileNotFoundError:
        raise InvalidSetting(
            f"The key of this home's secrets, {path}, is gone.",
            subject=path,
            advice=f"Put it back, or set {_SETTING}; without it the credentials must be given again.",
        ) from None
    except OSError as problem:
        raise HomeNotWritable(
            f"The key of this home's secrets, {path}, cannot be kept: {problem.strerror}.", subject=path
        ) from problem


def _make_key(path: str) -> None:
    """Whole or not at all, and never over another one: of two processes that make it, the later takes the earlier's."""
    partial = f"{path}.{os.getpid()}"
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key())
        os.link(partial, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(partial)
