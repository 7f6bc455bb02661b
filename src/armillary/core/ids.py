"""Run ids: UUIDv7, made by the client, ordered by creation time (RFC 9562, section 5.7).

An id is kept as its canonical 36-character text everywhere: that is what journals, URLs and people use. Within one
generator ids strictly increase, so the order of ids is the order of creation even inside a millisecond.
"""

from __future__ import annotations

from collections.abc import Callable

try:  # the bare module: hashlib would load OpenSSL, 3 ms of every start
    from _md5 import md5 as md5  # type: ignore[import-not-found, unused-ignore]  # not in typeshed
except ImportError:
    from hashlib import md5 as md5

_RANDOM_BITS = 74
_RANDOM_MASK = (1 << _RANDOM_BITS) - 1
_STEP_BITS = 32
_FLOW_NAMESPACE = b"armillary.flow:"


class IdGenerator:
    """Makes increasing UUIDv7 texts from a clock and a source of random bits.

    ``clock_ms()`` is milliseconds since the epoch; ``random_bits(n)`` is an integer of ``n`` random bits. Both are
    given by the caller, so that tests can replay them and a forked child can bring a fresh source. Two threads may call
    one generator: a lost race costs randomness, never uniqueness, because each call draws its own random step.
    """

    __slots__ = ("_clock_ms", "_last", "_random_bits")

    def __init__(self, clock_ms: Callable[[], int], random_bits: Callable[[int], int]) -> None:
        self._clock_ms = clock_ms
        self._random_bits = random_bits
        self._last = 0

    def __call__(self) -> str:
        draw = (self._clock_ms() << _RANDOM_BITS) | self._random_bits(_RANDOM_BITS)
        if draw <= self._last:
            draw = self._last + 1 + self._random_bits(_STEP_BITS)
        self._last = draw
        return _as_text(draw)


def _as_text(draw: int) -> str:
    milliseconds = draw >> _RANDOM_BITS
    random = draw & _RANDOM_MASK
    value = (milliseconds << 80) | (0x7 << 76) | ((random >> 62) << 64) | (0b10 << 62) | (random & ((1 << 62) - 1))
    return _dashed(f"{value:032x}")


def _dashed(text: str) -> str:
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def flow_id(name: str) -> str:
    """The id of the flow of that name: a name-based UUID (version 3), the same in every process.

    >>> flow_id("pipeline")
    '3881c130-01d1-31ce-8cb1-f91ead4f8493'
    """
    digest = int.from_bytes(md5(_FLOW_NAMESPACE + name.encode("utf-8", "surrogatepass")).digest(), "big")
    value = digest & ~(0xF << 76) & ~(0b11 << 62) | (0x3 << 76) | (0b10 << 62)
    return _dashed(f"{value:032x}")
