"""Wrong tokens, counted."""

from __future__ import annotations

import pytest

from armillary.server.access.failures import FAILURES_BEFORE_WAITING, Failures
from armillary.server.problems import WAITING_SECONDS, TooManyFailures


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def failed_often(clock: Clock) -> Failures:
    failures = Failures(clock)
    for _ in range(FAILURES_BEFORE_WAITING):
        failures.check("192.0.2.1")
        failures.count("192.0.2.1")
    return failures


def test_an_address_waits_after_some_wrong_tokens_and_others_do_not() -> None:
    failures = failed_often(Clock())
    with pytest.raises(TooManyFailures, match="from this address"):
        failures.check("192.0.2.1")
    failures.check("192.0.2.2")


def test_the_wait_ends() -> None:
    clock = Clock()
    failures = failed_often(clock)
    clock.now += WAITING_SECONDS
    failures.check("192.0.2.1")
    failures.count("192.0.2.1")
    with pytest.raises(TooManyFailures):
        failures.check("192.0.2.1")


def test_after_a_quiet_while_the_count_begins_anew() -> None:
    clock = Clock()
    failures = failed_often(clock)
    clock.now += WAITING_SECONDS + 1
    failures.count("192.0.2.1")
    failures.check("192.0.2.1")


def test_a_flood_of_addresses_takes_bounded_memory() -> None:
    failures = failed_often(Clock())
    for number in range(10_000):
        failures.count(f"2001:db8::{number:x}")
    failures.check("192.0.2.1")  # the oldest is forgotten
