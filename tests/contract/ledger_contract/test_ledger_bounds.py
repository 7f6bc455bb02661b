"""What one run may write has bounds, so has what one question reads; and one run that is wrong stops no others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import pytest
from msgspec import json
from sqlalchemy import Connection, text, update

from armillary.core.errors import TooBroad
from armillary.core.ids import flow_id
from armillary.core.text.long_text import LONGEST_MESSAGE
from armillary.journal.format.events import LOG_LANE, AnyEvent, Artifact, FlowRunCreated, InputAnswered, InputAsked, Log
from armillary.ledger import Ledger
from armillary.ledger.database.checks import DEEPEST_JSON, LONGEST_DOCUMENT, MOST_TAGS
from armillary.ledger.deployments import claims, deployments
from armillary.ledger.ingest import quarantine
from armillary.ledger.querying.paging import MOST_CHARACTERS
from armillary.ledger.runs import flow_runs, logs, run_inputs
from armillary.ledger.tables import run_tables
from armillary.server.live.keeper import Keeper
from ledger_contract.conftest import Feed
from ledger_contract.journals import Journal, new_id
from ledger_contract.test_ledger_scheduling import NOW, deployment, due_run, worker

ENDLESS = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT count(*) FROM n"
)


def deep(levels: int) -> str:
    return "[" * levels + "]" * levels


@contextmanager
def given_up() -> Iterator[None]:
    began = monotonic()
    with pytest.raises(TooBroad):
        yield
    assert monotonic() - began < 20


def test_every_read_has_a_limit_and_one_inside_another_ends_first(ledger: Ledger) -> None:
    with given_up(), ledger.read(0.2) as connection:
        connection.execute(ENDLESS)
    keeper = Keeper(ledger, lambda _problem: None)
    with given_up(), keeper.read(0.2) as connection:
        connection.execute(ENDLESS)
    with ledger.read() as connection:  # nothing of that is left on the connection
        assert connection.execute(text("SELECT 1")).scalar() == 1


def _created(journal: Journal, parameters: str) -> FlowRunCreated:
    at = journal.tick()
    return FlowRunCreated(
        at, new_id(), flow_id("pipe"), "n", parameters, (), at, journal.root, "PENDING", "Pending",
        parent_flow_run_id=journal.root,
    )  # fmt: skip


@pytest.mark.parametrize("levels", [DEEPEST_JSON + 1, 900, 5_000, 200_000])
def test_json_that_is_too_deep_is_refused_or_stands_as_its_type(ledger: Ledger, feed: Feed, levels: int) -> None:
    own = Journal()
    own.begin()
    own.say(InputAsked(own.tick(), own.root, "before"))
    run = _created(own, f'{{"whole": 1, "deep": {deep(levels)}}}')
    refused: list[AnyEvent] = [
        InputAsked(own.tick(), own.root, "q", deep(levels)),
        InputAnswered(own.tick(), own.root, "before", deep(levels)),
    ]
    for event in (run, *refused):
        own.say(event)
    feed(own)
    with ledger.read() as connection:
        found = flow_runs.get(connection, run.run)
        assert found is None or found.parameters == {"whole": 1, "deep": "<list>"}
        many = len(refused) + (1 if found is None else 0)
        assert len(quarantine.frames(connection, root_flow_run_id=own.root)) == many
        assert [each.key for each in run_inputs.every(connection, own.root)] == ["before"]
        assert run_inputs.answers(connection, own.root) == {}


def test_json_as_deep_as_may_be_is_kept(ledger: Ledger, feed: Feed) -> None:
    own = Journal()
    own.begin()
    run = _created(own, f'{{"deep": {deep(DEEPEST_JSON - 1)}}}')
    own.say(run)
    feed(own)
    with ledger.read() as connection:
        found = flow_runs.get(connection, run.run)
        assert found is not None
        assert json.encode(found.parameters).decode() == run.parameters.replace(" ", "")


def test_parameters_that_are_too_long_stand_as_their_type(ledger: Ledger, feed: Feed) -> None:
    own = Journal()
    own.begin()
    run = _created(own, json.encode({"short": "x", "long": "y" * 2_000_000, "list": ["z"] * 500_000}).decode())
    own.say(run)
    feed(own)
    with ledger.read() as connection:
        found = flow_runs.get(connection, run.run)
        assert found is not None
        assert found.parameters == {"short": "x", "long": "<str of 2,000,000>", "list": "<list of 500,000>"}


def test_texts_tags_and_artifacts_are_bounded(ledger: Ledger, feed: Feed) -> None:
    own = Journal()
    own.begin(tags=tuple(f"t{number}" for number in range(50_000)))
    own.say(Artifact(own.tick(), new_id(), own.root, None, "k", "markdown", "x" * (LONGEST_DOCUMENT + 1)))
    feed(own)
    own.say(Log(own.tick(), 20, "A" * 20_000_000, own.root))
    feed(own, LOG_LANE)
    with ledger.read() as connection:
        run = flow_runs.get(connection, own.root)
        assert run is not None
        assert len(run.tags) == MOST_TAGS
        assert len(quarantine.frames(connection, root_flow_run_id=own.root)) == 1
        [line] = logs.lines(connection, own.root)
        assert len(line.message) < LONGEST_MESSAGE + 100
        assert "18,951,424 more characters" in line.message


def test_a_page_of_a_log_is_bounded_and_the_pages_are_all_of_it(ledger: Ledger, feed: Feed) -> None:
    own = Journal()
    own.begin()
    feed(own)
    for number in range(9):
        own.say(Log(own.tick(), 20, f"{number}" * 1_000_000, own.root))
    feed(own, LOG_LANE)
    with ledger.read() as connection:
        seen: list[int] = []
        while page := logs.lines(connection, own.root, after=seen[-1] if seen else -1):
            assert sum(len(line.message) for line in page) <= MOST_CHARACTERS + 1_000_000
            seen += [line.ordinal for line in page]
        assert seen == [*range(9)]
        last = logs.lines(connection, own.root, before=9)
        assert last[-1].ordinal == 8 and len(last) < 9
        seen, after = [], None
        for _ in range(9):
            found = logs.page(connection, None, limit=100, after=after)
            seen += [line.ordinal for line in found.items]
            after = found.after
            if after is None:
                break
        assert seen == [*range(9)]


def _due(connection: Connection, many: int) -> list[str]:
    saved = deployments.save(connection, deployment("claimed"), NOW)
    return [due_run(connection, saved, NOW + number) for number in range(many)]


@pytest.mark.parametrize("column", ["parameters", "tags"])
def test_a_run_that_cannot_be_granted_is_passed_over_and_named(
    ledger: Ledger, caplog: pytest.LogCaptureFixture, column: str
) -> None:
    with ledger.write() as connection:
        wrong, right = _due(connection, 2)
        run = run_tables.flow_run
        connection.execute(update(run).where(run.c.id == wrong).values({column: "["}))
    with ledger.write() as connection:
        claim, mine = new_id(), worker(connection)
        claimed = claims.claim_runs(connection, mine, claim, [], 5, NOW + 9)
        assert [each.flow_run.id for each in claimed] == [right]
        assert [each.flow_run.id for each in claims.claim_runs(connection, mine, claim, [], 5, NOW + 9)] == [right]
    assert wrong in caplog.text
    with ledger.read() as connection:
        assert (
            connection.execute(run_tables.flow_run.select().where(run.c.id == wrong)).mappings().one()["attempt"] == 0
        )


def test_a_subflow_run_is_not_even_considered(ledger: Ledger, feed: Feed, caplog: pytest.LogCaptureFixture) -> None:
    own = Journal()
    own.begin()
    own.flow_state("RUNNING")
    planted = own.flow_run(parent=own.root)
    feed(own)
    with ledger.write() as connection:
        [right] = _due(connection, 1)
        found = flow_runs.get(connection, right)
        assert found is not None
        run = run_tables.flow_run
        facts = {"deployment_id": found.deployment_id, "state_type": "SCHEDULED", "next_scheduled_start": 1}
        connection.execute(update(run).where(run.c.id == planted).values(facts))  # as an earlier release let it in
        assert claims.next_due(connection, 0) == NOW
        claimed = claims.claim_runs(connection, worker(connection), new_id(), [], 5, NOW + 9)
        assert [each.flow_run.id for each in claimed] == [right]
    assert planted not in caplog.text


def test_each_deployment_has_a_secret_of_its_own_for_results(ledger: Ledger) -> None:
    with ledger.write() as connection:
        one, other = (deployments.save(connection, deployment(name), NOW) for name in ("one", "other"))
        due_run(connection, one, NOW)
        due_run(connection, other, NOW + 1)
        due_run(connection, one, NOW + 2)
        first, second, third = claims.claim_runs(connection, worker(connection), new_id(), [], 5, NOW + 9)
        assert first.result_secret == third.result_secret != second.result_secret
        assert len(first.result_secret or "") == 64
