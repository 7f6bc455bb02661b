"""Questions of paused flow runs, and their answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import UNSET, json
from sqlalchemy import Connection, RowMapping, select, update

from armillary.clock import to_datetime
from armillary.core.errors import InvalidParameters
from armillary.core.rules.json_schema import check_against
from armillary.core.runs.run_input import RunInput
from armillary.journal.format.events import InputAnswered, InputAsked
from armillary.ledger.database import dialect
from armillary.ledger.database.checks import clean, clean_or_none, is_time
from armillary.ledger.database.refusals import NOT_VALUES, Refused, json_text
from armillary.ledger.tables.server_tables import run_input

LONGEST_KEY = 200
LONGEST_SCHEMA = 200_000
MOST_SUBSCHEMAS = 5_000


def row_of(event: InputAsked) -> dialect.Row:
    """Raises Refused for what no owner writes. Of a schema, what it costs is counted once somebody answers: thousands come at once."""
    if not 0 < len(event.key) <= LONGEST_KEY or not (event.expires is None or is_time(event.expires)):
        raise Refused(NOT_VALUES)
    schema = event.schema or ""
    if len(schema) > LONGEST_SCHEMA or schema.count("{") > MOST_SUBSCHEMAS:
        raise Refused(NOT_VALUES)
    return {
        "flow_run_id": event.run,
        "key": clean(event.key),
        "schema": json_text(event.schema),
        "answer": None,
        "expires": event.expires,
        "created": event.at,
        "answered": None,
    }


def answer_of(event: InputAnswered) -> InputAnswered:
    """Raises Refused for an answer that cannot be kept."""
    json_text(event.answer)
    return event


def write(connection: Connection, asked: Iterable[dialect.Row], answered: Iterable[InputAnswered]) -> None:
    """What owners recorded. A question asked again is open again; an answer to none is kept beside it."""
    dialect.upsert(connection, run_input, list(asked))
    for event in answered:
        settle(connection, event.run, event.key, clean_or_none(event.answer), event.at)


def settle(connection: Connection, flow_run_id: str, key: str, answer: str | None, at: int) -> None:
    """Keep the answer to a question."""
    connection.execute(
        update(run_input)
        .where(run_input.c.flow_run_id == flow_run_id, run_input.c.key == clean(key))
        .values(answer=answer, answered=at)
    )


def open_question(connection: Connection, flow_run_id: str) -> RunInput | None:
    """What the run waits for, if it asked for something."""
    statement = (
        select(run_input)
        .where(run_input.c.flow_run_id == flow_run_id, run_input.c.answered.is_(None))
        .order_by(run_input.c.created.desc())
    )
    row = connection.execute(statement.limit(1)).mappings().first()
    return None if row is None else _record(row)


def every(connection: Connection, flow_run_id: str) -> list[RunInput]:
    """All that the run asked, oldest first."""
    statement = select(run_input).where(run_input.c.flow_run_id == flow_run_id).order_by(run_input.c.created)
    return [_record(row) for row in connection.execute(statement).mappings()]


def answers(connection: Connection, flow_run_id: str) -> dict[str, str | None]:
    """JSON text by key, of what was answered: what the next attempt need not ask again."""
    statement = select(run_input.c.key, run_input.c.answer).where(
        run_input.c.flow_run_id == flow_run_id, run_input.c.answered.is_not(None)
    )
    return {row.key: row.answer for row in connection.execute(statement)}


def check(question: RunInput | None, answer: Any) -> None:
    """``answer`` is UNSET where none is given. Raises InvalidParameters for one that the question's schema does not allow, and
    for one to no question."""
    if question is None or question.schema is None:
        if answer is not UNSET:
            raise InvalidParameters(
                "The run asks for no input.", subject="run_input", advice="Resume it without an input."
            )
        return
    if answer is UNSET:
        answer = {} if question.schema.get("type") == "object" else None
    check_against(question.schema, answer, "run_input")


def _record(row: RowMapping) -> RunInput:
    return RunInput(
        row["flow_run_id"],
        row["key"],
        to_datetime(row["created"]),
        None if row["schema"] is None else json.decode(row["schema"]),
        None if row["expires"] is None else to_datetime(row["expires"]),
        None if row["answer"] is None else json.decode(row["answer"]),
        None if row["answered"] is None else to_datetime(row["answered"]),
    )
