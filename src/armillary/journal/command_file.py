"""The file beside a journal to which others append commands for its owner, if no server is there to deliver them."""

from __future__ import annotations

import fcntl
import os
import struct
from zlib import crc32

from msgspec import DecodeError, msgpack

from armillary.core.errors import NotFound
from armillary.journal.commands import Command

_HEAD = struct.Struct("<II")
_encode = msgpack.Encoder().encode
_decode = msgpack.Decoder(Command).decode


def command_path(folder: str, journal_id: str) -> str:
    """The command file of a journal's owner."""
    return os.path.join(folder, f"{journal_id}.cmd")


def append_command(folder: str, journal_id: str, command: Command) -> None:
    """Append a command for the owner of a journal, which polls five times a second; one whose id is already there is not appended again.

    Writers take a lock; a frame torn by the death of an earlier writer is removed first. Raises :class:`NotFound` if the
    journal does not exist.
    """
    if not os.path.isdir(folder):
        raise NotFound(f"There is no journal folder {folder}.", subject=folder)
    body = _encode(command)
    frame = _HEAD.pack(len(body), crc32(body)) + body
    descriptor = os.open(command_path(folder, journal_id), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with os.fdopen(os.dup(descriptor), "rb") as file:
            bodies, sound = _frames(file.read())
        if any(each.command_id == command.command_id for each in _decoded(bodies)):
            return
        os.ftruncate(descriptor, sound)
        os.pwrite(descriptor, frame, sound)
    finally:
        os.close(descriptor)


def _frames(data: bytes) -> tuple[list[bytes], int]:
    """The whole frames at the start of ``data``, and where the last of them ends."""
    bodies: list[bytes] = []
    position = 0
    while position + _HEAD.size <= len(data):
        length, checksum = _HEAD.unpack_from(data, position)
        end = position + _HEAD.size + length
        body = data[position + _HEAD.size : end]
        if end > len(data) or crc32(body) != checksum:
            break
        bodies.append(body)
        position = end
    return bodies, position


def _decoded(bodies: list[bytes]) -> list[Command]:
    """Those that this release understands."""
    commands = []
    for body in bodies:
        try:
            commands.append(_decode(body))
        except DecodeError:
            continue
    return commands


class CommandReader:
    """The owner's reader of its command file: each command is read once, in order."""

    def __init__(self, folder: str, journal_id: str) -> None:
        self._path = command_path(folder, journal_id)
        self._position = 0

    def read_new(self) -> list[Command]:
        """Commands since the last call; costs one ``stat`` if there are none. A frame still being written is left for
        the next call; an unknown one is skipped."""
        try:
            if os.stat(self._path).st_size <= self._position:
                return []
            with open(self._path, "rb") as file:
                file.seek(self._position)
                bodies, length = _frames(file.read())
        except OSError:
            return []
        self._position += length
        return _decoded(bodies)

    def remove(self) -> None:
        """The owner has ended: delete the file."""
        try:
            os.unlink(self._path)
        except OSError:
            return
