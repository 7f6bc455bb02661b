"""Does a value fit a JSON Schema? Asked before a run is started or resumed, by processes that do not have the flow's own types."""

from __future__ import annotations

from typing import Any, NoReturn

from armillary.core.errors import InvalidParameters

_MOST_TOLD = 10


def check_against(schema: dict[str, Any], value: Any, subject: str) -> None:
    """Raises InvalidParameters that names each field which does not fit. A schema that cannot be understood fits everything:
    the flow's own types have the last word. References leave the schema nowhere.

    >>> check_against({"type": "integer"}, 3, "pages")
    """
    import jsonschema_rs  # a compiled library of 38 ms, which only who checks something needs

    try:
        validator = jsonschema_rs.validator_for(schema, retriever=_refuse)
    except (ValueError, jsonschema_rs.ValidationError):
        return
    problems = []
    for error in validator.iter_errors(value):
        where = ".".join(str(each) for each in error.instance_path) or "input"
        problems.append(f"{where}: {error.message}")
        if len(problems) == _MOST_TOLD:
            break
    if problems:
        raise InvalidParameters(f"The value does not fit: {'; '.join(problems)}.", subject=subject)


def _refuse(uri: str) -> NoReturn:
    raise ValueError(f"{uri} is outside the schema")
