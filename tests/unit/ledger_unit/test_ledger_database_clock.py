from __future__ import annotations

import pytest

from armillary.ledger.postgresql.database_clock import DatabaseClock

Seen = tuple[int, int, int]


@pytest.mark.parametrize(
    ("seen", "ahead"),
    [
        ([], 0),
        ([(100, 101, 102)], 0),
        ([(100, 101, 900)], 0),  # the answer came late
        ([(100, 899, 900)], 0),  # the question did
        ([(100, 5_100, 100)], 5_000),
        ([(100, 5_101, 102)], 4_999),  # at least
        ([(100, 101, 102), (100, 5_101, 102), (200, 5_199, 201)], 4_999),
        ([(100, 5_101, 102), (200, 201, 202)], 1),  # it was set back, and is ahead by one at most
        ([(100, 40, 102)], -60),
    ],
)
def test_only_what_an_answer_proves_corrects_what_was_thought_before(seen: list[Seen], ahead: int) -> None:
    clock = DatabaseClock(lambda: 1_000)
    for asked, said, answered in seen:
        clock.saw(asked, said, answered)
    assert clock.now() == 1_000 + ahead
