"""What a JSON Schema costs is known before it is evaluated."""

from __future__ import annotations

from time import thread_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armillary.core.errors import InvalidParameters, TooLarge
from armillary.core.rules.json_schema import check_against
from armillary.core.rules.schema_work import check_schema, work


def chain(levels: int, keyword: str) -> dict[str, Any]:
    """Each level refers to the next one twice."""
    both = [{keyword: [{"$ref": f"#/$defs/{level + 1}"}] * 2} for level in range(levels)]
    definitions = {str(level): each for level, each in enumerate(both)}
    return {"$ref": "#/$defs/0", "$defs": {**definitions, str(levels): {"type": "integer"}}}


def inlined(levels: int, keyword: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object"}
    for _ in range(levels):
        schema = {"allOf": [schema], keyword: False}
    return schema


def each_below(levels: int) -> dict[str, Any]:
    """The doubling is not at one place: it goes down the value with it."""
    halves = {
        str(level): {"properties": {"x": {"allOf": [{"$ref": f"#/$defs/{level + 1}"}] * 2}}} for level in range(levels)
    }
    return {"$ref": "#/$defs/0", "$defs": {**halves, str(levels): {}}}


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"x": value}
    return value


COSTLY: dict[str, tuple[dict[str, Any], Any]] = {
    "allOf": (chain(27, "allOf"), 1),
    "anyOf": (chain(27, "anyOf"), "x"),
    "oneOf": (chain(27, "oneOf"), 1),
    "unevaluatedProperties": (inlined(27, "unevaluatedProperties"), {"a": 1}),
    "unevaluatedItems": (inlined(27, "unevaluatedItems"), [1]),
    "down the value": (each_below(30), nested(30)),
    "many that refer to one another": (
        {
            "$ref": "#/$defs/0",
            "$defs": {str(n): {"allOf": [{"$ref": f"#/$defs/{each}"} for each in range(9)]} for n in range(9)},
        },
        1,
    ),
    "refers to itself": ({"$ref": "#"}, 1),
    "not itself": ({"not": {"$ref": "#"}}, 1),
    "a long list of values for each item": ({"items": {"enum": list(range(9_000))}}, [-1] * 9_000),
    "wide": ({"allOf": [{"$ref": "#/$defs/a"}] * 9_000, "$defs": {"a": {"enum": ["x", "y"]}}}, 1),
    "deep": (inlined(2_000, "title"), 1),
    "many parts": ({"enum": list(range(50_000))}, 1),
    "many patterns": ({"anyOf": [{"pattern": f"a{{{n}}}"} for n in range(200)]}, "x"),
}


@pytest.mark.parametrize("name", COSTLY)
def test_a_schema_that_takes_too_much_work_is_refused_before_the_work_is_done(name: str) -> None:
    schema, value = COSTLY[name]
    begin = thread_time()
    with pytest.raises(TooLarge, match="schema"):
        check_against(schema, value, "run_input")
    assert thread_time() - begin < 1


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_such_a_schema_is_refused_without_a_value_too(keyword: str) -> None:
    with pytest.raises(TooLarge):
        check_schema(chain(27, keyword), "parameter_schema")


BOUNDED: dict[str, tuple[dict[str, Any], Any]] = {
    "backtracking": ({"items": {"pattern": "^(a+)+$"}}, ["a" * 40 + "!"] * 20_000),
    "a huge repetition": ({"pattern": "(?:(?:a{1000}){1000}){1000}"}, "a"),
    "many problems": ({"items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, [1] * 60_000),
    "anchors": ({"$dynamicAnchor": "a", "allOf": [{"$dynamicRef": "#a"}] * 2}, 1),
    "another machine": ({"$ref": "http://127.0.0.1:9/x"}, 1),
    "a long text in the message": ({"type": "integer"}, "x" * 1_000_000),
}


@pytest.mark.parametrize("name", BOUNDED)
def test_what_is_evaluated_is_done_within_a_second_and_said_briefly(name: str) -> None:
    schema, value = BOUNDED[name]
    begin = thread_time()
    try:
        check_against(schema, value, "run_input")
    except InvalidParameters as problem:
        assert len(str(problem)) < 10_000
    assert thread_time() - begin < 1


TREE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "below": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
            "required": ["name"],
        }
    },
}


def test_large_values_of_everyday_schemas_are_checked() -> None:
    check_against({"items": {"type": "number"}}, [1.5] * 500_000, "run_input")
    check_against(TREE, {"name": "a", "below": [{"name": f"n{n}"} for n in range(30_000)]}, "run_input")
    with pytest.raises(InvalidParameters, match=r"below\.0\.name"):
        check_against(TREE, {"name": "a", "below": [{"name": 1}]}, "run_input")


@given(st.recursive(st.integers(), lambda inner: st.lists(inner, max_size=4), max_leaves=30))
def test_the_count_is_that_of_the_places_of_a_value(value: Any) -> None:
    def places(each: Any) -> int:
        return 1 + sum(map(places, each)) if isinstance(each, list) else 1

    assert work({"items": {"$ref": "#"}, "const": 5}, value, "run_input") == 2 * places(value) - 1
