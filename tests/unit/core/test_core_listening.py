"""Who may judge the silence of others."""

from __future__ import annotations

import pytest

from armillary.core.rules.listening import LONGEST_GAP_MICROS, ObservationWindow

SECOND = 1_000_000


def listened(seconds: int) -> ObservationWindow:
    listening = ObservationWindow(0)
    for second in range(0, seconds + 1, 5):
        listening.heard(second * SECOND)
    return listening


def test_who_listens_without_a_break_has_listened_since_the_beginning() -> None:
    assert listened(60).lasts(62 * SECOND) == 62 * SECOND


@pytest.mark.parametrize("jump", [LONGEST_GAP_MICROS + 1, 3_600 * SECOND, -SECOND])
def test_a_sleep_or_a_clock_that_is_set_is_a_break_before_and_after_it_is_noticed(jump: int) -> None:
    listening = listened(60)
    now = 60 * SECOND + jump
    assert listening.lasts(now) == 0
    listening.heard(now)
    assert listening.lasts(now + 2 * SECOND) == 2 * SECOND
