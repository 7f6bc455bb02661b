"""What a flow takes, as JSON Schema: for forms, and for refusing a run that could not start."""

from __future__ import annotations

import inspect
from typing import Any, get_type_hints

from armillary.sdk.flow import Flow


def parameter_schema(flow: Flow[..., object]) -> dict[str, Any]:
    """An annotation that JSON Schema cannot say stands as anything."""
    from pydantic import PydanticSchemaGenerationError, TypeAdapter  # heavy; only deploying needs it
    from pydantic.errors import PydanticInvalidForJsonSchema, PydanticUserError

    try:
        hints = get_type_hints(flow.fn)
    except Exception:  # an annotation may name what is imported only for type checkers
        hints = {}
    properties: dict[str, Any] = {}
    required = []
    rest = False
    for position, (name, parameter) in enumerate(inspect.signature(flow.fn).parameters.items()):
        if parameter.kind is parameter.VAR_KEYWORD:
            rest = True
            continue
        if parameter.kind is parameter.VAR_POSITIONAL:
            continue
        try:
            schema = TypeAdapter(hints[name]).json_schema() if name in hints else {}
        except (PydanticSchemaGenerationError, PydanticInvalidForJsonSchema, PydanticUserError):
            schema = {}
        properties[name] = {"title": name, **schema, "position": position}
        if parameter.default is parameter.empty:
            required.append(name)
        elif parameter.default is None or isinstance(parameter.default, str | int | float | bool):
            properties[name]["default"] = parameter.default
    found: dict[str, Any] = {"type": "object", "properties": properties, "required": required}
    return {**found, "additionalProperties": True} if rest else found
