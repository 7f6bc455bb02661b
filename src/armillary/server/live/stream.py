"""The live stream: what the outbox says, told to every browser that listens.

One reader takes new rows from the outbox, in the order of their numbers, and each is encoded once. A listener has a map
from armillary.clock import now_us
from entity to its latest change: however fast things change, it is sent what each is *now*, ten times a second at most, and
one that has no news costs nothing. A listener too slow even for that loses its map and is told ``reset``: it reads a snapshot
and goes on from there.

The event id is the number of the last row a listener has been told of, so a client that reconnects with it misses nothing
as long as the outbox still holds what came after.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool

from armillary.core.errors import ArmillaryError
from armillary.ledger.database import outbox
from armillary.server.live import polled_topics
from armillary.server.live.keeper import Keeper
from armillary.server.live.shares import Shares
from armillary.server.permissions import Caller

FLUSH_EVERY_SECONDS = 0.1
PING_EVERY_SECONDS = 15.0
MOST_OF_ONE_CALLER = 100
MOST_ENTITIES = 2_000
MOST_BYTES = 256 << 10
_ROWS_AT_ONCE = 5_000
_READ_EVERY_SECONDS = 0.05
_PAUSE_SECONDS = 1.0

_GLANCED = {f"{kind}:*": kind for kind in polled_topics.KINDS}

logger = logging.getLogger("armillary.server")


class Change(NamedTuple):
    """``body`` is JSON: kind, id, root_flow_run_id, and the entity's compact state."""

    number: int
    entity: tuple[str, str]
    topics: tuple[str, ...]
    body: bytes


class Listener:
    """One client: the topics it asked for, and what it has not been told yet. ``news`` is set while there is something."""

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self.news = asyncio.Event()
        self.needs_reset = False
        self._changes: dict[tuple[str, str], bytes] = {}
        self._bytes = 0

    def take(self, change: Change) -> None:
        """Keep a change until the next flush, in place of an older one of the same entity."""
        if self.needs_reset:
            return
        self._bytes += len(change.body) - len(self._changes.get(change.entity, b""))
        self._changes[change.entity] = change.body
        self.news.set()
        if len(self._changes) > MOST_ENTITIES or self._bytes > MOST_BYTES:
            self.reset()

    def take_older(self, changes: Sequence[Change]) -> None:
        """Keep changes that came before all that was taken so far."""
        for change in reversed(changes):
            if change.entity not in self._changes:
                self.take(change)

    def reset(self) -> None:
        """Give up telling each change; the client must read a snapshot."""
        self.needs_reset = True
        self._changes.clear()
        self._bytes = 0
        self.news.set()

    def flush(self, number: int) -> bytes:
        """The next event, up to the outbox's ``number``; nothing when there is no news."""
        self.news.clear()
        if self.needs_reset:
            self.needs_reset = False
            return event("reset", number, b"{}")
        if not self._changes:
            return b""
        body = b"[" + b",".join(self._changes.values()) + b"]"
        self._changes.clear()
        self._bytes = 0
        return event("changes", number, body)


class Stream:
    """Reads the outbox for all listeners. ``running()`` holds while the server serves."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._by_topic: defaultdict[str, set[Listener]] = defaultdict(set)
        self._listeners: set[Listener] = set()
        self._news = asyncio.Event()
        self._closing = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._number = 0
        self._glances = polled_topics.Glances()
        self._glanced = asyncio.Event()
        self.shares = Shares(MOST_OF_ONE_CALLER)

    @property
    def listeners(self) -> int:
        """How many clients listen."""
        return len(self._listeners)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        self._number = await run_in_threadpool(self._newest)
        self._keeper.on_news(self._hear)
        tasks = [asyncio.create_task(self._read_on()), asyncio.create_task(self._glance_on())]
        try:
            yield
        finally:
            self._close()
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    def close(self) -> None:
        """End every listener's stream. May be called from a signal handler or any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._close)

    def _close(self) -> None:
        self._closing = True
        for listener in self._listeners:
            listener.news.set()

    async def listen(self, topics: frozenset[str], after: int | None, caller: Caller) -> AsyncIterator[bytes]:
        """Events for a client, from the outbox's number ``after`` on, else from now on."""
        listener = Listener(topics)
        for topic in topics:
            self._by_topic[topic].add(listener)
            if topic in _GLANCED:
                self._glances.tell_anew(_GLANCED[topic])
                self._glanced.set()
        self._listeners.add(listener)
        held = ExitStack()
        held.enter_context(self.shares.holding(caller))
        try:
            yield b"retry: 1000\n\n"
            if after is None or after > self._number:
                yield event("reset" if after else "hello", self._number, b"{}")
            else:
                await self._resume(listener, after)
            while not self._closing:
                said = listener.flush(self._number)
                if said:
                    yield said
                    await asyncio.sleep(FLUSH_EVERY_SECONDS)
                try:
                    await asyncio.wait_for(listener.news.wait(), PING_EVERY_SECONDS)
                except TimeoutError:
                    yield b": ping\n\n"
        finally:
            held.close()
            self._listeners.discard(listener)
            for topic in topics:
                self._by_topic[topic].discard(listener)
                if not self._by_topic[topic]:
                    del self._by_topic[topic]

    async def _resume(self, listener: Listener, after: int) -> None:
        """Catch a listener up with the rows behind ``after``. Those that come meanwhile it gets as everybody does."""
        upto = self._number
        rows = await run_in_threadpool(self._rows_between, after, upto)
        if rows is None:
            listener.reset()
            return
        listener.take_older([each for each in rows if listener.topics.intersection(each.topics)])

    async def _read_on(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self._tell_news()
            except ArmillaryError as problem:
                logger.warning("The live stream waits: %s", problem)
                await asyncio.sleep(_PAUSE_SECONDS)
                self._news.set()
            await asyncio.sleep(_READ_EVERY_SECONDS)

    async def _tell_news(self) -> None:
        more = True
        while more:
            rows = await run_in_threadpool(self._rows_after, self._number)
            for change in rows:
                for topic in change.topics:
                    for listener in self._by_topic.get(topic, ()):
                        listener.take(change)
                self._number = change.number
            more = len(rows) == _ROWS_AT_ONCE

    async def _glance_on(self) -> None:
        while True:
            await self._glanced.wait()
            kinds = [kind for topic, kind in _GLANCED.items() if topic in self._by_topic]
            if not kinds:
                self._glanced.clear()
                continue
            try:
                await self._tell_glances(kinds)
            except ArmillaryError as problem:
                logger.warning("The live stream waits: %s", problem)
            await asyncio.sleep(polled_topics.EVERY_SECONDS)

    async def _tell_glances(self, kinds: list[str]) -> None:
        for kind, entity_id, body in await run_in_threadpool(self._glance, kinds):
            topic = f"{kind}:*"
            for listener in self._by_topic.get(topic, ()):
                listener.take(Change(self._number, (kind, entity_id), (topic,), body))

    def _glance(self, kinds: list[str]) -> list[tuple[str, str, bytes]]:
        with self._keeper.ledger.read() as connection:
            return self._glances.changes(connection, kinds, self._keeper.ledger.now())

    def _hear(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._news.set)

    def _newest(self) -> int:
        with self._keeper.ledger.read() as connection:
            return outbox.newest(connection)

    def _rows_after(self, number: int) -> list[Change]:
        with self._keeper.ledger.read() as connection:
            return _changes(outbox.after(connection, number, _ROWS_AT_ONCE))

    def _rows_between(self, after: int, upto: int) -> list[Change] | None:
        """None when they are too many, or some of them are gone."""
        if upto - after > 10 * _ROWS_AT_ONCE:
            return None
        with self._keeper.ledger.read() as connection:
            oldest = outbox.oldest(connection)
            if upto > after and (oldest == 0 or oldest > after + 1):
                return None
            return [each for each in _changes(outbox.after(connection, after, upto - after)) if each.number <= upto]


def _changes(rows: Iterable[outbox.Told]) -> list[Change]:
    return [Change(row.number, (row.kind, row.entity_id), _topics(row), row.body) for row in rows]


def _topics(row: outbox.Told) -> tuple[str, ...]:
    found = ["*", f"{row.kind}:*", f"{row.kind}:{row.entity_id}"]
    if row.root_flow_run_id is not None:
        found.append(f"root:{row.root_flow_run_id}")
    if row.flow_run_id is not None:
        found.append(f"flow_run:{row.flow_run_id}")
    return tuple(found)


def event(name: str, number: int, body: bytes) -> bytes:
    """One server-sent event.

    >>> event("reset", 7, b"{}")
    b'id: 7\\nevent: reset\\ndata: {}\\n\\n'
    """
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, name.encode(), body)
