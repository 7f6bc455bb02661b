"""A handle on a run that may not have finished yet."""

from __future__ import annotations

from _thread import LockType, allocate_lock
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from armillary.core.errors import FutureMisuse, NotSerializable, WouldBlockLoop
from armillary.core.states import COMPLETED, TERMINAL, State, error_for
from armillary.engine.handles.seeing import see, see_in_loop
from armillary.engine.interrupts.guard import Suspending, this_guard
from armillary.engine.runs.current import current_run
from armillary.engine.runs.execution import Execution
from armillary.engine.runs.open_states import remember_run
from armillary.engine.runs.runner import spare_thread
from armillary.engine.waiting.loops import running_loop, wait_in_loop

T = TypeVar("T")

_ADVICE = "Call .result() on it, or pass it to a task, which receives the value."


class Future(Generic[T]):
    """The outcome of a task or subflow to come.

    Pass it directly to other tasks: they wait for it and receive its value. It is not its value: any use as a value
    raises :class:`~armillary.errors.FutureMisuse`, be it truth testing, ``==`` with anything but a future, ``str()`` and f-strings,
    attributes, iterating, indexing, calling or arithmetic. ``repr()`` shows the future itself.

        future = load("trips.parquet")
        future.result()
    """

    __slots__ = ("__weakref__", "_run")

    def __init__(self, run: Execution) -> None:
        self._run = run

    @property
    def task_run_id(self) -> str:
        """The id of the task run; for a submitted subflow, of the task run that represents it in its parent."""
        return self._run.node_id

    @property
    def name(self) -> str:
        """The run's name, for example ``load-0``."""
        return self._run.name

    @property
    def state(self) -> State:
        """The run's state now. Passed to a task it draws the edge that the future would."""
        state = self._run.state
        if state.type not in TERMINAL:
            remember_run(state, self._run)
        elif state.type is not COMPLETED:
            see(self._run)
        here = current_run.get()
        if here is not None:
            here.flow.lineage.enter(state, self._run.node_id)
        return state

    def done(self) -> bool:
        """Whether the run has ended, with any outcome."""
        return self._run.settled

    def wait(self, timeout: float | None = None) -> bool:
        """Block until the run has ended, at most ``timeout`` seconds; whether it has. Never raises the run's exception."""
        if not self._ended(timeout):
            return False
        if self._run.type is not COMPLETED:
            see(self._run)
        return True

    def _ended(self, timeout: float | None) -> bool:
        run = self._run
        if run.settled:
            return True
        refuse_on_loop(run)
        guard = this_guard()
        was_open = guard.shut()
        try:
            return run.help_and_wait(timeout)
        finally:
            guard.restore(was_open)

    def result(self, timeout: float | None = None, raise_on_failure: bool = True) -> T:
        """The run's value.

        Waits at most ``timeout`` seconds, then raises :class:`TimeoutError` (the run continues). A run that did not
        complete raises its own exception, or returns it with ``raise_on_failure=False``. On an event loop's thread an
        unfinished future cannot be waited for: use ``await future``.
        """
        if not self._ended(timeout):
            raise TimeoutError(f"{self.name!r} did not finish within {timeout} seconds; it is {self._run.state_name}.")
        if self._run.type is not COMPLETED:
            see(self._run)
        return outcome_of(self._run, raise_on_failure)  # type: ignore[no-any-return]

    def add_done_callback(self, callback: Callable[[Future[T]], object]) -> None:
        """Call ``callback(future)`` when the run has ended: at once if it has, else on the thread that ends it."""
        see(self._run)
        self._run.when_settled(lambda _run: _call_back(callback, self))

    def cancel(self) -> bool:
        """Request cancellation of the run and all runs below it; False if it had ended. A run that has not started is CANCELLED at once, a
        body gets an exception and the grace period to return. Does not wait; the outcome counts as read."""
        see(self._run)
        guard = this_guard()
        was_open = guard.shut()
        try:
            return _cancel[0](self._run, "Cancelled by its flow.")
        finally:
            guard.restore(was_open)

    def __await__(self) -> Generator[Any, None, T]:
        run = self._run
        if not run.settled:
            try:
                yield from wait_in_loop(run).__await__()
            except BaseException as error:
                self._given_up(error)
                raise
        if run.type is not COMPLETED:
            see_in_loop(run)
        return outcome_of(run, True)  # type: ignore[no-any-return]

    def _given_up(self, error: BaseException) -> None:
        """An await ended before the run did, by a timeout of asyncio or a cancellation. As an awaited coroutine ends with its awaiter,
        so does a run with the body that started it; except when that body is only being suspended, or
        the loop is shutting down."""
        here = current_run.get()
        if here is None or here.interrupt is Suspending or isinstance(error, GeneratorExit):
            return
        if here is getattr(self._run, "parent", None):
            self.cancel()

    def __reduce__(self) -> NoReturn:
        raise NotSerializable(
            f"The future of {self.name!r} cannot leave its process.",
            subject=self.name,
            advice="Pass it to a task directly, without quote(), and return its .result().",
        )

    def __repr__(self) -> str:
        return f"Future({self.name!r}, {self._run.state_name})"

    def __eq__(self, other: object) -> bool:
        """Futures are compared with one another, by identity, so that they can be in sets and lists."""
        return self is other if isinstance(other, Future) else self._not_its_value()

    __hash__ = object.__hash__

    if not TYPE_CHECKING:  # type checkers must report these attributes as missing

        def __getattr__(self, name: str) -> NoReturn:
            if name.startswith("_"):  # probed by libraries on any object
                raise AttributeError(f"A Future has no attribute {name!r}.", name=name, obj=self)
            raise FutureMisuse(
                f"The future of {self.name!r} has no attribute {name!r}: it is not its value.",
                subject=self.name,
                advice=_ADVICE,
            )

    def _not_its_value(self, *_: object) -> NoReturn:
        raise FutureMisuse(f"The future of {self.name!r} is not its value.", subject=self.name, advice=_ADVICE)

    __str__ = __format__ = __bytes__ = __call__ = __enter__ = __aiter__ = __next__ = __reversed__ = _not_its_value
    __bool__ = __len__ = __iter__ = __getitem__ = __setitem__ = __delitem__ = __contains__ = _not_its_value
    __int__ = __float__ = __complex__ = __index__ = __round__ = __trunc__ = __floor__ = __ceil__ = _not_its_value
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _not_its_value
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __matmul__ = __rmatmul__ = _not_its_value
    __divmod__ = __rdivmod__ = __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = _not_its_value
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = __invert__ = _not_its_value
    __neg__ = __pos__ = __abs__ = __lt__ = __le__ = __gt__ = __ge__ = _not_its_value


_cancel: list[Callable[[Execution, str], bool]] = []


def cancel_with(cancel: Callable[[Execution, str], bool]) -> None:
    """Set how futures cancel runs: futures are a layer below the lifecycle."""
    _cancel[:] = [cancel]


def _call_back(callback: Callable[[Any], object], future: Future[Any]) -> None:
    try:
        callback(future)
    except Exception:
        from armillary.engine.output.logs import (
            engine_logger,
        )  # only a faulty callback needs it here

        engine_logger().exception("A done callback of %r raised.", future.name)


def outcome_of(run: Execution, raise_on_failure: bool) -> Any:
    """The value of a settled run, or its exception raised or returned."""
    if not run.is_failure:
        return run.outcome
    error = run.outcome if isinstance(run.outcome, BaseException) else error_for(run.state, run.name)
    if not raise_on_failure:
        return error
    if run.letter == "t":
        note_run(error, run)
    raise error


def note_run(error: BaseException, run: Execution) -> None:
    """Note on the exception, once, which run raised it."""
    note = f"Raised by {run.kind_of_run} {run.name!r}."
    if note not in getattr(error, "__notes__", ()):
        error.add_note(note)


def refuse_on_loop(run: Execution) -> None:
    """Raises :class:`WouldBlockLoop` if an async body would wait for an unfinished run and block its loop or deadlock."""
    here = current_run.get()
    if here is not None and here.is_async and running_loop() is not None:
        raise _would_block(run)
    refuse_on_own_loop(run)


def refuse_on_own_loop(run: Execution) -> None:
    """The same, only if a wait on this thread would deadlock."""
    loop = running_loop()
    if loop is not None and _needs(run, loop):
        raise _would_block(run)


def _needs(run: Execution, loop: Any) -> bool:
    """Whether it, or anything that it waits for, runs on that loop."""
    seen, open_runs = {run}, [run]
    while open_runs:
        each = open_runs.pop()
        if each.settled:
            continue
        if each.runs_on(loop):
            return True
        new = [upstream for upstream in each.awaited if upstream not in seen]
        seen.update(new)
        open_runs += new
    return False


def _refuse_first_on_loop(futures: Iterable[Future[Any]]) -> None:
    """Check the first unfinished one; threads without a loop, which are most, skip it."""
    if running_loop() is not None:
        for future in futures:
            if not future.done():
                refuse_on_loop(future._run)
                return


def _would_block(run: Execution) -> WouldBlockLoop:
    return WouldBlockLoop(
        f"{run.name!r} has not finished, and waiting for it here would block the event loop it may need.",
        subject=run.name,
        advice="Use `await future` instead; for several, asyncio.gather or asyncio.as_completed.",
    )


class FutureList(list[Future[T]]):
    """Futures of one ``map`` call, in the order of its inputs. Passed to a task it becomes the list of their values."""

    def result(self, timeout: float | None = None, raise_on_failure: bool = True) -> list[T]:
        """All values, in order. ``timeout`` in seconds is for the whole list."""
        deadline = None if timeout is None else monotonic() + timeout
        values: list[T] = []
        for future in self:
            left = None if deadline is None else max(0.0, deadline - monotonic())
            try:
                values.append(future.result(left, raise_on_failure))
            except BaseException:
                if future._run.is_failure:  # it decides for the whole list, whatever the others do
                    for each in self:
                        see(each._run)
                raise
        return values

    def wait(self, timeout: float | None = None) -> bool:
        """Block until all have ended, at most ``timeout`` seconds; whether they have."""
        return not wait(self, timeout)[1]


def wait(futures: Iterable[Future[Any]], timeout: float | None = None) -> tuple[set[Future[Any]], set[Future[Any]]]:
    """Block until all ``futures`` have ended or ``timeout`` seconds have passed: (done, not done). Never raises for a
    failed run."""
    deadline = None if timeout is None else monotonic() + timeout
    pending = list(futures)
    for future in pending:
        if not future.wait(None if deadline is None else max(0.0, deadline - monotonic())):
            break
    done = {future for future in pending if future.done() and future.wait()}
    return done, set(pending) - done


def as_completed(futures: Iterable[Future[T]], timeout: float | None = None) -> Iterator[Future[T]]:
    """Yield each future when its run has ended, the earliest first. Raises :class:`TimeoutError` when ``timeout``
    seconds pass before the next one. In async code, :func:`asyncio.as_completed` does the same for futures."""
    arrived: deque[Future[T]] = deque()
    doorbell = allocate_lock()
    doorbell.acquire()

    def ring(future: Future[T]) -> None:
        arrived.append(future)
        with suppress(RuntimeError):  # already signalled
            doorbell.release()

    expected = list(futures)
    for future in expected:
        future._run.when_settled(lambda _run, future=future: ring(future))  # type: ignore[misc]
    deadline = None if timeout is None else monotonic() + timeout
    for left in range(len(expected), 0, -1):
        while not arrived:
            _refuse_first_on_loop(expected)
            if not _await_ring(doorbell, deadline):
                raise TimeoutError(f"{left} of {len(expected)} futures did not finish within {timeout} seconds.")
        future = arrived.popleft()
        if future._run.type is not COMPLETED:
            see(future._run)
        yield future


def _await_ring(doorbell: LockType, deadline: float | None) -> bool:
    guard = this_guard()
    was_open = guard.shut()
    try:
        with spare_thread():
            if deadline is None:
                return guard.wait_on(doorbell, -1)
            return (left := deadline - monotonic()) > 0 and guard.wait_on(doorbell, left)
    finally:
        guard.restore(was_open)
