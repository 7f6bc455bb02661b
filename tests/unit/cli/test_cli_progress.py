"""How far a run is, by what was seen of it."""

from __future__ import annotations

from armillary.cli.terminal.progress import WINDOW_SECONDS, Progress
from armillary.core.states import CANCELLED, COMPLETED, FAILED, PENDING, RUNNING


def test_one_look_tells_how_many_but_not_how_fast() -> None:
    progress = Progress()
    progress.observe(100.0, {COMPLETED: 2, RUNNING: 1, PENDING: 1})
    assert (progress.ended, progress.total, progress.per_second, progress.seconds_left) == (2, 4, 0.0, None)
    assert progress.told() == "2 of 4 task runs ended (1 pending, 1 running, 2 completed)"


def test_two_looks_give_the_rate_and_the_time_left() -> None:
    progress = Progress()
    progress.observe(100.0, {PENDING: 10})
    progress.observe(102.0, {PENDING: 6, COMPLETED: 2, FAILED: 1, CANCELLED: 1})
    assert progress.per_second == 2.0
    assert progress.seconds_left == 3.0
    assert progress.told().endswith("2.0/s, about 3 s left")


def test_the_rate_forgets_what_was_long_ago() -> None:
    progress = Progress()
    progress.observe(0.0, {PENDING: 1000})
    progress.observe(1.0, {PENDING: 100, COMPLETED: 900})
    for second in range(2, 2 + 2 * int(WINDOW_SECONDS)):
        progress.observe(float(second), {PENDING: 1000 - 900 - second, COMPLETED: 900 + second})
    assert 0.9 < progress.per_second < 1.1


def test_a_run_without_tasks_has_nothing_left() -> None:
    progress = Progress()
    progress.observe(0.0, {})
    progress.observe(1.0, {})
    assert progress.seconds_left == 0.0
    assert progress.told() == "0 of 0 task runs ended"
