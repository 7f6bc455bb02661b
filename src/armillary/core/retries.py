"""How long a run waits before its next try."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from armillary.core.errors import InvalidOption

Delay = float | timedelta
RetryDelay = Delay | Sequence[Delay] | Callable[[int], Delay]
"""Seconds or a timedelta; one per retry (the last one repeats); or a function of the retry's number, counted from 1."""

LONGEST_SECONDS = 366 * 24 * 3600.0
"""No delay is longer, jitter included."""


def checked_seconds(value: Any) -> float:
    """A delay as seconds: a finite number or timedelta from 0 to :data:`LONGEST_SECONDS`. Raises InvalidOption.

    >>> checked_seconds(timedelta(minutes=1))
    60.0
    """
    if isinstance(value, timedelta):
        value = value.total_seconds()
    try:
        seconds = None if isinstance(value, (bool, str, bytes, bytearray)) else float(value)
    except (TypeError, ValueError, OverflowError):
        seconds = None
    if seconds is None or not 0 <= seconds <= LONGEST_SECONDS:
        raise InvalidOption(
            f"A retry delay of {value!r} is not valid.",
            subject="retry_delay_seconds",
            advice=f"Give a number of seconds from 0 to {LONGEST_SECONDS:.0f} (366 days), or a timedelta.",
        )
    return seconds


def exponential_backoff(base: float = 1.0, maximum_seconds: float = 3600.0) -> Callable[[int], float]:
    """A delay function that doubles: ``base`` seconds before the first retry, then 2, 4, 8, … times that, up to
    ``maximum_seconds``.

    >>> [exponential_backoff(10)(retry) for retry in (1, 2, 3)]
    [10.0, 20.0, 40.0]
    """
    for name, value in (("base", base), ("maximum_seconds", maximum_seconds)):
        try:
            valid = checked_seconds(value) > 0
        except InvalidOption:
            valid = False
        if not valid:
            raise InvalidOption(
                f"exponential_backoff({name}={value!r}) is not valid.",
                subject=name,
                advice=f"Give a number of seconds above 0, at most {LONGEST_SECONDS:.0f} (366 days).",
            )

    def delay_seconds(retry: int) -> float:
        return min(float(base) * 2.0 ** min(retry - 1, 64), maximum_seconds)

    return delay_seconds


def retry_delay_seconds(delay: RetryDelay, retry: int, jitter_factor: float, chance: float) -> float:
    """Seconds to wait before retry number ``retry`` (from 1).

    ``jitter_factor`` spreads the delay evenly between itself and ``1 + jitter_factor`` times itself, placed by
    ``chance`` in [0, 1), which the caller draws. Raises InvalidOption for what a function returned.

    >>> retry_delay_seconds([1, 5], retry=3, jitter_factor=0.5, chance=0.5)
    6.25
    """
    if callable(delay):
        seconds = checked_seconds(delay(retry))
    elif isinstance(delay, Sequence) and not isinstance(delay, str):
        seconds = checked_seconds(delay[min(retry, len(delay)) - 1]) if delay else 0.0
    else:
        seconds = checked_seconds(delay)
    return min(seconds * (1.0 + jitter_factor * chance), LONGEST_SECONDS)
