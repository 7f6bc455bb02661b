"""A served home, and who asks it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from client_contract.serving import PLAIN, served
from ledger_contract.postgresql_server import DATABASES, ledger_in


class Api:
    """``api.get("flow_runs", id)`` and so on: the decoded answer, whose status must be ``expect``."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url + "/", verify=PLAIN, trust_env=False, timeout=120)

    def get(self, *path: str, expect: int = 200, **query: Any) -> Any:
        return _told(self.http.get("/".join(path), params=query), expect)

    def post(self, *path: str, expect: int = 200, key: str | None = None, **body: Any) -> Any:
        headers = {} if key is None else {"Idempotency-Key": key}
        return _told(self.http.post("/".join(path), json=body, headers=headers), expect)

    def put(self, *path: str, expect: int = 200, **body: Any) -> Any:
        return _told(self.http.put("/".join(path), json=body), expect)

    def patch(self, *path: str, expect: int = 200, **body: Any) -> Any:
        return _told(self.http.patch("/".join(path), json=body), expect)

    def delete(self, *path: str, expect: int = 200) -> Any:
        return _told(self.http.delete("/".join(path)), expect)


def _told(response: httpx.Response, expect: int) -> Any:
    assert response.status_code == expect, response.text
    if not response.content:
        return None
    if response.is_error:
        assert response.headers["content-type"] == "application/problem+json"
    return response.json()


@pytest.fixture
def home_folder(tmp_path: Path) -> str:
    return str(tmp_path / "home")


@pytest.fixture(autouse=True, params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the ledger of the served home is."""
    with ledger_in(request) as kind:
        yield kind


@pytest.fixture
def api(home_folder: str) -> Iterator[Api]:
    with served(home_folder) as url:
        made = Api(url)
        with made.http:
            yield made
