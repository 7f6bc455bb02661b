"""What a flow takes, as JSON Schema: for forms, and for refusing a run that could not start."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, get_type_hints

from armillary.core.errors import InvalidParameters
from armillary.core.rules.json_schema import check_names
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
    definitions: dict[str, Any] = {}
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
        definitions.update(schema.pop("$defs", {}))
        properties[name] = {"title": name, **schema, "position": position}
        if parameter.default is parameter.empty:
            required.append(name)
        elif parameter.default is None or isinstance(parameter.default, str | int | float | bool):
            properties[name]["default"] = parameter.default
    found: dict[str, Any] = {"type": "object", "properties": properties, "required": required}
    if definitions:
        found["$defs"] = definitions
    return {**found, "additionalProperties": True} if rest else found


def check_parameters(flow: Flow[..., object], given: Mapping[str, Any]) -> None:
    """Do these values fit the flow's annotations, as they would when it is called? Raises InvalidParameters that names each that
    does not, and one the flow does not have."""
    from pydantic import ConfigDict, PydanticUserError, TypeAdapter, ValidationError  # as above

    schema = parameter_schema(flow)
    check_names(flow.name, schema, given)
    try:
        hints = get_type_hints(flow.fn, include_extras=True)
    except Exception:  # as above
        hints = {}
    problems = []
    for name, value in given.items():
        if name not in hints:
            continue
        try:
            try:
                adapter = TypeAdapter(hints[name], config=ConfigDict(arbitrary_types_allowed=True))
            except PydanticUserError:  # a type with a configuration of its own
                adapter = TypeAdapter(hints[name])
        except PydanticUserError:
            continue
        try:
            adapter.validate_python(value)
        except ValidationError as problem:
            problems.append(f"{name!r} got {value!r}: {problem.errors()[0]['msg']}")
    if problems:
        raise InvalidParameters(
            f"Parameters of flow {flow.name!r} do not fit: {'; '.join(problems)}.", subject=flow.name
        )
