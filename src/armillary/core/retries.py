"""How long a run waits before its next try."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from armillary.core.errors import InvalidOption

RetryDelay = float | int | Sequence[float] | Callable[[int], float]
"""Seconds; one per retry (the last one repeats); or a function of the retry's number, counted from 1."""


def exponential_backoff(base: float = 1.0, maximum_seconds: float = 3600.0) -> Callable[[int], float]:
    """A delay function that doubles: ``base`` seconds before the first retry, then 2, 4, 8, … times that.

    >>> [exponential_backoff(10)(retry) for retry in (1, 2, 3)]
    [10.0, 20.0, 40.0]
    """
    if base <= 0:
        raise InvalidOption(f"exponential_backoff(base={base!r}): the base is a number of seconds above 0.")

    def delay_seconds(retry: int) -> float:
        return min(float(base) * 2.0 ** min(retry - 1, 64), maximum_seconds)

    return delay_seconds


def retry_delay_seconds(delay: RetryDelay, retry: int, jitter_factor: float, chance: float) -> float:
    """Seconds to wait before retry number ``retry`` (from 1).

    ``jitter_factor`` spreads the delay evenly between itself and ``1 + jitter_factor`` times itself, placed by
    ``chance`` in [0, 1), which the caller draws.

    >>> retry_delay_seconds([1, 5], retry=3, jitter_factor=0.5, chance=0.5)
    6.25
    """
    if callable(delay):
        seconds = float(delay(retry))
    elif isinstance(delay, (int, float)):
        seconds = float(delay)
    else:
        seconds = float(delay[min(retry, len(delay)) - 1]) if delay else 0.0
    if seconds < 0:
        raise InvalidOption(
            f"A retry delay of {seconds} seconds is in the past.",
            advice="Give 0 or more.",
        )
    return seconds * (1.0 + jitter_factor * chance)
