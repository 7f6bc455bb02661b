"""``/openapi.json``, this API described for programs, and ``/docs``, the same for people: a page without scripts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

from fastapi import Request, Response
from msgspec.json import decode

from armillary.server.api.answers import JSON, tagged_bytes
from armillary.server.api.routes import api_router
from armillary.server.permissions import READ, requires

SHIPPED = os.path.join(os.path.dirname(__file__), "openapi.json")
"""Written by scripts/openapi.py."""


@dataclass(slots=True)
class Operation:
    """What a reader of the reference sees of one route."""

    noun: str
    method: str
    path: str
    description: str
    parameters: list[tuple[str, str, str]]
    body: str
    answers: list[tuple[str, str]]


router = api_router(include_in_schema=False)


@router.get("/openapi.json", dependencies=[requires(READ)])
def openapi(request: Request) -> Response:
    return tagged_bytes(request, shipped(), JSON)


@router.get("/docs", dependencies=[requires(READ)])
def docs(request: Request) -> Response:
    return tagged_bytes(request, _shipped_page(), "text/html; charset=utf-8")


@cache
def shipped() -> bytes:
    """The description as it was written when this release was made: to derive it from the routes takes a second."""
    with open(SHIPPED, "rb") as file:
        return file.read()


@cache
def _shipped_page() -> bytes:
    return page(decode(shipped())).encode()


def operations(description: dict[str, Any]) -> Iterator[Operation]:
    """The routes of an OpenAPI document, by noun."""
    found = [
        Operation(
            operation["tags"][0],
            method.upper(),
            path,
            operation.get("description") or operation["summary"] + ".",
            [
                (each["name"], each["in"], each.get("description") or _kind(each["schema"]))
                for each in operation.get("parameters", [])
            ],
            _content(operation.get("requestBody", {})),
            [(status, _content(answer)) for status, answer in operation["responses"].items() if status < "300"],
        )
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]
    yield from sorted(found, key=lambda each: each.noun)


def page(description: dict[str, Any]) -> str:
    """The reference as HTML."""
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Armillary API</title>',
        f"<h1>Armillary API {escape(description['info']['version'])}</h1>",
        f"<pre>{escape(description['info']['description'])}</pre>",
        '<p><a href="/api/openapi.json">openapi.json</a></p>',
    ]
    noun = ""
    for each in operations(description):
        if each.noun != noun:
            noun = each.noun
            parts.append(f"<h2>{escape(noun)}</h2>")
        parts.append(f"<h3><code>{each.method} {escape(each.path)}</code></h3><p>{escape(each.description)}</p><ul>")
        parts.extend(f"<li><code>{name}</code> ({place}): {escape(said)}</li>" for name, place, said in each.parameters)
        if each.body:
            parts.append(f"<li>Body: <code>{escape(each.body)}</code></li>")
        parts.extend(f"<li>{status}: <code>{escape(said or 'no content')}</code></li>" for status, said in each.answers)
        parts.append("</ul>")
    return "\n".join([*parts, "</html>"])


def _content(holder: dict[str, Any]) -> str:
    return ", ".join(
        _kind(each.get("schema", {})) if media_type == JSON else media_type
        for media_type, each in holder.get("content", {}).items()
    )


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a word or two."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(_kind(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"map to {_kind(schema['additionalProperties'])}"
    return str(schema.get("format") or schema.get("type") or "any")
