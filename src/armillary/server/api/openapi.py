"""The API's description: OpenAPI 3.1, exact with every answer a route can give.

FastAPI derives paths, parameters and bodies from the routes. What it cannot know is added here: problem documents instead of its
own errors, 304 where there is an ETag, and how a caller says who they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from armillary.core.version import VERSION
from armillary.server.api.routes import described
from armillary.server.permissions import PUBLIC

DESCRIPTION = """\
Everything the web app, the command line and agents do goes through this API.

- Lists come in pages: `limit` is at most 1000, and `after` of one page asks for the next one. A cursor of another query is
  refused.
- Filters join criteria of `flows`, `flow_runs`, `task_runs` and `deployments`; all that is said must hold.
- Reads have an `ETag`; with `If-None-Match` an unchanged answer is 304.
- What changes something may be sent twice and happens once: by what it says, or under the same `Idempotency-Key`.
- Errors are problem documents (RFC 9457) with `subject` and `advice`.
- Times are UTC, ISO 8601.
"""

_PROBLEM = {
    "title": "Problem",
    "type": "object",
    "description": "What is wrong, with what, and what would be right (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "The kind of error, as armillary:Name, or about:blank."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "subject": {"type": "string", "description": "What it is about."},
        "advice": {"type": "string", "description": "What to do next."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}

_SAID = {
    "400": "The request cannot be read.",
    "401": "Missing or invalid credentials.",
    "403": "The token does not permit this.",
    "404": "There is no such thing.",
    "408": "The body did not come in time.",
    "409": "It does not fit what is there by now, or a name fits several things.",
    "413": "The request is too large or too deep.",
    "415": "The body is not JSON.",
    "422": "The request is not valid; the problem names the field.",
    "429": "This token holds as many as it may; `Retry-After` says when to ask again.",
    "503": "The database is busy or cannot be used; `Retry-After` says when to ask again.",
}
_ALWAYS = ("401", "403", "503")
_WITH_BODY = ("400", "408", "413", "415")
_OF_THIS_MOMENT = frozenset({"/api/health", "/api/ready", "/api/metrics", "/api/news", "/api/stream"})
_CHANGING = frozenset({"post", "put", "patch", "delete"})


def document(routers: Sequence[APIRouter]) -> dict[str, Any]:
    """The OpenAPI document of these routers, served under ``/api``."""
    app = FastAPI(
        title="Armillary",
        version=VERSION,
        description=DESCRIPTION,
        generate_unique_id_function=_operation_id,
        separate_input_output_schemas=False,
    )
    for router in routers:
        app.include_router(described(router), prefix="/api")
    made = app.openapi()
    schemas = made["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = _PROBLEM
    made["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token of `armillary token create`."}
    }
    made["security"] = [{"token": []}]
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation)
    return made


def _operation_id(route: APIRoute) -> str:
    """The function's name; with the module's where it is a single word."""
    module = route.endpoint.__module__.rpartition(".")[2]
    return route.name if "_" in route.name else f"{module}_{route.name}"


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    parameters = operation.get("parameters", [])
    has_body = "requestBody" in operation
    is_public = (method.upper(), path) in PUBLIC
    if is_public:
        operation["security"] = []
    statuses = ["503"] if is_public else [*_ALWAYS]
    if path.endswith("/signin"):
        statuses.extend(("401", "403"))
    if path == "/api/stream":
        statuses.append("429")
    if has_body:
        statuses.extend(_WITH_BODY)
    if has_body or parameters:
        statuses.append("422")
    if "{" in path or path.endswith("/find") or "404" in responses:
        statuses.append("404")
    if (method in _CHANGING and not path.endswith(("/filter", "/count"))) or path.endswith("/find"):
        statuses.append("409")
    for derived in ("404", "422"):
        responses.pop(derived, None)
    for status in sorted(statuses):
        responses.setdefault(
            status,
            {
                "description": _SAID[status],
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )
    if method == "get" and path not in _OF_THIS_MOMENT:
        responses["304"] = {"description": "What `If-None-Match` names is still so."}
    operation["responses"] = dict(sorted(responses.items()))
