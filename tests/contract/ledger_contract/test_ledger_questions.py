"""Questions of runs: whatever schema they bring, an answer takes a bounded time."""

from __future__ import annotations

import pytest
from msgspec import json

from armillary.clock import to_datetime
from armillary.core.errors import TooLarge
from armillary.core.runs.run_input import RunInput
from armillary.engine.runs.question import Question
from armillary.journal.format.events import InputAsked
from armillary.ledger.database.refusals import Refused
from armillary.ledger.runs import run_inputs
from ledger_contract.journals import START, new_id


def doubling(levels: int) -> dict[str, object]:
    both = {str(level): {"allOf": [{"$ref": f"#/$defs/{level + 1}"}] * 2} for level in range(levels)}
    return {"$ref": "#/$defs/0", "$defs": {**both, str(levels): {"type": "integer"}}}


def test_an_answer_to_a_question_that_doubles_its_work_is_refused_at_once() -> None:
    question = RunInput(new_id(), "q", to_datetime(START), doubling(27))
    with pytest.raises(TooLarge, match="too much work"):
        run_inputs.check(question, 1)


@pytest.mark.parametrize("schema", ['{"title": "' + "x" * 300_000 + '"}', '{"anyOf": [' + "{}," * 6_000 + "{}]}"])
def test_a_question_with_a_schema_beyond_all_bounds_is_not_taken_in(schema: str) -> None:
    json.decode(schema)
    with pytest.raises(Refused):
        run_inputs.row_of(InputAsked(START, new_id(), "q", schema))


class Doubling:
    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> object:
        from pydantic_core import core_schema

        return core_schema.any_schema()

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: object, handler: object) -> dict[str, object]:
        found: dict[str, object] = {"type": "object"}
        for _ in range(27):
            found = {"allOf": [found], "unevaluatedProperties": False}
        return found


def test_a_flow_that_asks_such_a_question_is_told_when_it_asks() -> None:
    with pytest.raises(TooLarge, match="wait_for_input"):
        Question("q", Doubling, None)
