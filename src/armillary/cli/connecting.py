"""Who answers this command's questions."""

from __future__ import annotations

import sys
from typing import Unpack

from armillary.cli.terminal.messages import warn
from armillary.client import connecting
from armillary.client.connecting import Patience
from armillary.client.interface.client import Client
from armillary.core.errors import ArmillaryError

MUCH_BYTES = 8 << 20


def connect(**patience: Unpack[Patience]) -> Client:
    """As :func:`armillary.client.connecting.connect`, with complaints and progress told to the person."""
    return connecting.connect(complaint=_warn, progress=_tell, **patience)


def _warn(problem: ArmillaryError) -> None:
    warn(str(problem))


def _tell(done_bytes: int, total_bytes: int) -> None:
    """What takes long to ingest says how far it is."""
    if total_bytes > MUCH_BYTES and sys.stderr.isatty():
        end = "\r\x1b[K" if done_bytes >= total_bytes else ""
        sys.stderr.write(f"\rReading what was recorded: {100 * done_bytes // total_bytes} %{end}")
        sys.stderr.flush()
