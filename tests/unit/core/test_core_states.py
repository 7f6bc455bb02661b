"""States and the moves between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armillary.core.errors import InvalidState, ResultMissing, RunCancelled, RunCrashed, RunFailed, RunPaused
from armillary.core.rules.admission import Admission, admit
from armillary.core.rules.crash import after_owner_death
from armillary.core.states import (
    CANCELLED,
    CANCELLING,
    COMPLETED,
    CRASHED,
    FAILED,
    MOVES,
    NAMES,
    PAUSED,
    RUNNING,
    SCHEDULED,
    TERMINAL,
    TYPE_OF_NAME,
    State,
    StateType,
    can_move,
)

types = st.sampled_from(StateType)


def test_every_name_belongs_to_one_type() -> None:
    assert len(TYPE_OF_NAME) == sum(len(names) for names in NAMES.values())
    assert set(NAMES) == set(StateType) == set(MOVES) - {None}


@given(types)
def test_a_terminal_state_is_left_by_no_move(proposed: StateType) -> None:
    assert not any(can_move(current, proposed) for current in TERMINAL)


@given(types)
def test_every_living_state_can_crash_and_reach_an_end(current: StateType) -> None:
    if current not in TERMINAL:
        assert can_move(current, CRASHED)
        assert can_move(current, CANCELLED)


def test_a_run_on_its_way_to_cancelled_completes_no_more() -> None:
    assert not can_move(CANCELLING, COMPLETED)
    assert not can_move(CANCELLING, FAILED)


@given(st.lists(st.tuples(types, st.integers(1, 3)), max_size=40), st.integers(1, 3))
def test_no_sequence_of_events_leads_to_an_illegal_history(events: list[tuple[StateType, int]], attempt: int) -> None:
    current: StateType | None = None
    for proposed, event_attempt in events:
        verdict = admit(current, proposed, current_attempt=attempt, event_attempt=event_attempt)
        if event_attempt != attempt:
            assert verdict is Admission.FENCED
        elif verdict is Admission.APPLIES:
            assert proposed in MOVES[current]
            current = proposed
        else:
            assert proposed not in MOVES[current]


@given(types, types)
def test_a_presumed_crash_gives_way_to_what_was_legal_before_it(before: StateType, proposed: StateType) -> None:
    verdict = admit(CRASHED, proposed, current_attempt=1, event_attempt=1, before_crash=before)
    assert (verdict is Admission.APPLIES) == can_move(before, proposed)
    assert admit(CRASHED, proposed, current_attempt=1, event_attempt=1) is Admission.ILLEGAL


@given(types)
def test_what_a_dead_owner_leaves_is_a_legal_end(current: StateType) -> None:
    after = after_owner_death(current)
    if current in TERMINAL:
        assert after is None
    else:
        assert after is not None
        assert after[0] in TERMINAL
        assert can_move(current, after[0])


def test_a_cancelling_run_whose_owner_dies_is_cancelled() -> None:
    after = after_owner_death(CANCELLING)
    assert after is not None
    assert after[0] is CANCELLED


def test_a_state_takes_its_types_first_name_and_refuses_anothers() -> None:
    assert State(SCHEDULED).name == "Scheduled"
    with pytest.raises(InvalidState, match="Late"):
        State(RUNNING, "Late")
    with pytest.raises(InvalidState, match="Cached"):
        State(COMPLETED, "Cache")


@pytest.mark.parametrize("kind", StateType)
def test_a_state_answers_to_its_own_type_alone(kind: StateType) -> None:
    state = State(kind)
    says_yes = {other for other in StateType if getattr(state, f"is_{other.lower()}")()}
    assert says_yes == {kind}
    assert state.is_final() is (kind in TERMINAL)


def test_a_state_reads_as_people_write_it() -> None:
    assert str(State(COMPLETED, message="All states completed.")) == "Completed('All states completed.')"
    assert str(State(COMPLETED, "Cached")) == "Cached(type=COMPLETED)"


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (State(FAILED, message="no"), RunFailed),
        (State(CANCELLED), RunCancelled),
        (State(CRASHED), RunCrashed),
        (State(PAUSED), RunPaused),
        (State(RUNNING), ResultMissing),
    ],
)
def test_a_state_without_a_value_says_why(state: State, error: type[Exception]) -> None:
    with pytest.raises(error):
        state.result()


def test_a_failed_run_raises_its_own_exception_or_hands_it_over() -> None:
    failed = State(FAILED, data=ValueError("mine"))
    with pytest.raises(ValueError, match="mine"):
        failed.result()
    assert isinstance(failed.result(raise_on_failure=False), ValueError)
