"""Where the journals lie that are meant for a server: one folder for each, beside the home's own journals.

``outbox/<digest of the server's address>/`` holds the journals and ``server.url``, the address in full, so that what one
process left can be shipped by another that knows only the home. Readers of the home's own journals never look here.
"""

from __future__ import annotations

import os
from hashlib import blake2b

from armillary.home_folder import make_private
from armillary.journal.whole_file import write_whole

_URL_NAME = "server.url"
_DIGEST_BYTES = 8


def outbox_folder(home: str, api_url: str) -> str:
    """The folder of the journals for the server at ``api_url``, made when there is none."""
    url = api_url.rstrip("/")
    digest = blake2b(url.encode(), digest_size=_DIGEST_BYTES).hexdigest()
    folder = os.path.join(home, "outbox", digest)
    path = os.path.join(folder, _URL_NAME)
    if not os.path.exists(path):
        make_private(folder)
        write_whole(path, f"{url}\n".encode())
    return folder


def outboxes(home: str) -> list[tuple[str, str]]:
    """(server's address, folder) of each server this home ever recorded for."""
    found = []
    root = os.path.join(home, "outbox")
    for name in sorted(os.listdir(root)) if os.path.isdir(root) else ():
        try:
            with open(os.path.join(root, name, _URL_NAME), encoding="utf-8") as file:
                found.append((file.read().strip(), os.path.join(root, name)))
        except OSError:
            continue
    return found
