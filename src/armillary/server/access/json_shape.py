"""How deep and how wide a JSON body may be, found out before anything parses it.

A parser builds an object for each key and goes down a call for each bracket, so a few megabytes that are cheap to send can be
dear to read. Strings are skipped, so what they hold counts for nothing; what is no JSON at all is the parser's to refuse.
"""

from __future__ import annotations

import re

from armillary.core.errors import ArmillaryError, InvalidOption, TooLarge

DEEPEST = 100
MOST_PARTS = 200_000

_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]|:', re.DOTALL)


def refusal(body: bytes) -> ArmillaryError | None:
    """What is wrong with the shape of a body: too deep, or too many objects, lists and keys. None when it may be parsed.

    >>> refusal(b'{"a": [1, 2]}') is None
    True
    >>> refusal(b"[" * 101 + b"]" * 101)
    InvalidOption('A request body is nested 100 levels deep at most.')
    """
    opened = body.count(b"{") + body.count(b"[")
    if opened <= DEEPEST and opened + body.count(b":") <= MOST_PARTS:
        return None  # whatever is in strings, it cannot be more than this
    depth = parts = 0
    for token in _TOKENS.finditer(body):
        first = body[token.start()]
        if first == 0x22:
            continue
        if first in b"]}":
            depth -= 1
            continue
        parts += 1
        if first != 0x3A:
            depth += 1
        if depth > DEEPEST:
            return InvalidOption(f"A request body is nested {DEEPEST} levels deep at most.", subject="body")
        if parts > MOST_PARTS:
            return TooLarge(f"A request body has {MOST_PARTS:,} objects, lists and keys at most.", subject="body")
    return None
