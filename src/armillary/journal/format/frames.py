"""The frame: what one append writes, whole or not at all.

A frame is ``length:u32 · crc32:u32 · body``, both numbers little-endian, the checksum over the body. A length of zero
is never written, so that a stretch of zeroes, which a power cut may leave, is not read as empty frames.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from zlib import crc32

PREFIX_BYTES = 8
MAX_BODY_BYTES = 64 * 1024 * 1024
"""A greater length on disk is damage; a greater event is refused before it is written."""

pack_prefix = Struct("<II").pack
unpack_prefix = Struct("<II").unpack_from


def pack(body: bytes) -> bytes:
    """The frame of ``body``, 1 to ``MAX_BODY_BYTES`` long.

    >>> pack(b"abc").hex(" ")
    '03 00 00 00 c2 41 24 35 61 62 63'
    """
    return pack_prefix(len(body), crc32(body)) + body


def frame_end(data: bytes | memoryview, start: int) -> int:
    """Where the complete, valid frame at ``start`` ends, or -1 if there is none."""
    body_start = start + PREFIX_BYTES
    if body_start > len(data):
        return -1
    length, checksum = unpack_prefix(data, start)
    end: int = body_start + length
    if not 0 < length <= MAX_BODY_BYTES or end > len(data) or crc32(data[body_start:end]) != checksum:
        return -1
    return end


def unpack(data: bytes | memoryview, start: int = 0) -> Iterator[tuple[bytes, int]]:
    """Each valid frame's body and end, from ``start`` up to the first that is torn or damaged."""
    view = memoryview(data)
    while (end := frame_end(view, start)) > 0:
        yield bytes(view[start + PREFIX_BYTES : end]), end
        start = end
