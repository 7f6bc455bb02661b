"""Where a root run's journal is written, and what ships it from there.

Without a server the journal is in the home, and readers of the ledger ingest it. With one it is in that server's
outbox, and a carrier ships it during the run. The engine has no network code: the carrier is passed in.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

from armillary import settings
from armillary.home_folder import prepare_home
from armillary.journal.outbox import outbox_folder


class Destination(NamedTuple):
    """``api_url`` is the server's; None: the home's own ledger."""

    folder: str
    api_url: str | None


Carrier = Callable[[Destination], None]

_carrier: Carrier | None = None
_prepared: str | None = None
"""Checking a home costs ten system calls: once per process is enough. Journals make its folders private in any case."""


def carry_with(carrier: Carrier) -> None:
    """From now on ``carrier`` is called with each destination a journal is opened for, before the run starts. It must return
    at once, and accept the same destination again."""
    global _carrier
    _carrier = carrier


def destination() -> Destination:
    """Where this process' next root run is recorded."""
    global _prepared
    home, api_url = settings.home(), settings.get("API_URL")
    if home != _prepared:
        prepare_home(home)
        _prepared = home
    if not api_url:
        return Destination(os.path.join(home, "journal"), None)
    return Destination(outbox_folder(home, api_url), api_url)


def carry(found: Destination) -> None:
    """A journal was opened there."""
    if found.api_url is not None and _carrier is not None:
        _carrier(found)
