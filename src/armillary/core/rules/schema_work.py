"""Estimates the work of validating against a JSON Schema before doing it.

A few hundred bytes of schema can cause any number of evaluations: each level that refers to the next one twice doubles them. What a
subschema costs at one place of a value is the same however often it gets there. So the count is a sum over pairs of subschema and
place, each visited once, while a validator would evaluate as often as the count says.

A schema that leaves what is counted here (references other than JSON pointers into itself, anchors, embedded ids) is not understood,
and nothing is evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from armillary.core.errors import TooLarge

MOST_WORK = 1_000_000
"""Evaluations of one value: some tenths of a second."""
MOST_VISITS = 100_000
"""Limit on the pairs of subschema and place visited while counting."""
MOST_WORK_AT_A_PLACE = 10_000
MOST_PARTS = 20_000
MOST_PATTERNS = 100
MOST_PATTERN_TEXT = 20_000

_ALTERNATIVES = ("allOf", "anyOf", "oneOf")
_SAME_PLACE = ("not", "if", "then", "else")
_NAMED = ("dependentSchemas", "dependencies")
_REEVALUATED = ("unevaluatedProperties", "unevaluatedItems")
_EACH_MEMBER = ("additionalProperties", "propertyNames", "unevaluatedProperties")
_EACH_ITEM = ("items", "additionalItems", "contains", "unevaluatedItems")
_MAPS = ("properties", "patternProperties", "$defs", "definitions", *_NAMED)
_NOT_UNDERSTOOD = ("$dynamicRef", "$recursiveRef", "$anchor", "$dynamicAnchor", "$recursiveAnchor")
_DATA = ("enum", "const", "default", "examples")
_NOTHING = object()


class NotUnderstood(Exception):
    """A schema that this implementation does not support."""


def check_schema(schema: Any, subject: str) -> None:
    """Raises TooLarge for a schema that is too large, too deep, or has too many evaluations at one
    place.

    >>> check_schema({"$ref": "#/$defs/a", "$defs": {"a": {"type": "integer"}}}, "run_input")
    """
    _check_size(schema, subject)
    try:
        count = _Count(schema, MOST_WORK_AT_A_PLACE, subject)
        for place in _subschemas(schema):
            count.of(place, _NOTHING)
    except NotUnderstood:
        return


def work(schema: Any, value: Any, subject: str) -> int:
    """How many evaluations ``value`` takes. Raises TooLarge above the limit, NotUnderstood for a schema that is not supported."""
    return _Count(schema, MOST_WORK, subject).of(schema, value)


def _check_size(schema: Any, subject: str) -> None:
    parts = patterns = pattern_text = 0
    waiting = [(schema, False)]
    while waiting:
        each, is_data = waiting.pop()
        parts += 1
        if isinstance(each, dict):
            waiting += [(inner, is_data or name in _DATA) for name, inner in each.items()]
            written = [] if is_data else _patterns(each)
            patterns += len(written)
            pattern_text += sum(map(len, written))
        elif isinstance(each, list):
            waiting += [(inner, is_data) for inner in each]
        if parts > MOST_PARTS:
            raise TooLarge(f"A schema has {MOST_PARTS:,} parts at most.", subject=subject)
    if patterns > MOST_PATTERNS or pattern_text > MOST_PATTERN_TEXT:
        raise TooLarge(
            f"A schema has {MOST_PATTERNS} patterns and {MOST_PATTERN_TEXT:,} characters of them at most.",
            subject=subject,
        )


def _patterns(schema: Mapping[str, Any]) -> list[str]:
    single, named = schema.get("pattern"), schema.get("patternProperties")
    return [*([single] if isinstance(single, str) else []), *(named if isinstance(named, dict) else [])]


def _subschemas(schema: Any) -> Iterator[Any]:
    """Every subschema: the whole schema, and those in keywords."""
    waiting = [schema]
    while waiting:
        each = waiting.pop()
        if not isinstance(each, dict):
            continue
        yield each
        for name, inner in each.items():
            if name in _MAPS and isinstance(inner, dict):
                waiting += inner.values()
            elif name not in _DATA:
                waiting += inner if isinstance(inner, list) else [inner]


class _Count:
    """``value`` is _NOTHING where only the evaluations at one place are counted, not those of what is inside."""

    __slots__ = ("_known", "_most", "_root", "_subject", "_visited")

    def __init__(self, root: Any, most: int, subject: str) -> None:
        self._root = root
        self._most = most
        self._subject = subject
        self._visited = 0
        self._known: dict[tuple[int, int], int | None] = {}

    def of(self, schema: Any, value: Any) -> int:
        try:
            return self._of(schema, value)
        except RecursionError:
            raise TooLarge(f"The schema of {self._subject} is nested too deeply.", subject=self._subject) from None

    def _of(self, schema: Any, value: Any) -> int:
        if not isinstance(schema, dict):
            return 1
        key = (id(schema), id(value))
        if key in self._known:
            found = self._known[key]
            if found is None:
                raise TooLarge(
                    f"The schema of {self._subject} refers to itself endlessly.",
                    subject=self._subject,
                    advice="It may refer to itself only in properties or items.",
                )
            return found
        self._known[key] = None
        self._visited += 1
        found = self._own(schema, value) + self._same_place(schema, value) + self._inside(schema, value)
        self._known[key] = found
        if found > self._most or self._visited > MOST_VISITS:
            raise TooLarge(
                f"The schema of {self._subject} takes too much work to check.",
                subject=self._subject,
                advice="Let it refer to the same part less often, or give a smaller value.",
            )
        return found

    def _own(self, schema: Mapping[str, Any], value: Any) -> int:
        if any(name in schema for name in _NOT_UNDERSTOOD) or ("$id" in schema and schema is not self._root):
            raise NotUnderstood
        found = 1 + sum(len(schema[name]) for name in ("enum", "required") if isinstance(schema.get(name), list))
        if isinstance(value, str):
            found += (1 + len(value) // 50) * len(_patterns(schema))
        elif isinstance(value, list) and schema.get("uniqueItems"):
            found += len(value)
        return found

    def _same_place(self, schema: Mapping[str, Any], value: Any) -> int:
        found = 0
        for name in _ALTERNATIVES:
            if isinstance(schema.get(name), list):
                found += sum(self._of(each, value) for each in schema[name])
        for name in _SAME_PLACE:
            found += self._of(schema[name], value) if name in schema else 0
        for name in _NAMED:
            if isinstance(schema.get(name), dict):
                found += sum(self._of(each, value) for each in schema[name].values())
        if "$ref" in schema:
            found += self._of(self._target(schema["$ref"]), value)
        return 2 * found if any(name in schema for name in _REEVALUATED) else found

    def _inside(self, schema: Mapping[str, Any], value: Any) -> int:
        if isinstance(value, dict):
            return self._in_members(schema, value)
        if isinstance(value, list):
            return self._in_items(schema, value)
        return 0

    def _in_members(self, schema: Mapping[str, Any], value: Mapping[str, Any]) -> int:
        properties = _object(schema, "properties")
        found = len(properties)
        for name in properties.keys() & value.keys():
            found += 1 if _is_plain(properties[name]) else self._of(properties[name], value[name])
        for each in _object(schema, "patternProperties").values():
            found += sum(map(len, value)) // 50 + self._each(each, value.values(), 2)
        for name in _EACH_MEMBER:
            if name in schema:
                found += self._each(schema[name], value if name == "propertyNames" else value.values(), 1)
        return found

    def _in_items(self, schema: Mapping[str, Any], value: list[Any]) -> int:
        found = 0
        for name in ("prefixItems", "items"):
            if isinstance(schema.get(name), list):
                found += sum(map(self._of, schema[name], value))
        for name in _EACH_ITEM:
            if name in schema and not isinstance(schema[name], list):
                found += self._each(schema[name], value, 1)
        return found

    def _each(self, schema: Any, values: Any, weight: int) -> int:
        """For a schema without subschemas, plain values need not be visited one by one."""
        if _is_plain(schema):
            return weight * len(values)
        return sum(weight * self._of(schema, each) for each in values)

    def _target(self, ref: Any) -> Any:
        if not isinstance(ref, str) or not ref.startswith("#") or (len(ref) > 1 and ref[1] != "/"):
            raise NotUnderstood
        found = self._root
        for part in ref[2:].split("/") if len(ref) > 1 else []:
            name = _unescaped(part)
            try:
                found = found[int(name)] if isinstance(found, list) else found[name]
            except (LookupError, ValueError, TypeError):
                raise NotUnderstood from None
        return found


_PLAIN = frozenset(
    ("type", "title", "description", "minimum", "maximum", "minLength", "maxLength", "format", "default")
)


def _unescaped(part: str) -> str:
    return unquote(part).replace("~1", "/").replace("~0", "~")


def _is_plain(schema: Any) -> bool:
    """One evaluation, whatever the value."""
    return not isinstance(schema, dict) or schema.keys() <= _PLAIN


def _object(schema: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = schema.get(name)
    return found if isinstance(found, dict) else {}
