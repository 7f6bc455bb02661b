"""Talking to the person: on stderr, so that stdout stays data. Questions are only asked where somebody can answer."""

from __future__ import annotations

import os
import sys
from traceback import format_exception

from armillary.cli.terminal.exits import FAILED
from armillary.core.errors import ArmillaryError, FileRaised, UsageError
from armillary.core.text.terminal_text import terminal_text


def say(sentence: str) -> None:
    print(shown(sentence, sys.stderr), file=sys.stderr)


def hint(sentence: str) -> None:
    say(f"{_painted('hint', '36')}: {sentence}")


def warn(sentence: str) -> None:
    say(f"{_painted('warning', '33')}: {sentence}")


def complain(error: ArmillaryError) -> None:
    """The error's sentence, and below it what to do next; above it, where a file of the person's raised, how that came."""
    if isinstance(error, FileRaised) and error.__cause__ is not None:
        sys.stderr.write(shown("".join(format_exception(error.__cause__, chain=True)), sys.stderr))
    say(f"{_painted('error', '31')}: {error.message}")
    if error.advice:
        hint(error.advice)


def confirm(question: str, yes: bool) -> None:
    """Go on only when ``--yes`` was given or the person says so; a no ends the command. Raises UsageError where nobody can
    be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{question} Cannot prompt: stdin is not a terminal.", advice="Give --yes to do it.")
    if not asked(question):
        say("Nothing was changed.")
        raise SystemExit(FAILED)


def asked(question: str) -> bool:
    """Whether the person says so. Only for where somebody can answer."""
    sys.stderr.write(shown(f"{question} [y/N] ", sys.stderr))
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _painted(word: str, colour: str) -> str:
    return f"\x1b[{colour}m{word}\x1b[0m" if paints(sys.stderr) else word


def shown(text: str, stream: object) -> str:
    """Text that may come from a run, for that stream: a terminal gets its colours and nothing else that would steer it, a pipe gets it
    as it is."""
    return terminal_text(text) if _is_terminal(stream) else text


def paints(stream: object) -> bool:
    """Whether a stream is a terminal that wants colours (https://no-color.org)."""
    return not os.environ.get("NO_COLOR") and _is_terminal(stream)


def _is_terminal(stream: object) -> bool:
    isatty = getattr(stream, "isatty", None)
    return isatty is not None and bool(isatty())
