"""What runs show to people, on every task runner; and variables they read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from armillary import flow, task, variables
from armillary.artifacts import (
    create_image_artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from armillary.client.in_process.client import InProcessClient
from armillary.core.runs.artifact import Artifact
from armillary.errors import InvalidOption, NotFound, NotSerializable, OutsideRun

from .conftest import AsFlow


@task
def shows(text: str) -> str:
    return create_markdown_artifact(text, key="report", description="What was found")


@task
def progresses() -> None:
    bar = create_progress_artifact(0, key="copying")
    for percent in (25, 75.5):
        update_progress_artifact(bar, percent)


def made(ledger: InProcessClient) -> list[Artifact]:
    return ledger.artifacts().items[::-1]


def test_a_task_shows_markdown_with_its_run(as_flow: AsFlow, ledger: InProcessClient) -> None:
    artifact_id = as_flow(lambda: shows("# 7,412 rows").result())()
    (found,) = made(ledger)
    (task_run,) = ledger.task_runs().items
    assert (found.id, found.kind, found.data, found.key) == (artifact_id, "markdown", "# 7,412 rows", "report")
    assert (found.task_run_id, found.flow_run_id) == (task_run.id, task_run.flow_run_id)
    assert found.description == "What was found"


def test_progress_moves(as_flow: AsFlow, ledger: InProcessClient) -> None:
    as_flow(lambda: progresses())()
    (found,) = made(ledger)
    assert (found.kind, found.fraction) == ("progress", 0.755)


class Frame:
    """As a data frame: it knows how to be rows."""

    def to_dict(self, orient: str) -> list[dict[str, int]]:
        assert orient == "records"
        return [{"a": 1}]


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ([{"a": 1}, {"a": None}], [{"a": 1}, {"a": None}]),
        ([[1, "x"]], [[1, "x"]]),
        ({"a": [1, 2], "b": [3, 4]}, [{"a": 1, "b": 3}, {"a": 2, "b": 4}]),
        (Frame(), [{"a": 1}]),
        ([{"when": complex(1, 2)}], [{"when": "(1+2j)"}]),
    ],
)
def test_tables_come_as_people_have_them(home: object, ledger: InProcessClient, table: Any, rows: object) -> None:
    @flow
    def tabular() -> None:
        create_table_artifact(table)

    tabular()
    (found,) = made(ledger)
    assert (found.kind, json.loads(found.data)) == ("table", rows)


def test_links_and_images_are_shown(home: object, ledger: InProcessClient) -> None:
    @flow
    def shown() -> None:
        create_link_artifact("https://example.org/a", "A")
        create_image_artifact("https://example.org/plot.png")
        create_image_artifact(b"\x89PNG\r\n")

    shown()
    link, far, near = made(ledger)
    assert json.loads(link.data) == {"url": "https://example.org/a", "text": "A"}
    assert far.data == "https://example.org/plot.png"
    assert near.data.startswith("data:image/png;base64,iVBORw0K")


def test_what_cannot_be_shown_is_refused_with_a_reason(home: object) -> None:
    refused: list[str] = []

    @flow
    def tries() -> None:
        calls: list[Callable[[], object]] = [
            lambda: create_link_artifact("javascript:alert(1)"),
            lambda: create_image_artifact(b"text"),
            lambda: create_progress_artifact(101),
            lambda: create_markdown_artifact("x", key="a\nb"),
            lambda: create_markdown_artifact("x" * 3_000_000),
        ]
        for call in calls:
            with pytest.raises(InvalidOption) as problem:
                call()
            refused.append(str(problem.value))
        for table in ({"a": [1], "b": [1, 2]}, "text", 7):
            with pytest.raises(NotSerializable):
                create_table_artifact(table)

    tries()
    assert len(refused) == 5


def test_an_artifact_outside_a_run_is_an_error() -> None:
    with pytest.raises(OutsideRun):
        create_markdown_artifact("x")


def test_flows_read_and_set_variables(home: object) -> None:
    @flow
    def converts() -> float:
        variables.set("rate", variables.get("rate", 1.0) * 2)
        found: float = variables.get("rate")
        return found

    assert [converts(), converts()] == [2.0, 4.0]
    variables.unset("rate")
    with pytest.raises(NotFound):
        variables.get("rate")
