"""A flow's parameters as JSON Schema: for forms, and to reject a run that could not start."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, get_type_hints

from armillary.core.errors import InvalidParameters
from armillary.core.rules.json_schema import check_names
from armillary.sdk.flow import Flow

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_LONGEST_DEFAULT = 10_000
"""Characters of JSON; a longer default is not shown in a form."""


def parameter_schema(flow: Flow[..., object]) -> dict[str, Any]:
    """An annotation that JSON Schema cannot express accepts anything."""
    from pydantic import PydanticSchemaGenerationError, TypeAdapter  # heavy; only deploying needs it
    from pydantic.errors import PydanticInvalidForJsonSchema, PydanticUserError

    try:
        hints = get_type_hints(flow.fn)
    except Exception:  # an annotation may name a type imported only for type checkers
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
        adapter: TypeAdapter[Any] | None = None
        schema: dict[str, Any] = {}
        with suppress(PydanticSchemaGenerationError, PydanticInvalidForJsonSchema, PydanticUserError):
            adapter = TypeAdapter(hints[name]) if name in hints else None
            schema = adapter.json_schema() if adapter else {}
        definitions.update(schema.pop("$defs", {}))
        properties[name] = {"title": name, **schema, "position": position}
        if parameter.default is parameter.empty:
            required.append(name)
        else:
            properties[name].update(_default(adapter, parameter.default))
    found: dict[str, Any] = {"type": "object", "properties": properties, "required": required}
    if definitions:
        found["$defs"] = definitions
    return {**found, "additionalProperties": True} if rest else found


def _default(adapter: TypeAdapter[Any] | None, default: object) -> dict[str, Any]:
    """The initial value of a form: the default, if it survives a round trip through JSON."""
    from pydantic_core import to_jsonable_python  # as above

    if default is None or isinstance(default, str | int | float | bool):
        return {"default": default}
    try:
        plain = to_jsonable_python(default)
        is_same = (adapter.validate_python(plain) if adapter else plain) == default
        is_short = len(json.dumps(plain)) <= _LONGEST_DEFAULT
    except Exception:  # it can be of any type, with any comparison
        return {}
    return {"default": plain} if is_same is True and is_short else {}


def check_parameters(flow: Flow[..., object], given: Mapping[str, Any]) -> None:
    """Check these values against the flow's annotations, as in a call. Raises InvalidParameters that names each invalid
    one, and one the flow does not have."""
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
            except PydanticUserError:  # a type that brings its own configuration
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
