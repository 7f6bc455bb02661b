"""Looking on while a run goes on elsewhere."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from armillary.cli.running import following
from armillary.client.interface.client import Client
from armillary.core.states import COMPLETED, CRASHED, RUNNING, SCHEDULED, StateType


class Told:
    """A client whose run is in the next of these states whenever it is asked, and stays in the last."""

    def __init__(self, *states: StateType) -> None:
        self._states = list(states)

    def find_flow_run(self, _words: str) -> object:
        kind = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        return SimpleNamespace(state_type=kind, state_name=kind.capitalize(), deployment_id="a deployment")

    def task_run_counts(self, _flow_run_id: str) -> dict[StateType, int]:
        return {}

    def wait_for_news(self, _seconds: float) -> bool:
        return True


def seen(*states: StateType) -> list[StateType]:
    return [run.state_type for run, _ in following.follow_progress(cast(Client, Told(*states)), "id")]


def test_a_run_that_crashed_and_is_tried_again_has_not_ended() -> None:
    assert seen(RUNNING, CRASHED, CRASHED, SCHEDULED, RUNNING, COMPLETED) == [RUNNING, SCHEDULED, RUNNING, COMPLETED]


def test_a_run_that_crashed_and_is_not_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "CRASH_SECONDS", 0.01)
    assert seen(RUNNING, CRASHED) == [RUNNING, CRASHED]
