"""Validates values against a JSON Schema before a run is started or resumed, in processes without the flow's types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from armillary.core.errors import InvalidParameters, did_you_mean
from armillary.core.rules.schema_work import NotUnderstood, check_schema, work

_MOST_TOLD = 10
_LONGEST_MESSAGE = 500
_MOST_EXPLAINED = 5_000
"""Evaluations."""
_LARGEST_PATTERN = 1 << 18
"""Bytes of its compiled form."""
_TRUTH = frozenset({"true", "false", "1", "0", "yes", "no", "on", "off", "t", "f", "y", "n"})
"""What pydantic accepts as a boolean."""


def check_against(schema: dict[str, Any], value: Any, subject: str) -> None:
    """Raises InvalidParameters that names each invalid field, TooLarge if validation would take too long. A schema
    that is not supported accepts everything: the flow's own types decide later. References cannot leave the schema.

    >>> check_against({"type": "integer"}, 3, "pages")
    """
    import jsonschema_rs  # takes 38 ms to import, needed only for validation

    check_schema(schema, subject)
    try:
        effort = work(schema, value, subject)
        # This engine's patterns take time linear in the text; it has no look-around and no back-references.
        linear = jsonschema_rs.RegexOptions(size_limit=_LARGEST_PATTERN, dfa_size_limit=_LARGEST_PATTERN)
        validator = jsonschema_rs.validator_for(schema, retriever=_refuse, pattern_options=linear)
    except (NotUnderstood, ValueError, jsonschema_rs.ValidationError):
        return
    if validator.is_valid(value):
        return
    if effort > _MOST_EXPLAINED:  # each problem is an object with a message: a hundred times the work of finding it
        raise InvalidParameters(
            "The value does not match the schema, and is too large to report where.", subject=subject
        )
    problems = []
    for error in validator.iter_errors(value):
        where = ".".join(str(each) for each in error.instance_path) or "input"
        problems.append(f"{where}: {error.message[:_LONGEST_MESSAGE]}")
        if len(problems) == _MOST_TOLD:
            break
    raise InvalidParameters(f"The value does not match the schema: {'; '.join(problems)}.", subject=subject)


def check_names(flow_name: str, schema: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Raises InvalidParameters for a parameter that the flow of this schema does not have."""
    known = schema.get("properties")
    if known is None or schema.get("additionalProperties"):
        return
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise InvalidParameters(
            f"Flow {flow_name!r} has no parameter {unknown[0]!r}.",
            subject=unknown[0],
            advice=did_you_mean(unknown[0], known) if known else "It takes none.",
        )


def missing(schema: dict[str, Any], given: Mapping[str, Any]) -> list[str]:
    """The parameters without a default that are not given."""
    return sorted(set(schema.get("required", ())) - set(given))


def check_values(schema: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Raises InvalidParameters for values that do not match. Text that spells a number or boolean matches where one is
    expected: the flow's annotations convert it, as they do in a call.

    >>> check_values({"properties": {"n": {"type": "integer"}}}, {"n": "5"})
    """
    properties = schema.get("properties", {})
    checked = {
        name: value
        for name, value in given.items()
        if not (isinstance(value, str) and _says_a_scalar(value, properties.get(name, {})))
    }
    definitions = {name: schema[name] for name in ("$defs",) if name in schema}
    check_against({"type": "object", "properties": properties, **definitions}, checked, "parameters")


def _says_a_scalar(text: str, schema: dict[str, Any]) -> bool:
    kinds = {schema.get("type"), *(each.get("type") for each in schema.get("anyOf", ()))}
    if "boolean" in kinds and text.strip().lower() in _TRUTH:
        return True
    try:
        number = float(text)
    except ValueError:
        return False
    return "number" in kinds or ("integer" in kinds and number.is_integer())


def _refuse(uri: str) -> NoReturn:
    raise ValueError(f"{uri} is outside the schema")
