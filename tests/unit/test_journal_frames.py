"""Frames, torn and damaged at any byte."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from armillary.journal.format.frames import PREFIX_BYTES, pack, unpack
from armillary.journal.format.segment import without_pieces

bodies = st.lists(st.binary(min_size=1, max_size=60), max_size=8)


@given(bodies)
def test_what_was_packed_is_unpacked(said: list[bytes]) -> None:
    assert [body for body, _end in unpack(b"".join(map(pack, said)))] == said


@given(bodies, st.data())
def test_a_torn_file_holds_the_frames_before_the_tear(said: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(map(pack, said))
    torn = whole[: data.draw(st.integers(0, len(whole)))]
    found = [body for body, _end in unpack(torn)]
    assert found == said[: len(found)]
    assert sum(len(body) + PREFIX_BYTES for body in said[: len(found) + 1]) > len(torn) or len(found) == len(said)


@given(bodies.filter(bool), st.data())
def test_a_changed_byte_is_never_read_as_something_else(said: list[bytes], data: st.DataObject) -> None:
    whole = bytearray(b"".join(map(pack, said)))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    found = [body for body, _end in unpack(bytes(whole))]
    assert found == said[: len(found)]
    assert len(found) < len(said)


@given(bodies, st.lists(st.tuples(st.binary(min_size=1, max_size=60), st.floats(0, 1, exclude_max=True)), max_size=3))
def test_pieces_are_cut_out_and_whole_frames_stay(said: list[bytes], lost: list[tuple[bytes, float]]) -> None:
    pieces = [pack(body)[: 1 + int(share * (len(body) + PREFIX_BYTES - 1))] for body, share in lost]
    pieces = [piece for (body, _), piece in zip(lost, pieces, strict=True) if len(piece) < len(body) + PREFIX_BYTES]
    frames = [pack(body) for body in said]
    mixed = b"".join(frames[: len(frames) // 2] + pieces + frames[len(frames) // 2 :])
    left = without_pieces(mixed, pieces)
    # A piece may begin as a frame beside it does; then what is left is refused rather than guessed.
    assert left in (b"".join(frames), None)
