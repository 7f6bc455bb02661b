"""Tokens made from the one a request came with, so that a request that is sent again is answered with the same one although only
a hash of it is kept."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode

from fastapi import Request


def derived_token(token: str, purpose: str) -> str:
    """256 bits that nobody can make who does not know ``token``."""
    made = hmac.digest(token.encode("utf-8", "surrogatepass"), purpose.encode("utf-8", "surrogatepass"), "sha256")
    return urlsafe_b64encode(made).rstrip(b"=").decode("ascii")


def bearer_token(request: Request) -> str | None:
    """The token a request came with in its header, where one was asked for."""
    if request.app.state.callers is None:
        return None
    return request.headers.get("authorization", "").partition(" ")[2].strip() or None
