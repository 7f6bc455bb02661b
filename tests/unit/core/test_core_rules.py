"""How flow runs end and when runs try again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armillary.core.errors import InvalidOption
from armillary.core.retries import exponential_backoff, retry_delay_seconds
from armillary.core.rules.crash import AfterCrash, Death, after_crash
from armillary.core.rules.final_state import StateTally, judge
from armillary.core.rules.retry import RetryPolicy, retry_in_seconds
from armillary.core.states import CANCELLED, COMPLETED, CRASHED, FAILED, StateType

ends = st.sampled_from([COMPLETED, FAILED, CRASHED, CANCELLED])


def tally_of(states: list[StateType]) -> StateTally:
    tally = StateTally()
    for state in states:
        tally.add(state)
    return tally


@pytest.mark.parametrize(
    ("states", "verdict"),
    [
        ([], (COMPLETED, "All states completed.")),
        ([COMPLETED, COMPLETED], (COMPLETED, "All states completed.")),
        ([COMPLETED, FAILED, COMPLETED], (FAILED, "1/3 states failed.")),
        ([CRASHED, FAILED, CANCELLED], (FAILED, "2/3 states failed.")),
        ([COMPLETED, CANCELLED], (CANCELLED, "1/2 states cancelled.")),
    ],
)
def test_a_flow_ends_as_its_states_say(states: list[StateType], verdict: tuple[StateType, str]) -> None:
    assert judge(tally_of(states)) == verdict


@given(st.lists(ends), st.lists(ends))
def test_judging_two_halves_is_judging_the_whole(first: list[StateType], second: list[StateType]) -> None:
    merged = tally_of(first)
    merged.merge(tally_of(second))
    assert judge(merged) == judge(tally_of(first + second))


@given(st.integers(0, 5), st.integers(1, 10))
def test_there_are_as_many_retries_as_were_asked_for(retries: int, run_count: int) -> None:
    policy = RetryPolicy(retries=retries, delay=1)
    assert (retry_in_seconds(policy, run_count, True, 0.0) is not None) == (run_count <= retries)
    assert retry_in_seconds(policy, run_count, False, 0.0) is None


@given(st.floats(0, 1e6), st.floats(0, 10), st.floats(0, 1, exclude_max=True))
def test_jitter_only_ever_lengthens_a_delay_and_within_its_bound(delay: float, jitter: float, chance: float) -> None:
    seconds = retry_delay_seconds(delay, 1, jitter, chance)
    assert delay <= seconds <= delay * (1 + jitter) or seconds == pytest.approx(delay * (1 + jitter))


def test_a_list_of_delays_repeats_its_last() -> None:
    assert [retry_delay_seconds([1, 5], retry, 0, 0) for retry in (1, 2, 3, 9)] == [1, 5, 5, 5]


def test_backing_off_doubles_up_to_its_maximum() -> None:
    delay = exponential_backoff(2, maximum_seconds=10)
    assert [delay(retry) for retry in (1, 2, 3, 4, 2000)] == [2, 4, 8, 10, 10]


@pytest.mark.parametrize("delay", [-1, [-1], lambda _retry: -0.5])
def test_a_delay_into_the_past_is_refused(delay: object) -> None:
    with pytest.raises(InvalidOption, match="is not valid"):
        retry_delay_seconds(delay, 1, 0, 0)  # type: ignore[arg-type]
    with pytest.raises(InvalidOption, match="above 0"):
        exponential_backoff(0)


@pytest.mark.parametrize(
    ("crash_retries", "deaths", "then"),
    [
        (1, "p", "again"),
        (1, "pp", "stays"),
        (1, "aa", "again"),
        (1, "ap", "again"),
        (1, "aap", "quarantined"),
        (0, "a", "stays"),
        (2, "pp", "again"),
        (2, "ppp", "quarantined"),
        (5, "ppppp", "again"),
        (5, "pppppp", "quarantined"),
    ],
)
def test_what_becomes_of_a_run_that_crashed(crash_retries: int, deaths: str, then: str) -> None:
    died = [{"p": Death.PROCESS, "a": Death.AGENT}[each] for each in deaths]
    assert after_crash(crash_retries, died) == AfterCrash(then)
