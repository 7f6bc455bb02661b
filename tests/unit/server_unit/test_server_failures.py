"""Wrong tokens, counted."""

from __future__ import annotations

import asyncio

from armillary.server.access.failures import FAILURES_BEFORE_WAITING, FORGOTTEN_SECONDS, MOST_WAITING, Failures


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def failed_often(clock: Clock) -> Failures:
    failures = Failures(clock)
    assert not any(failures.count("192.0.2.1") for _ in range(FAILURES_BEFORE_WAITING))
    return failures


def test_after_some_wrong_tokens_the_refusals_of_their_address_come_later_and_no_others() -> None:
    failures = failed_often(Clock())
    assert failures.count("192.0.2.1")
    assert not failures.count("192.0.2.2")


def test_after_a_quiet_while_the_count_begins_anew() -> None:
    clock = Clock()
    failures = failed_often(clock)
    clock.now += FORGOTTEN_SECONDS + 1
    assert not failures.count("192.0.2.1")


def test_a_flood_of_addresses_takes_bounded_memory() -> None:
    failures = failed_often(Clock())
    for number in range(10_000):
        failures.count(f"2001:db8::{number:x}")
    assert not failures.count("192.0.2.1"), "it was the oldest"


def test_only_so_many_refusals_wait_and_the_others_come_at_once() -> None:
    async def refused() -> tuple[int, int]:
        failures = failed_often(Clock())
        waiting = [asyncio.create_task(failures.slow_down("192.0.2.1")) for _ in range(MOST_WAITING)]
        await asyncio.sleep(0)
        more = [asyncio.create_task(failures.slow_down("192.0.2.1")) for _ in range(50)]
        await asyncio.sleep(0)
        at_once = sum(each.done() for each in more), sum(each.done() for each in waiting)
        await asyncio.gather(*waiting, *more)
        return at_once

    assert asyncio.run(refused()) == (50, 0)
