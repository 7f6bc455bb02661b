"""How often a schedule fires, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from armillary.cli.commands.deployments.schedule import how_often
from armillary.core.schedules.cron import CronSchedule
from armillary.core.schedules.schedule import due_times


@pytest.mark.parametrize(
    ("apart", "words"),
    [
        (timedelta(minutes=1), "1,440 runs a day"),
        (timedelta(hours=10), "2.4 runs a day"),
        (timedelta(days=1), "1 run a day"),
        (timedelta(days=2), "3.5 runs a week"),
        (timedelta(days=7), "1 run a week"),
        (timedelta(days=14), "2.2 runs a month"),
        (timedelta(days=91), "4 runs a year"),
        (timedelta(days=800), "0.5 runs a year"),
    ],
)
def test_how_often_is_said_in_the_shortest_unit_with_a_run(apart: timedelta, words: str) -> None:
    assert how_often(apart) == words


def test_the_last_day_of_a_month_comes_once_a_month() -> None:
    times = due_times(CronSchedule("0 0 L * *"), datetime(2026, 11, 30, 12, tzinfo=UTC))
    assert how_often((times[-1] - times[0]) / (len(times) - 1)) == "1 run a month"
