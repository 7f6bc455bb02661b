"""Slots of limited tags: a task run starts once it has one of each, and holds nothing while it waits.

The engine does not know where slots are stored: it gets a :class:`SlotProvider`. A run that finds none left becomes PENDING
``AwaitingSlot`` and is queued. One thread serves the queue in order of arrival: at once when this process releases
a slot, and five times a second for those that others release. A run below one that holds a tag's slot
needs none itself, or the two would deadlock.

A run without tags, or in a home without limits, pays nothing for this.
"""

from __future__ import annotations

import os
from threading import Condition, Thread
from typing import TYPE_CHECKING, Protocol

from armillary.core.errors import ArmillaryError
from armillary.core.states import PENDING
from armillary.engine.output.logs import INFO, WARNING, say
from armillary.engine.runs.task_execution import TaskExecution
from armillary.engine.waiting.timers import timers

if TYPE_CHECKING:
    pass

LOOK_EVERY_SECONDS = 0.2
AWAITING_SLOT = "AwaitingSlot"


class SlotProvider(Protocol):
    """Where slots are stored. Any method may raise :class:`~armillary.errors.LedgerUnavailable`."""

    def limited(self) -> frozenset[str]:
        """The tags that have a limit. Called for each tagged task run, so it must be quick."""
        ...

    def acquire(self, root_flow_run_id: str, task_run_id: str, tags: frozenset[str]) -> list[str]:
        """Acquire a slot of each tag, or none: then return the tags that have none left."""
        ...

    def release(self, task_run_id: str) -> None: ...


_provider: SlotProvider | None = None


def acquire_slots_from(provider: SlotProvider) -> None:
    """From now on this process acquires its slots from ``provider``."""
    global _provider
    _provider = provider


class SlotQueue:
    """The runs of this process that hold slots, and those that wait for some."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self._condition = Condition()
        self._held: dict[str, tuple[TaskExecution, frozenset[str]]] = {}
        self._waiting: list[tuple[TaskExecution, frozenset[str]]] = []
        self._served = False
        self._warned = False

    def admit(self, run: TaskExecution) -> bool:
        """Whether the run may start now. If not, it is retried when it may."""
        provider = _provider
        if provider is None:
            return True
        with self._condition:
            if run.id in self._held:
                return True
            wanted = run.tags & provider.limited()
            if wanted:
                wanted -= _held_above(run)
            if not wanted:
                return True
            ahead = frozenset[str]().union(*(tags for _, tags in self._waiting))
            full = sorted(wanted & ahead) or self._acquire(provider, run, wanted)
            if not full:
                return True
        return not self._queue(run, wanted, full)

    def release(self, run: TaskExecution) -> None:
        """The run's try is over: release its slots and its place in the queue."""
        if not self._held and not self._waiting:
            return
        with self._condition:
            self._waiting = [each for each in self._waiting if each[0] is not run]
            if self._held.pop(run.id, None) is None or _provider is None:
                return
            try:
                _provider.release(run.id)
            except ArmillaryError as problem:  # the next acquisition sees that this run has ended
                self._warn(run, problem)
            self._condition.notify_all()

    def _queue(self, run: TaskExecution, wanted: frozenset[str], full: list[str]) -> bool:
        """False: the run has ended meanwhile."""
        tags = ", ".join(repr(tag) for tag in full)
        if run.state_name != AWAITING_SLOT:
            if not run.move(PENDING, AWAITING_SLOT, f"All slots of {tags} are taken."):
                return True
            say(run, INFO, "Waiting for a concurrency slot: %s.", tags)
        session = run.flow.runner_session
        if session is not None and session.in_caller and not run.is_async:
            session.later(run, LOOK_EVERY_SECONDS)
            return True
        with self._condition:
            self._waiting.append((run, wanted))
            if not self._served:
                self._served = True
                Thread(target=self._serve, name="armillary-slots", daemon=True).start()
        if run.settled:
            self.release(run)
        return True

    def _serve(self) -> None:
        while True:
            with self._condition:
                self._condition.wait(LOOK_EVERY_SECONDS)
                admitted = self._admitted()
                over = not self._waiting
                if over:
                    self._served = False
            for run in admitted:
                run.try_again()
            if over:
                return

    def _admitted(self) -> list[TaskExecution]:
        """The queued runs that get their slots now, in order; no run overtakes another for a tag."""
        admitted: list[TaskExecution] = []
        full: set[str] = set()
        left = []
        for run, wanted in self._waiting:
            if _provider is None or not wanted & full:
                found = [] if _provider is None else self._acquire(_provider, run, wanted)
                if not found:
                    admitted.append(run)
                    continue
            full |= wanted
            left.append((run, wanted))
        self._waiting = left
        return admitted

    def _acquire(self, provider: SlotProvider, run: TaskExecution, wanted: frozenset[str]) -> list[str]:
        root = run.flow.root.flow or run.flow
        try:
            full = provider.acquire(root.id, run.id, wanted)
        except ArmillaryError as problem:
            self._warn(run, problem)
            return sorted(wanted)
        if not full:
            self._held[run.id] = (run, wanted)
        return full

    def warn_holders(self, template: str) -> bool:
        """Log ``template``, filled with its tags, for each run that holds slots. Returns whether there are any."""
        with self._condition:
            held = list(self._held.values())
        for run, tags in held:
            say(run, WARNING, template, ", ".join(repr(tag) for tag in sorted(tags)))
        return bool(held)

    @property
    def holds_any(self) -> bool:
        return bool(self._held)

    def _warn(self, run: TaskExecution, problem: ArmillaryError) -> None:
        if not self._warned:
            self._warned = True
            say(run, WARNING, "Could not acquire a concurrency slot: %s Retrying.", problem)
            timers.after(60.0, self._may_warn)

    def _may_warn(self) -> None:
        self._warned = False


def _held_above(run: TaskExecution) -> frozenset[str]:
    """The tags of the runs that called this one: they are running, so they hold the slots of their limited tags."""
    held: frozenset[str] = frozenset()
    above = run.parent
    while isinstance(above, TaskExecution):
        held |= above.tags
        above = above.parent
    return held


slot_queue = SlotQueue()
os.register_at_fork(after_in_child=slot_queue._reset)
