"""Threads, started on demand: the default task runner.

The queue needs no lock. Both sides publish first and check second: a submitter appends the run and then checks for an idle
thread; a thread lists itself as idle and then checks the queue again. Whichever comes second sees the other.

If user code has replaced threads by coroutines (``gevent.monkey.patch_all()``), the submitter executes the run: the
coroutine in place of a thread would never get a turn while its flow waits for it.

A waiting thread may run the task it waits for itself (see ``TaskExecution.help_and_wait``), so a run taken from the
queue may already be claimed; ``run.work()`` then does nothing.
"""

from __future__ import annotations

import threading
from _thread import LockType, allocate_lock
from collections import deque
from typing import TYPE_CHECKING, Protocol

from armillary import settings
from armillary.core.errors import InvalidOption
from armillary.engine.interrupts.guard import this_guard
from armillary.engine.output.logs import WARNING, say
from armillary.engine.runs.runner import RunnerSession, TaskRunner
from armillary.engine.waiting.timers import timers

if TYPE_CHECKING:
    from armillary.engine.runs.task_execution import TaskExecution


class ConcurrentTaskRunner(TaskRunner):
    """Runs tasks on up to ``max_workers`` threads (default: setting ``ARMILLARY_TASK_RUNNER_MAX_WORKERS``, 64).

    Any number is safe: a thread that waits for another run makes room for it.

        @flow(task_runner=ConcurrentTaskRunner(max_workers=8))
    """

    def __init__(self, max_workers: int | None = None) -> None:
        if max_workers is not None and (not isinstance(max_workers, int) or max_workers < 1):
            raise InvalidOption(f"max_workers={max_workers!r}: the number of threads is a whole number above 0.")
        self.max_workers = max_workers

    def start(self) -> RunnerSession[TaskExecution]:
        return ThreadSession(self.max_workers or settings.get("TASK_RUNNER_MAX_WORKERS"))

    def __repr__(self) -> str:
        return f"ConcurrentTaskRunner(max_workers={self.max_workers})"


class BodyRunner(Protocol):
    """Executes the runs of one thread of a session."""

    def execute(self, run: TaskExecution) -> None: ...

    def close(self) -> None: ...


class InThread:
    """Executes them on the thread itself."""

    def execute(self, run: TaskExecution) -> None:
        run.work()

    def close(self) -> None:
        return


_IN_THREAD = InThread()
_get_ident = threading.get_ident


class ThreadSession:
    """The threads of one flow run."""

    in_caller = False
    carries_async = False
    helped_by_waiters = True

    def __init__(self, max_workers: int) -> None:
        self._capacity = max_workers
        self._queue: deque[TaskExecution] = deque()
        self._idle: list[LockType] = []
        self._lock = allocate_lock()
        self._threads = 0
        self._started = 0
        self._stopped = False

    def new_body_runner(self) -> BodyRunner:
        """The body runner for one thread."""
        return _IN_THREAD

    def submit(self, run: TaskExecution) -> None:
        if threading.get_ident is not _get_ident:
            self._execute_here(run)
            return
        self._queue.append(run)
        self._wake_thread()

    def _execute_here(self, run: TaskExecution) -> None:
        if run.flow.warn_once("threads are replaced"):
            say(run.flow, WARNING, "Threads are monkey-patched (by gevent, for example), so tasks run one at a time.")
        body_runner = self.new_body_runner()
        try:
            body_runner.execute(run)
        finally:
            body_runner.close()

    def later(self, run: TaskExecution, seconds: float) -> None:
        timers.after(seconds, run.try_again)

    def stop(self) -> None:
        self._stopped = True
        idle = self._idle
        while idle:
            try:
                idle.pop().release()
            except IndexError:
                return

    def lend(self) -> None:
        with self._lock:
            self._capacity += 1
        if self._queue:
            self._wake_thread()

    def give_back(self) -> None:
        with self._lock:
            self._capacity -= 1

    def lose_thread(self) -> None:
        """A thread is stuck in an abandoned body: it no longer counts, and another takes its place."""
        with self._lock:
            self._threads -= 1
        if self._queue:
            self._wake_thread()

    def _wake_thread(self) -> None:
        try:
            self._idle.pop().release()
            return
        except IndexError:
            pass
        if self._threads >= self._capacity:
            return
        with self._lock:
            if self._threads >= self._capacity or self._stopped:
                return
            self._threads += 1
            self._started += 1
            number = self._started
        try:
            threading.Thread(target=self._work, name=f"armillary-worker-{number}", daemon=True).start()
        except BaseException:
            with self._lock:
                self._threads -= 1
                others = self._threads
            if not others:
                raise

    def _work(self) -> None:
        guard = this_guard()
        guard.workplace = self
        bell = allocate_lock()
        bell.acquire()
        queue, idle = self._queue, self._idle
        body_runner = self.new_body_runner()
        while True:
            try:
                run = queue.popleft()
            except IndexError:
                if self._stopped or self._threads > self._capacity:
                    break
                idle.append(bell)
                if queue or self._stopped:
                    try:
                        idle.remove(bell)
                    except ValueError:  # already signalled: consume the signal, then the work
                        bell.acquire()
                    continue
                bell.acquire()
                continue
            try:
                body_runner.execute(run)
            except Exception as problem:
                run.flow.root.broken.append((run, problem))
            del run
            if guard.lost:
                return
        body_runner.close()
        with self._lock:
            self._threads -= 1
        if queue and not self._stopped:
            self._wake_thread()
