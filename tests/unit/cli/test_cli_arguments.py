"""What people type becomes values, or an error that says what would have been right."""

from __future__ import annotations

from datetime import timedelta

import pytest

from armillary.cli.terminal.arguments import age, level, parameters, states
from armillary.core.errors import InvalidOption
from armillary.core.states import COMPLETED, FAILED, RUNNING


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("3.5", 3.5),
        ("true", True),
        ("null", None),
        ('{"a": [1]}', {"a": [1]}),
        ('"3"', "3"),
        ("hello world", "hello world"),
        ("", ""),
        ("a=b", "a=b"),
        ("[1", "[1"),
    ],
)
def test_a_parameter_is_json_or_else_text(text: str, value: object) -> None:
    assert parameters([f"x={text}"]) == {"x": value}


@pytest.mark.parametrize("pair", ["msg", "=1", "not a name=1", "1x=2"])
def test_what_is_no_parameter_is_refused(pair: str) -> None:
    with pytest.raises(InvalidOption, match="--param name=value"):
        parameters([pair])


def test_a_parameter_given_twice_is_refused() -> None:
    with pytest.raises(InvalidOption, match="twice"):
        parameters(["x=1", "x=2"])


def test_states_are_told_apart_from_their_names_in_any_case() -> None:
    assert states(["failed", "RUNNING"]) == ([FAILED, RUNNING], None)
    assert states(["Completed", "notready", "TimedOut"]) == ([COMPLETED], ["NotReady", "TimedOut"])
    assert states([]) == (None, None)


def test_a_misspelt_state_is_put_right() -> None:
    with pytest.raises(InvalidOption, match="Did you mean 'Crashed'"):
        states(["crased"])


@pytest.mark.parametrize(
    ("text", "value"),
    [("30d", timedelta(30)), ("12H", timedelta(hours=12)), ("2 w", timedelta(14)), ("0s", timedelta())],
)
def test_ages_carry_their_unit(text: str, value: timedelta) -> None:
    assert age(text) == value


@pytest.mark.parametrize("text", ["30", "d", "-1d", "1.5d", "1y", "9999999d", "999999w", ""])
def test_what_is_no_age_is_refused(text: str) -> None:
    with pytest.raises(InvalidOption, match="30d is thirty days"):
        age(text)


def test_levels_are_names_or_numbers() -> None:
    assert (level("Warning"), level("25")) == (30, 25)
    with pytest.raises(InvalidOption, match="Did you mean 'ERROR'"):
        level("eror")
    with pytest.raises(InvalidOption, match="no log level"):
        level("9" * 20)
