"""What running code reads about itself."""

from __future__ import annotations

from typing import Any

import pytest

from armillary import flow, runtime, task
from armillary.runtime import flow_run, parameters, task_run


def test_names_imported_from_runtime_tell_of_the_run_that_reads_them(home: object) -> None:
    @task
    def inner() -> tuple[str, str, str]:
        return flow_run.name, task_run.name, task_run.task_name

    @flow(flow_run_name="below-{n}")
    def below(n: int) -> tuple[Any, ...]:
        return flow_run.name, dict(parameters), bool(task_run), inner().result()

    @flow(flow_run_name="above")
    def above() -> tuple[Any, ...]:
        return flow_run.name, dict(parameters), [below(1), below(2)], flow_run.name

    assert above() == (
        "above",
        {},
        [
            ("below-1", {"n": 1}, False, ("below-1", "inner-0", "inner")),
            ("below-2", {"n": 2}, False, ("below-2", "inner-0", "inner")),
        ],
        "above",
    )


def test_outside_a_run_they_are_false_and_their_facts_are_none() -> None:
    assert not flow_run and not task_run and not parameters
    assert [flow_run.id, flow_run.parent_flow_run_id, task_run.run_count] == [None] * 3
    assert (repr(flow_run), repr(parameters), runtime.project_root) == ("None", "{}", None)
    assert flow_run == None  # noqa: E711  as people compare it
    assert "name" in dir(flow_run)


@pytest.mark.parametrize("facts", [flow_run, task_run, runtime])
def test_an_unknown_fact_is_an_attribute_error_inside_and_outside(home: object, facts: object) -> None:
    @flow
    def reads() -> None:
        with pytest.raises(AttributeError, match="nome"):
            getattr(facts, "nome")  # noqa: B009

    reads()
    with pytest.raises(AttributeError, match="nome"):
        getattr(facts, "nome")  # noqa: B009
