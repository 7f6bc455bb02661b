"""Event loops: the one that may be running here, and the engine's own for async tasks of sync flows.

asyncio is imported only for an async flow or task: it takes 25 ms.
"""

from __future__ import annotations

import os
import sys
from _thread import allocate_lock
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import copy_context
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop


class Settling(Protocol):
    """Anything that ends once and notifies."""

    def when_settled(self, callback: Callable[[Any], None]) -> None: ...


def running_loop() -> AbstractEventLoop | None:
    """The loop running on this thread, if any, without importing asyncio."""
    events = sys.modules.get("asyncio.events")
    return None if events is None else events._get_running_loop()


async def wait_in_loop(run: Settling) -> None:
    """Wait on the running loop until the run has ended."""
    loop = running_loop()
    assert loop is not None
    arrived = loop.create_future()

    def ring(_run: object) -> None:
        with suppress(RuntimeError):  # the loop was closed: there is no waiter left
            loop.call_soon_threadsafe(set_once, arrived)

    run.when_settled(ring)
    await arrived


def set_once(arrived: Any) -> None:
    """Set the result of an asyncio future that may already have one or be cancelled."""
    if not arrived.done():
        arrived.set_result(None)


def start_on(
    loop: AbstractEventLoop,
    coroutine: Callable[[], Coroutine[Any, Any, None]],
    keep: Callable[[Any], None],
) -> None:
    """Start a coroutine as a task of ``loop``, from its own thread or another. ``keep`` receives the asyncio task."""
    if running_loop() is loop:
        keep(loop.create_task(coroutine()))
    else:
        loop.call_soon_threadsafe(lambda: keep(loop.create_task(coroutine())))


class EngineLoop:
    """One daemon thread that runs an event loop for the whole process, started with the first async task that needs it."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self._lock = allocate_lock()
        self._loop: AbstractEventLoop | None = None

    def get(self) -> AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                import asyncio  # loaded with the first async task

                loop = asyncio.new_event_loop()
                started = Event()
                loop.call_soon(started.set)
                Thread(target=_run_for_good, args=(loop,), name="armillary-loop", daemon=True).start()
                started.wait()
                self._loop = loop
            return self._loop


def _run_for_good(loop: AbstractEventLoop) -> None:
    """An asyncio task of user code that exits, or stops the loop, ends the loop's run, which others still need. The task itself
    has the exception, and its awaiter gets it."""
    while not loop.is_closed():
        with suppress(BaseException):
            loop.run_forever()


engine_loop = EngineLoop()
os.register_at_fork(after_in_child=engine_loop._reset)


def run_coroutine(awaitable: Any) -> Any:
    """Run an awaitable to its end from sync code and return its value, or raise what it raised. If a loop runs on this
    thread, it runs on another, which blocks the loop."""
    import asyncio  # already loaded, as there is an awaitable

    async def wait_for_it() -> Any:
        return await awaitable

    if running_loop() is None:
        return asyncio.run(wait_for_it())
    answers: list[tuple[Any, BaseException | None]] = []

    def run_it() -> None:
        try:
            answers.append((asyncio.run(wait_for_it()), None))
        except BaseException as error:  # passed to the caller, whatever it is
            answers.append((None, error))

    thread = Thread(target=copy_context().run, args=(run_it,), name="armillary-hook", daemon=True)
    thread.start()
    thread.join()
    [(value, raised)] = answers
    if raised is not None:
        raise raised
    return value
