"""The command's streams and words in any encoding: that of a console, a pipe, a locale."""

from __future__ import annotations

import io
import os
import re
import sys
from codecs import lookup
from json import dumps

from armillary.core.errors import UsageError

_surrogates = re.compile("[\ud800-\udfff]")
_beyond_ascii = re.compile("[^\x00-\x7f]")


def prepare() -> None:
    """No character that is written makes a command fail: what a stream cannot encode is escaped, as ``\\xfc`` or ``\\u2713``.
    A stream that was closed before the command started is replaced by one that holds nothing."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  as long as the process lives
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
    elif isinstance(sys.stdin, io.TextIOWrapper):
        ascii_only = lookup(sys.stdin.encoding).name == "ascii"
        sys.stdin.reconfigure(encoding="utf-8" if ascii_only else None, errors="surrogateescape")


def argument(word: str) -> str:
    """A word of the command line as text. Where the locale has no letters beyond ASCII, Python leaves their bytes undecoded: right
    for the name of a file, and nothing that could be stored or sent. Raises UsageError for what is not UTF-8 either."""
    if not _surrogates.search(word) or os.path.exists(word) or os.path.exists(word.rpartition(":")[0]):
        return word
    try:
        return os.fsencode(word).decode()
    except UnicodeError:
        raise UsageError(
            f"The argument {word!r} is not valid text.", subject=word, advice="Write it in UTF-8."
        ) from None


def read_stdin() -> str:
    """All of stdin. Raises UsageError for bytes that are not in its encoding."""
    said = sys.stdin.read()
    if _surrogates.search(said):
        raise UsageError(f"What stdin holds is not valid {sys.stdin.encoding}.", subject="stdin")
    return said


def write_json(encoded: bytes) -> None:
    """JSON on stdout: as UTF-8, or with escapes where stdout has another encoding, so that it is valid for every reader."""
    if lookup(sys.stdout.encoding).name == "utf-8":
        sys.stdout.flush()
        sys.stdout.buffer.write(encoded)
    else:
        sys.stdout.write(_beyond_ascii.sub(lambda letter: dumps(letter[0])[1:-1], encoded.decode()))
    sys.stdout.flush()
