"""For how long an agent may be sure of its runs."""

from __future__ import annotations

from armillary.agent.lease import Lease, clock


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def registered(now: Clock) -> Lease:
    lease = Lease(15, now)
    lease.begin()
    lease.renew(now())
    return lease


def test_two_thirds_of_the_lease_are_certain_counted_from_when_the_heartbeat_was_sent() -> None:
    now = Clock()
    lease = registered(now)
    sent = now.now = 1003.0
    now.now = 1009.0
    assert lease.covers(lease.registration)
    lease.renew(sent)  # answered only now
    now.now = 1012.9
    assert lease.covers(lease.registration)
    now.now = 1013.1
    assert not lease.covers(lease.registration)


def test_an_answer_that_comes_late_does_not_set_the_lease_back() -> None:
    now = Clock()
    lease = registered(now)
    lease.renew(1005.0)
    lease.renew(1001.0)
    now.now = 1014.9
    assert lease.covers(lease.registration)


def test_nothing_given_before_a_registration_is_certain_even_when_its_answer_was_lost() -> None:
    now = Clock()
    lease = registered(now)
    before = lease.registration
    lease.begin()
    assert not lease.covers(before)
    lease.renew(now())
    assert not lease.covers(before)
    assert lease.covers(lease.registration)


def test_nothing_is_certain_before_the_first_registration() -> None:
    lease = Lease(15)
    assert not lease.covers(lease.registration)


def test_the_clock_does_not_go_back() -> None:
    assert clock() <= clock()
