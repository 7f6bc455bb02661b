"""Is an output what the documentation shows?

Times, durations, ids and ports differ from run to run, so any of the same form will do. A run's random name stands for one
name: the first time it is shown it may be any, from then on it is that one. ``…`` stands for any text, on a line of its own
for any lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

NAMES = ("bright-falcon", "calm-otter", "swift-heron", "merry-lynx", "quiet-badger", "bold-finch")
"""Names of runs in the documentation, in order of appearance on a page."""

_CHANGING = (
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?",
    r"\d{4}-\d\d-\d\d",
    r"\d\d:\d\d:\d\d(?:\.\d+)?",
    r"\d+(?:\.\d+)? (?:ms|s|µs|min|KiB|MiB|GiB|kB|MB|GB)\b",
    r"[0-9a-f]{8}(?:…|(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})",
    r"127\.0\.0\.1:\d+",
    r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b",
    r"\bCES?T\b",
)
_PIECES = re.compile(rf"(?P<changing>{'|'.join(_CHANGING)})|(?P<name>{'|'.join(NAMES)})|(?P<any>…)|(?P<space>\s+)")


def matches(shown: Sequence[str], output: str, names: dict[str, str], *, anywhere: bool = False) -> bool:
    """Whether ``output`` is what is shown, or with ``anywhere`` has it in it. Learns the names of runs when it is."""
    named: set[str] = set()
    lines = list(shown)
    while lines and not lines[-1].strip():
        lines.pop()
    pattern = "".join(
        "(?:.*\n)*?" if line.strip() == "…" else _line(line.strip(), names, named) + "\n" for line in lines
    )
    if lines and lines[-1].strip() == "…":
        pattern = pattern.removesuffix("?")
    text = "".join(re.sub(r"\s+", " ", line).strip() + "\n" for line in output.rstrip().splitlines())
    found = re.search(f"^{pattern}", text, re.MULTILINE) if anywhere else re.fullmatch(pattern, text)
    if found is None:
        return False
    names.update((name.replace("_", "-"), value) for name, value in found.groupdict().items())
    return True


def _line(line: str, names: dict[str, str], named: set[str]) -> str:
    made = ""
    at = 0
    for piece in _PIECES.finditer(line):
        made += re.escape(line[at : piece.start()])
        at = piece.end()
        text = piece.group()
        if piece.lastgroup == "any":
            made += ".*"
        elif piece.lastgroup == "space":
            made += " "
        elif piece.lastgroup == "changing":
            made += "(?:" + next(form for form in _CHANGING if re.fullmatch(form, text)) + ")"
        elif text in names:
            made += re.escape(names[text])
        else:
            group = text.replace("-", "_")
            made += f"(?P={group})" if text in named else rf"(?P<{group}>[a-z]+-[a-z]+)"
            named.add(text)
    return made + re.escape(line[at:])
