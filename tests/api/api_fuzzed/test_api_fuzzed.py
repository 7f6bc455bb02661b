"""Whatever is sent, within what the API describes and beyond it: the documented answer, never an error of the server.

Each route gets two cases, which are always the same ones: they are drawn without chance, by the versions that are named in
pyproject.toml, so what is green here is green everywhere. ``ARMILLARY_FUZZ_CASES=10000`` draws that many by chance, over all
routes, and adds each parameter's own limits, which takes some minutes (``make fuzz``).
``ARMILLARY_FUZZ_DATABASE=postgresql`` has the ledger there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from client_contract.recorded import RecordedRun, a_failed_pipeline
from client_contract.serving import served
from hypothesis import HealthCheck, settings
from ledger_contract.postgresql_server import ledger_in
from msgspec import msgpack
from msgspec.json import decode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from armillary.journal.format.shipment import LaneFrames, Shipment
from armillary.server.api.administration import ingest
from armillary.server.api.reference import shipped

DESCRIPTION = decode(shipped())
del DESCRIPTION["paths"]["/api/stream"]  # its answer has no end
ROUTES = sum(len(methods) for methods in DESCRIPTION["paths"].values())
WANTED = int(os.environ.get("ARMILLARY_FUZZ_CASES", "0"))
JOURNAL = "0181fc10-0000-7000-8000-00000000f00d"
DATABASE = os.environ.get("ARMILLARY_FUZZ_DATABASE", "sqlite")
CASES = max(2, WANTED // ROUTES)


@schemathesis.serializer(ingest.PACKED)
def packed(_context: Any, value: Any) -> bytes:
    """Half of what is drawn as it is, half of it as a frame of a journal, which is read further."""
    drawn = getattr(value, "data", value)
    data = drawn if isinstance(drawn, bytes) else str(drawn).encode("utf-8", "surrogatepass")
    if len(data) % 2:
        return data
    return msgpack.encode(Shipment(JOURNAL, [LaneFrames("state", 0, [data])]))


schema = schemathesis.openapi.from_dict(DESCRIPTION)
if not WANTED:
    schema.config.phases.update(phases=["fuzzing"])


@pytest.fixture(scope="module")
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = str(tmp_path_factory.mktemp("fuzzed") / "home")
    a_failed_pipeline(home)
    RecordedRun(home, "running")
    with ledger_in(request, DATABASE), served(home) as api:
        yield api.removesuffix("/api")


@pytest.mark.timeout(1800)
@schema.parametrize()
@settings(
    max_examples=CASES,
    deadline=None,
    derandomize=not WANTED,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_a_documented_one(case: schemathesis.Case[Any], url: str) -> None:
    for asked in (case.query, case.body):
        seconds = asked.get("wait_seconds") if isinstance(asked, dict) else None
        if isinstance(asked, dict) and isinstance(seconds, int | float):
            asked["wait_seconds"] = min(seconds, 0.01)
    response = case.call(base_url=url, timeout=120)
    case.validate_response(
        response,
        checks=[
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
        ],
    )
