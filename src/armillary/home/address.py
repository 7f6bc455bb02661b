"""``server.json``: how processes of a home find the server that keeps it.

The server writes the file when it answers and removes it when it stops. One that was killed leaves it behind, so whoever
reads it looks whether that process still lives.
"""

from __future__ import annotations

import os

from msgspec import DecodeError, ValidationError, json

from armillary.core.server_address import ServerAddress
from armillary.journal.process import started_at
from armillary.journal.whole_file import write_whole

NAME = "server.json"


def read_address(home: str) -> ServerAddress | None:
    """The home's living server, or None."""
    try:
        with open(os.path.join(home, NAME), "rb") as file:
            address = json.decode(file.read(), type=ServerAddress)
    except (OSError, DecodeError, ValidationError):
        return None
    # A pid may have been given to another program since; that one began at another time.
    return address if started_at(address.pid) == address.process_started else None


def write_address(home: str, address: ServerAddress) -> None:
    """Tell the home's processes where the server is."""
    write_whole(os.path.join(home, NAME), json.encode(address))


def remove_address(home: str) -> None:
    """The server stops. Leaves the file of another alone."""
    address = read_address(home)
    if address is not None and address.pid == os.getpid():
        os.unlink(os.path.join(home, NAME))
