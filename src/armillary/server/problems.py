"""Errors as problem documents (RFC 9457): what is wrong, with what, and what would be right. Never a traceback.

Routes raise the errors of :mod:`armillary.core.errors`; the table below says which status each has.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from msgspec import json
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from armillary.core import errors
from armillary.core.errors import (
    ArmillaryError,
    Conflict,
    Forbidden,
    LedgerUnavailable,
    TooLarge,
    Unauthenticated,
    UsageError,
)

MEDIA_TYPE = "application/problem+json"
BUSY_SECONDS = 1
WAITING_SECONDS = 5

logger = logging.getLogger("armillary.server")


class TooMany(UsageError):
    """A caller holds as many of something as it may."""


class TooSlow(UsageError):
    """A body that did not come in time."""


class Busy(UsageError):
    """More of this at once than is done."""


_STATUS: tuple[tuple[type[ArmillaryError], HTTPStatus], ...] = (
    (Unauthenticated, HTTPStatus.UNAUTHORIZED),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (Busy, HTTPStatus.TOO_MANY_REQUESTS),
    (TooMany, HTTPStatus.TOO_MANY_REQUESTS),
    (TooSlow, HTTPStatus.REQUEST_TIMEOUT),
    (TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (Conflict, HTTPStatus.CONFLICT),
    (errors.NotFound, HTTPStatus.NOT_FOUND),
    (errors.Ambiguous, HTTPStatus.CONFLICT),
    (errors.IllegalTransition, HTTPStatus.CONFLICT),
    (errors.UsageError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (LedgerUnavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (errors.WorldError, HTTPStatus.SERVICE_UNAVAILABLE),
)


def status_of(error: ArmillaryError) -> int:
    """The HTTP status an error is told with."""
    return next((int(status) for kind, status in _STATUS if isinstance(error, kind)), 500)


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    kind: str = "about:blank",
    headers: dict[str, str] | None = None,
    **more: Any,
) -> Response:
    """A problem document as a response; what is None is left out."""
    body = {"type": kind, "title": title, "status": status, "detail": detail, **more}
    content = json.encode({name: value for name, value in body.items() if value is not None})
    return Response(content, status, headers=headers, media_type=MEDIA_TYPE)


def problem_of(error: ArmillaryError) -> Response:
    """An error of ours, told."""
    status = status_of(error)
    headers = {}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(BUSY_SECONDS)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        headers["Retry-After"] = str(BUSY_SECONDS if isinstance(error, Busy) else WAITING_SECONDS)
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="armillary"'
    name = type(error).__name__
    return problem(
        status,
        name,
        error.message,
        kind=f"armillary:{name}",
        headers=headers,
        subject=error.subject,
        advice=error.advice,
    )


def install(app: FastAPI) -> None:
    """Let every error of ``app`` be told as a problem document."""

    async def ours(_request: Request, error: Exception) -> Response:
        assert isinstance(error, ArmillaryError)
        return problem_of(error)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        whole = next((each for each in error.errors() if each["loc"][0] == "body" and len(each["loc"]) <= 2), None)
        if whole is not None and whole["type"] == "json_invalid":
            return _not_json(f"The body is not JSON: at character {whole['loc'][-1]}, {whole['ctx']['error']}.", 422)
        kind = request.headers.get("content-type", "").partition(";")[0]
        if whole is not None and whole["loc"] == ("body",) and not kind.endswith(("/json", "+json")):
            return _not_json(f"The body is {kind or 'of no type'}, not JSON.", 415)
        fields = [{"field": _place(each["loc"]), "message": each["msg"]} for each in error.errors()]
        said = "; ".join(f"{each['field']}: {each['message']}" for each in fields[:3])
        return problem(422, "InvalidRequest", f"The request is not valid: {said}.", errors=fields[:50])

    async def http(_request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = {**error.headers} if error.headers else None
        return problem(error.status_code, HTTPStatus(error.status_code).phrase, str(error.detail), headers=headers)

    async def gone(_request: Request, _error: Exception) -> Response:
        return problem(HTTPStatus.BAD_REQUEST, "ClientDisconnect", "The body of the request has no end.")

    async def unexpected(request: Request, error: Exception) -> Response:
        logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return problem(500, "InternalError", "Internal server error; see the server log.")

    app.add_exception_handler(ArmillaryError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(Exception, unexpected)


def _not_json(detail: str, status: int) -> Response:
    return problem(
        status, "InvalidRequest", detail, subject="body", advice="Send JSON, with Content-Type: application/json."
    )


def _place(location: tuple[int | str, ...]) -> str:
    """``("body", "flow_runs", "state", 0)`` as ``flow_runs.state.0``; where the value came from only when that is all."""
    parts = [str(part) for part in location]
    return ".".join(parts[1:] or parts)
