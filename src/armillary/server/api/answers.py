"""Answers: core records as JSON, made by msgspec, with an ETag where they were read."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypeVar

from fastapi import Request, Response
from msgspec import json

from armillary.core.errors import NotFound

Record = TypeVar("Record")

_encode = json.Encoder().encode
JSON = "application/json"

_LEAST_PACKED = 64_000


@dataclass(slots=True)
class Status:
    """How it went, in a word or two."""

    status: str


def answer(value: Any, status: int = 200) -> Response:
    return Response(_encode(value), status, media_type=JSON)


def tagged(request: Request, value: Any) -> Response:
    """As ``answer``, with an ETag made of the content; 304 without content for who has it already."""
    return tagged_bytes(request, _encode(value), JSON)


def tagged_bytes(request: Request, body: bytes, media_type: str) -> Response:
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    return unchanged(request, tag) or with_tag(request, body, tag, media_type)


def unchanged(request: Request, tag: str) -> Response | None:
    """304 when the request's ``If-None-Match`` has the tag."""
    given = request.headers.get("if-none-match", "")
    if tag in [each.strip().removeprefix("W/") for each in given.split(",")]:
        return Response(status_code=304, headers=_headers(tag))
    return None


def with_tag(request: Request, body: bytes, tag: str, media_type: str = JSON) -> Response:
    """The answer, packed where it is long text and the request takes that: of a graph a sixth is left, in some milliseconds."""
    if media_type != JSON or len(body) < _LEAST_PACKED or not _takes_gzip(request):
        return Response(body, media_type=media_type, headers=_headers(tag))
    packed = gzip.compress(body, compresslevel=1, mtime=0)
    return Response(packed, media_type=media_type, headers={**_headers(f"W/{tag}"), "Content-Encoding": "gzip"})


def _takes_gzip(request: Request) -> bool:
    accepted = [each.replace(" ", "").split(";") for each in request.headers.get("accept-encoding", "").split(",")]
    return any(name.lower() == "gzip" and "q=0" not in weights for name, *weights in accepted)


def _headers(tag: str) -> dict[str, str]:
    return {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}


def encoded(value: Any) -> bytes:
    return _encode(value)


def found(record: Record | None, noun: str, name: object) -> Record:
    """The record, or NotFound."""
    if record is None:
        raise NotFound(f"There is no {noun} {str(name)!r}.", subject=str(name))
    return record
