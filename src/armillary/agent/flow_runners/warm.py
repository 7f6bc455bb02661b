"""Interpreters started ahead, so that a run starts without waiting for imports.

Each has imported Armillary and the module of one flow, from a copy of the project that is its own, and runs exactly one run. Nothing is
ever forked from it: libraries that start threads at import, as many numeric ones do, work as in any fresh process.
"""

from __future__ import annotations

from threading import Lock, Timer
from time import monotonic
from typing import NamedTuple

from armillary.agent.flow_runners.environment import Environment
from armillary.agent.flow_runners.interpreter import Interpreter
from armillary.agent.flow_runners.orphan_watch import OrphanWatch
from armillary.agent.order import Preparation
from armillary.agent.projects import Projects

IDLE_SECONDS = 900.0
AHEAD_SECONDS = 1.0
"""How long after a run has begun the next interpreter is started: the run itself goes first."""


class Key(NamedTuple):
    """What an interpreter can run: the same code, in the same environment."""

    environment: Environment
    project_hash: str
    entrypoint: str


class _WarmInterpreter(NamedTuple):
    interpreter: Interpreter
    root: str
    since: float


class WarmInterpreters:
    """At most ``most`` at a time, each for fifteen minutes; the oldest is evicted first."""

    def __init__(self, most: int, projects: Projects, watch: OrphanWatch) -> None:
        self._most = most
        self._projects = projects
        self._watch = watch
        self._lock = Lock()
        self._warm: dict[Key, _WarmInterpreter] = {}
        self._wanted: set[Key] = set()
        self._over = False

    def take(self, key: Key) -> tuple[Interpreter, str] | None:
        """An interpreter and its copy's root; None if none is ready, or its module cannot be imported: the run itself then
        reports why."""
        with self._lock:
            warm = self._warm.pop(key, None)
        if warm is None:
            return None
        if warm.interpreter.is_alive:
            return warm.interpreter, warm.root
        self._end(warm)
        return None

    def prepare(self, key: Key, *, later: bool) -> None:
        """Start one for the next run: at once, or once the current run has started."""
        if not self._most or self._over:
            return
        if later:
            timer = Timer(AHEAD_SECONDS, self._start, (key,))
            timer.daemon = True
            timer.start()
        else:
            self._start(key)

    def close(self) -> None:
        with self._lock:
            self._over = True
            warm, self._warm = list(self._warm.values()), {}
        for each in warm:
            self._end(each)

    def _start(self, key: Key) -> None:
        with self._lock:
            if self._over or key in self._warm or key in self._wanted:
                return
            self._wanted.add(key)
        try:
            root = self._projects.copy(key.project_hash)
            interpreter = Interpreter(key.environment, Preparation(key.entrypoint, root), self._watch)
        except OSError:  # a run that needs it will report this
            with self._lock:
                self._wanted.discard(key)
            return
        with self._lock:
            self._wanted.discard(key)
            old = [each for each, warm in self._warm.items() if monotonic() - warm.since > IDLE_SECONDS]
            old += [each for each in self._warm if each not in old][
                : max(0, len(self._warm) - len(old) - self._most + 1)
            ]
            gone = [self._warm.pop(each) for each in old]
            warm = _WarmInterpreter(interpreter, root, monotonic())
            if self._over:
                gone.append(warm)
            else:
                self._warm[key] = warm
        for each in gone:
            self._end(each)

    def _end(self, warm: _WarmInterpreter) -> None:
        warm.interpreter.dismiss()
        self._projects.remove(warm.root)
