"""Questions, on stderr, and their answers: only where somebody sits at a terminal."""

from __future__ import annotations

import sys
from getpass import getpass

from armillary.cli.terminal.messages import say
from armillary.core.errors import UsageError


def ask(question: str, *, flag: str, default: str = "", needed: bool = True, hidden: bool = False) -> str:
    """The answer, or ``default`` where it is empty; asked again until there is one that is ``needed``. Raises UsageError naming
    the ``flag`` where nobody can be asked."""
    if not sys.stdin.isatty():
        raise UsageError(f"{question}: cannot prompt, stdin is not a terminal.", subject=flag, advice=f"Give {flag}.")
    shown = f" [{default}]" if default else ""
    while True:
        said = _hidden(f"{question}{shown}: ") if hidden else _line(f"{question}{shown}: ")
        if said or default or not needed:
            return said or default


def ask_number(question: str, count: int) -> int:
    """A number from 0 to below ``count``."""
    while True:
        said = ask(question, flag="--type")
        if said.isdigit() and int(said) < count:
            return int(said)
        say(f"Give a number from 0 to {count - 1}.")


def _line(prompt: str) -> str:
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise UsageError("Unexpected end of input.", subject="stdin")
    return line.strip()


def _hidden(prompt: str) -> str:
    return getpass(prompt, sys.stderr).strip()
