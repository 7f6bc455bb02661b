"""Journals to be shipped to servers: one folder per server, beside the home's own journals.

``outbox/<digest of the server's address>/`` holds the journals and ``server.url``, the address in full, so that journals left by one
process can be shipped by another that knows only the home. ``server.ledger`` is the id of the ledger that last received
journals from here: a server may move to another address, and another one may move to the old address, but a ledger's id
stays. Readers of the home's own journals ignore these.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from typing import NamedTuple

from armillary.home_folder import make_private
from armillary.journal.whole_file import write_whole

_URL_NAME = "server.url"
_LEDGER_NAME = "server.ledger"
_DIGEST_BYTES = 8


class JournalOutbox(NamedTuple):
    """``ledger_id`` is None if no server has ever received a journal from this outbox."""

    api_url: str
    folder: str
    ledger_id: str | None

    def may_go_to(self, ledger_id: str) -> bool:
        """Whether its journals may be sent to the server of this ledger, whatever its address."""
        return self.ledger_id in (None, ledger_id)


def outbox_folder(home: str, api_url: str) -> str:
    """The folder of the journals for the server at ``api_url``, created if necessary."""
    url = api_url.rstrip("/")
    digest = blake2b(url.encode(), digest_size=_DIGEST_BYTES).hexdigest()
    folder = os.path.join(home, "outbox", digest)
    path = os.path.join(folder, _URL_NAME)
    if not os.path.exists(path):
        make_private(folder)
        write_whole(path, f"{url}\n".encode())
    return folder


def outboxes(home: str) -> list[JournalOutbox]:
    """One for each server address this home has recorded for."""
    return outboxes_beside(os.path.join(home, "outbox", ""))


def outboxes_beside(folder: str) -> list[JournalOutbox]:
    """All outboxes of the home that this one is in."""
    root = os.path.dirname(folder)
    found = []
    for name in sorted(os.listdir(root)) if os.path.isdir(root) else ():
        place = os.path.join(root, name)
        api_url = _read(place, _URL_NAME)
        if api_url is not None:
            found.append(JournalOutbox(api_url, place, _read(place, _LEDGER_NAME)))
    return found


def note_ledger(folder: str, ledger_id: str) -> None:
    """Record that this ledger receives the journals in ``folder``. Raises OSError."""
    if _read(folder, _LEDGER_NAME) != ledger_id:
        write_whole(os.path.join(folder, _LEDGER_NAME), f"{ledger_id}\n".encode())


def _read(folder: str, name: str) -> str | None:
    try:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return file.read().strip() or None
    except (OSError, UnicodeDecodeError):
        return None
