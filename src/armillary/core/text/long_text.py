"""Truncation of long texts. Loaded by every run, so it imports nothing."""

LONGEST_MESSAGE = 1 << 20
"""Characters of a log line that are recorded."""

LONGEST_REASON = 10_000
"""Characters of an exception in a state's message, which listings repeat; the log has its traceback."""


def cut(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """The first ``longest`` characters, and how many more there were.

    >>> cut("abcdef", longest=4)
    'abcd … (2 more characters are not recorded)'
    """
    if len(text) <= longest:
        return text
    return f"{text[:longest]} … ({len(text) - longest:,} more characters are not recorded)"
