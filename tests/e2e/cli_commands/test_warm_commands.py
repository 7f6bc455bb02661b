"""A command that a warm process has forked is not to be told from one that was started by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

import warm_commands
from warm_commands import WarmCommand

from .conftest import Armillary

LOOKS = r"""
import atexit, json, os, signal, sys, threading, time

main = sys.modules["__main__"]
print(json.dumps({
    "words": [sys.argv, sys.path, sys.flags],
    "main": [main.__name__, main.__file__, main.__spec__.name],
    "surroundings": [os.getcwd(), dict(os.environ), time.tzname, os.getpgrp(), os.getsid(0), os.umask(0o22)],
    "signals": [str(signal.getsignal(each)) for each in signal.valid_signals()],
    "held": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
    "descriptors": sorted(os.listdir("/proc/self/fd")),
    "threads": [str(each.name) for each in threading.enumerate()],
    "streams": [
        [each.encoding, each.errors, each.line_buffering, each.write_through, each.isatty(), each.seekable(), each.fileno()]
        for each in (sys.stdin, sys.stdout, sys.stderr, sys.__stdout__)
    ],
}, indent=1))
atexit.register(print, "at exit")
threading.Thread(target=lambda: (time.sleep(0.2), print("a thread ends"))).start()
"""
COMMANDS = {
    "a version": ("version",),
    "the help": ("--help",),
    "help of a noun": ("flow-run", "--help"),
    "no words": (),
    "an unknown noun": ("nothing",),
    "an unknown verb": ("flow-run", "nothing"),
    "a list": ("flow-run", "ls"),
    "a list as JSON": ("flow-run", "ls", "-o", "json"),
    "the log of a run": ("flow-run", "logs", "FAILED"),
    "a run that nobody knows": ("flow-run", "inspect", "nobody"),
    "settings": ("config", "view"),
    "something on stdin": ("variable", "set", "given", "-", "--overwrite"),
    "all that a command can see": ("run", "looks.py:nothing"),
    "a flow that is not there": ("run", "flows.py:nothing"),
    "a file that cannot be read": ("deployment", "create", "broken.py"),
}


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_both_say_the_same(words: tuple[str, ...], filled: Armillary) -> None:
    (filled.folder / "looks.py").write_text(LOOKS)
    (filled.folder / "broken.py").write_text("1 / 0\n")
    words = tuple(filled.failed["name"] if word == "FAILED" else word for word in words)
    environment = {**filled.environment, "TZ": "Asia/Kathmandu", "GREETING": "grüß Gott \udcff"}
    by_itself = subprocess.run(
        [sys.executable, "-m", "armillary", *words],
        input="naïve\n✓\n",
        capture_output=True,
        text=True,
        cwd=filled.folder,
        env=environment,
        timeout=120,
        check=False,
    )
    warm = warm_commands.run(words, env=environment, cwd=filled.folder, given="naïve\n✓\n", code=None)
    assert (warm.stdout, warm.stderr, warm.returncode) == (by_itself.stdout, by_itself.stderr, by_itself.returncode)


def test_nothing_of_a_command_is_left_for_the_next(filled: Armillary) -> None:
    (filled.folder / "looks.py").write_text(LOOKS)
    before = filled("run", "looks.py:nothing", code=3)
    filled("variable", "ls", MORE="more", TZ="Asia/Kathmandu", ARMILLARY_HOME=str(filled.folder / "another"))
    assert filled("run", "looks.py:nothing", code=3) == before


def test_a_relative_home_is_in_the_folder_of_the_command(filled: Armillary) -> None:
    filled("variable", "set", "near", "1", ARMILLARY_HOME="near")
    assert (filled.folder / "near").is_dir()


def test_a_command_that_does_not_end_is_killed(filled: Armillary) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        warm_commands.run(("run", "flows.py:napper"), env=filled.environment, cwd=filled.folder, timeout=1)
    theirs, ours = os.pipe()
    waits = WarmCommand(
        ("variable", "set", "given", "-"), env=filled.environment, stdin=theirs, stdout=ours, stderr=ours
    )
    waits.kill()
    assert waits.wait() == -signal.SIGKILL
    os.close(theirs)
    os.close(ours)
