"""Signatures of stored results: they prove that a holder of the key wrote a result for that place in the store.

A store may have many writers. What is read from it may be unpickled, which runs code, so a reader accepts only what was signed with
its own key. Runs of a home without a deployment sign with the home's key: the setting ``ARMILLARY_RESULTS_KEY``, else the file
``results.key``, which only its owner may read and which is created when the first result is stored. Runs of a deployment get a key
that the ledger creates for that deployment alone.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from hmac import compare_digest
from secrets import token_hex
from threading import Lock
from typing import NamedTuple

from armillary import settings
from armillary.core.errors import HomeNotWritable, InvalidSetting

KEY_FILE = "results.key"
_SETTING = "ARMILLARY_RESULTS_KEY"
_SHORTEST_KEY = 16
_SIGNATURE_BYTES = 32


class ResultKey(NamedTuple):
    """``prefix`` begins the keys of results shared by its holders, such as cached ones, to separate them from those of others."""

    secret: bytes
    prefix: str = ""

    def signature(self, place: str, content: bytes) -> str:
        """The signature of ``content`` at ``place``, its key in a store."""
        return blake2b(place.encode() + b"\0" + content, key=self.secret, digest_size=_SIGNATURE_BYTES).hexdigest()

    def has_signed(self, signature: str, place: str, content: bytes) -> bool:
        return compare_digest(signature.encode(), self.signature(place, content).encode())


def key_from(secret: str, prefix: str = "") -> ResultKey:
    """The key of a secret of any length."""
    return ResultKey(blake2b(secret.encode(), digest_size=_SIGNATURE_BYTES, person=b"armillary").digest(), prefix)


_lock = Lock()
_keys: dict[str, ResultKey] = {}


def key_of_home() -> ResultKey:
    """Raises InvalidSetting for a key that is too short, and HomeNotWritable."""
    given = settings.get("RESULTS_KEY")
    if given is not None:
        if len(given) < _SHORTEST_KEY:
            raise InvalidSetting(
                f"{_SETTING} is too short to protect anything.",
                subject=_SETTING,
                advice=f"Give {_SHORTEST_KEY} characters or more, for example what `openssl rand -base64 32` prints.",
            )
        return key_from(given)
    home = settings.home()
    with _lock:
        key = _keys.get(home)
        if key is None:
            key = _keys[home] = key_from(_secret_in(home))
    return key


def _secret_in(home: str) -> str:
    path = os.path.join(home, KEY_FILE)
    try:
        if not os.path.exists(path):
            os.makedirs(home, mode=0o700, exist_ok=True)
            _make(path)
        with open(path, encoding="ascii") as file:
            secret = file.read().strip()
    except OSError as problem:
        raise HomeNotWritable(
            f"The key that signs results, {path}, cannot be used: {problem.strerror or problem}.", subject=path
        ) from problem
    if len(secret) < _SHORTEST_KEY:
        raise HomeNotWritable(
            f"The key that signs results, {path}, is damaged.",
            subject=path,
            advice="Delete it: a new one is created, and results stored before are computed again.",
        )
    return secret


def _make(path: str) -> None:
    """Create it atomically, never replacing another: of two processes that create it, the later uses the earlier's."""
    partial = f"{path}.{os.getpid()}.{token_hex(4)}"
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(token_hex(_SIGNATURE_BYTES) + "\n")
        os.link(partial, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(partial)
