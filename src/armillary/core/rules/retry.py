"""Whether a failed run is retried."""

from __future__ import annotations

from typing import NamedTuple

from armillary.core.retries import RetryDelay, retry_delay_seconds


class RetryPolicy(NamedTuple):
    """``retries`` is how many tries may follow the first; see :mod:`armillary.core.retries` for the delays."""

    retries: int = 0
    delay: RetryDelay = 0
    jitter_factor: float = 0.0


NEVER = RetryPolicy()


def retry_in_seconds(policy: RetryPolicy, run_count: int, wanted: bool, chance: float) -> float | None:
    """Seconds until the next try of a run that failed its ``run_count``-th try, or None when it stays failed.

    ``wanted`` is the result of the user's retry condition, True without one.

    >>> retry_in_seconds(RetryPolicy(retries=1, delay=5), run_count=1, wanted=True, chance=0.0)
    5.0
    """
    if run_count > policy.retries or not wanted:
        return None
    return retry_delay_seconds(policy.delay, run_count, policy.jitter_factor, chance)
