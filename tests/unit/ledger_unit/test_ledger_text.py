"""Ids, names, times and texts as the ledger takes them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armillary.clock import to_datetime, to_us
from armillary.ledger.database.checks import clean, is_count, is_id, is_time
from armillary.ledger.querying.text_match import id_bounds

WHOLE = "0190163d-8694-739b-aea5-966c26f8ad91"


@given(st.uuids(), st.integers(1, 36))
def test_an_id_lies_within_the_bounds_of_each_of_its_beginnings(each: object, length: int) -> None:
    prefix = str(each)[:length]
    bounds = id_bounds(prefix)
    assert bounds is not None
    assert bounds[0] <= str(each) <= bounds[1]
    assert all(is_id(bound) for bound in bounds)


@pytest.mark.parametrize("prefix", ["", "-", "xyz", "0190163g", WHOLE + "0", "٣"])
def test_what_no_id_begins_with_has_no_bounds(prefix: str) -> None:
    assert id_bounds(prefix) is None


def test_a_whole_id_has_itself_as_both_bounds() -> None:
    assert id_bounds(WHOLE.upper().replace("-", "")) == (WHOLE, WHOLE)


@pytest.mark.parametrize("text", ["", WHOLE[:-1], WHOLE + "\n", WHOLE.upper(), WHOLE.replace("-", ""), "' OR 1=1 --"])
def test_only_canonical_ids_are_ids(text: str) -> None:
    assert is_id(WHOLE)
    assert not is_id(text)


@given(st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)))
def test_times_keep_their_microseconds_there_and_back(when: datetime) -> None:
    assert to_datetime(to_us(when)) == when
    assert is_time(to_us(when))


def test_times_and_counts_beyond_their_columns_are_told() -> None:
    assert not is_time(-1) and not is_time(2**62)
    assert is_count(2**31 - 1) and not is_count(2**31) and not is_count(-1)
    assert to_datetime(253_402_300_799_999_999).year == 9999


def test_text_loses_nothing_but_nul() -> None:
    assert clean("naïve \n text") == "naïve \n text"
    assert clean("a\x00b") == "a\ufffdb"
