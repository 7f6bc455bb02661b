"""The description that a server answers with is written when a release is made."""

from __future__ import annotations

import pytest
from msgspec.json import decode, encode

from armillary.server.api import ROUTERS
from armillary.server.api.openapi import document
from armillary.server.api.reference import shipped
from armillary.server.application import OWN_ROUTERS


@pytest.fixture(autouse=True)
def database() -> None:
    """What routes say of themselves has nothing to do with where the ledger is."""


def test_what_a_server_says_of_its_routes_is_what_they_say() -> None:
    assert decode(shipped()) == decode(encode(document((*ROUTERS, *OWN_ROUTERS)))), "run scripts/openapi.py"
