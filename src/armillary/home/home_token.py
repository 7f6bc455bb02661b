"""The token of a home's own server: made at its first start, readable by the home's owner alone."""

from __future__ import annotations

import os
import secrets

from armillary import settings
from armillary.core.errors import HomeNotWritable
from armillary.home.address import read_address
from armillary.home_folder import prepare_home
from armillary.journal.whole_file import write_whole

NAME = "token"
_BYTES = 32


def home_token(home: str) -> str:
    """The home's token, made when there is none. Raises HomeNotWritable."""
    path = os.path.join(home, NAME)
    found = read_home_token(home)
    if found is not None:
        return found
    prepare_home(home)
    token = secrets.token_urlsafe(_BYTES)
    try:
        write_whole(path, f"{token}\n".encode())
    except OSError as problem:
        raise HomeNotWritable(
            f"The server's token cannot be written to {path}: {problem.strerror}.",
            subject=path,
            advice="Make the folder writable, or set ARMILLARY_HOME to one that is.",
        ) from problem
    return token


def read_home_token(home: str) -> str | None:
    """The home's token; None before a server was first started there."""
    try:
        with open(os.path.join(home, NAME), encoding="ascii") as file:
            return file.read().strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def token_for(api_url: str) -> str | None:
    """ARMILLARY_API_KEY; else, for this home's own server and nobody else, the home's token."""
    key: str | None = settings.get("API_KEY")
    if key:
        return key
    address = read_address(settings.home())
    own = address is not None and address.authenticated and address.api_url == api_url.rstrip("/")
    return read_home_token(settings.home()) if own else None
