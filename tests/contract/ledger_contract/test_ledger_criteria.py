"""Listings by criteria of any noun, in any order, page by page."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from armillary.clock import to_datetime
from armillary.core.criteria import ChoiceCriterion as Choice
from armillary.core.criteria import (
    Criteria,
    ExistsCriterion,
    FlowCriteria,
    FlowRunCriteria,
    IdCriterion,
    ReferenceCriterion,
    StateCriterion,
    StateTypeCriterion,
    TagCriterion,
    TaskRunCriteria,
    TextCriterion,
    TimeCriterion,
)
from armillary.core.errors import InvalidOption, TooBroad
from armillary.core.states import COMPLETED, FAILED
from armillary.ledger import Ledger
from armillary.ledger.database import time_limit
from armillary.ledger.querying import criteria
from armillary.ledger.tables.run_tables import flow_run, flow_run_state
from armillary.ledger.views import listings
from ledger_contract.conftest import Feed
from ledger_contract.journals import START, Journal, new_id


@pytest.fixture
def runs(feed: Feed) -> list[Journal]:
    """Six runs a second apart of flows "even" and "odd"; every third completed with a task; the others are pending."""
    journals = []
    for index in range(6):
        journal = Journal(flow="even" if index % 2 == 0 else "odd")
        journal.now = START + index * 1_000_000
        journal.begin(
            tags=("nice", "both") if index % 3 == 0 else ("both",) if index % 3 == 1 else (), name=f"run-{index}"
        )
        if index % 3 == 0:
            journal.flow_state("RUNNING")
            journal.done_task(task="load", tags=("gpu",))
            journal.flow_state("COMPLETED")
        feed(journal)
        journals.append(journal)
    return journals


def names(ledger: Ledger, wanted: Criteria | None, sort: str = "EXPECTED_START_TIME_DESC") -> list[str]:
    with ledger.read() as connection:
        return [run.name[-1] for run in listings.flow_runs(connection, wanted, sort=sort).items]


def of_runs(**wanted: object) -> Criteria:
    return Criteria(flow_runs=FlowRunCriteria(**wanted))  # type: ignore[arg-type]


SECOND = to_datetime(START) + timedelta(seconds=2)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (None, "543210"),
        (of_runs(state=StateCriterion(type=StateTypeCriterion(any_=[COMPLETED]))), "30"),
        (of_runs(state=StateCriterion(type=StateTypeCriterion(not_any_=[COMPLETED]))), "5421"),
        (of_runs(state=StateCriterion(type=StateTypeCriterion(any_=[FAILED]), name=Choice(any_=["Completed"]))), ""),
        (
            of_runs(
                state=StateCriterion(
                    operator="or_", type=StateTypeCriterion(any_=[FAILED]), name=Choice(any_=["Completed"])
                )
            ),
            "30",
        ),
        (of_runs(tags=TagCriterion(all_=["nice", "both"])), "30"),
        (of_runs(tags=TagCriterion(any_=["nice", "both"])), "4310"),
        (of_runs(tags=TagCriterion(is_null_=True)), "52"),
        (of_runs(name=TextCriterion(any_=["run-1", "run-2"], not_any_=["run-2"])), "1"),
        (of_runs(name=TextCriterion(like_="UN-4")), "4"),
        (of_runs(name=TextCriterion(all_like_=["4", "RU"])), "4"),
        (of_runs(name=TextCriterion(all_like_=["4", "5"])), ""),
        (of_runs(name=TextCriterion(startswith_="run-5")), "5"),
        (of_runs(expected_start_time=TimeCriterion(before_=SECOND)), "10"),
        (of_runs(expected_start_time=TimeCriterion(after_=SECOND), tags=TagCriterion(all_=["both"])), "43"),
        (of_runs(start_time=TimeCriterion(is_null_=True)), "5421"),
        (of_runs(deployment_id=ReferenceCriterion(is_null_=False)), ""),
        (of_runs(id=IdCriterion(any_=[UUID(new_id())])), ""),
        (of_runs(id=IdCriterion(prefix_="not hex")), ""),
        (Criteria(flows=FlowCriteria(name=TextCriterion(any_=["odd"]))), "531"),
        (Criteria(flows=FlowCriteria(name=TextCriterion(like_="EV"))), "420"),
        (Criteria(flows=FlowCriteria(tags=TagCriterion(all_=["etl"]))), "543210"),
        (Criteria(flows=FlowCriteria(tags=TagCriterion(any_=["et"]))), ""),
        (Criteria(task_runs=TaskRunCriteria(tags=TagCriterion(all_=["gpu"]))), "30"),
        (Criteria(task_runs=TaskRunCriteria(subflow_runs=ExistsCriterion(exists_=True))), ""),
        (of_runs(name=TextCriterion(like_="';--\"%_\\")), ""),
    ],
)
def test_flow_runs_are_narrowed_by_all_that_is_said(
    ledger: Ledger, runs: list[Journal], wanted: Criteria | None, expected: str
) -> None:
    assert "".join(names(ledger, wanted)) == expected
    with ledger.read() as connection:
        assert listings.count(connection, flow_run, criteria.of_flow_runs(wanted)) == len(expected)


def test_nobody_asks_for_more_parts_of_a_name_than_a_name_has(ledger: Ledger) -> None:
    with pytest.raises(InvalidOption, match="21 parts of a name"):
        names(ledger, of_runs(name=TextCriterion(all_like_=["a"] * 21)))


def test_other_nouns_are_narrowed_by_flow_runs(ledger: Ledger, runs: list[Journal]) -> None:
    odd = Criteria(flow_runs=FlowRunCriteria(name=TextCriterion(any_=["run-3"])))
    with ledger.read() as connection:
        assert [flow.name for flow in listings.flows(connection, odd).items] == ["odd"]
        assert [run.flow_run_id for run in listings.task_runs_page(connection, odd).items] == [runs[3].root]
        completed = of_runs(state=StateCriterion(type=StateTypeCriterion(any_=[COMPLETED])))
        assert len(listings.task_runs_page(connection, completed, sort="START_TIME_DESC").items) == 2


@pytest.mark.parametrize("sort", listings.FLOW_RUN_ORDERS)
def test_every_order_is_paged_without_gap_or_repetition(ledger: Ledger, runs: list[Journal], sort: str) -> None:
    whole = names(ledger, None, sort)
    seen: list[str] = []
    after = None
    with ledger.read() as connection:
        for _ in range(7):
            page = listings.flow_runs(connection, None, sort=sort, limit=1, after=after)
            seen.extend(run.name[-1] for run in page.items)
            after = page.after
            if after is None:
                break
    assert seen == whole
    assert whole == sorted(whole, reverse="DESC" in sort)


def test_a_cursor_of_another_query_is_refused(ledger: Ledger, runs: list[Journal]) -> None:
    with ledger.read() as connection:
        page = listings.flow_runs(connection, None, limit=1)
        assert page.after is not None
        for wanted, sort in (
            (None, "NAME_ASC"),
            (of_runs(flow_version=Choice(any_=["1"])), "EXPECTED_START_TIME_DESC"),
        ):
            with pytest.raises(InvalidOption, match="cursor"):
                listings.flow_runs(connection, wanted, sort=sort, after=page.after)


def test_unknown_orders_and_unspeakable_texts_are_refused(ledger: Ledger) -> None:
    with ledger.read() as connection:
        with pytest.raises(InvalidOption, match="NAME_ASC"):
            listings.flow_runs(connection, None, sort="NAME_ASCENDING")
        for text_ in ("a\x00b", "\ud800"):
            with pytest.raises(InvalidOption):
                listings.flow_runs(connection, of_runs(name=TextCriterion(any_=[text_])))
        with pytest.raises(InvalidOption, match="at most"):
            listings.flow_runs(connection, of_runs(name=TextCriterion(any_=["x"] * 1001)))


def test_a_question_that_takes_too_long_is_given_up(ledger: Ledger) -> None:
    endless = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT count(*) FROM n"
    )
    with ledger.read() as connection, pytest.raises(TooBroad), time_limit.within(connection, 0.1):
        connection.execute(endless)
    with ledger.read() as connection, time_limit.within(connection):
        assert connection.execute(select(flow_run_state)).all() == []
