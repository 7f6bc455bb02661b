"""The live stream: what the outbox says, told to every browser that listens.

One reader takes new rows from the outbox, in the order of their numbers, and each is encoded once. A listener has a map
from entity to its latest change: however fast things change, it is sent what each is *now*, ten times a second. A listener
too slow even for that loses its map and is told ``reset``: it reads a snapshot and goes on from there.

The event id is the number of the last row a listener has been told of, so a client that reconnects with it misses nothing
as long as the outbox still holds what came after.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool

from armillary.ledger import outbox
from armillary.server.keeper import Keeper

FLUSH_EVERY_SECONDS = 0.1
PING_EVERY_SECONDS = 15.0
MOST_ENTITIES = 2_000
MOST_BYTES = 256 << 10
_ROWS_AT_ONCE = 5_000


class Change(NamedTuple):
    """``body`` is JSON: kind, id, root_flow_run_id, and the entity's compact state."""

    number: int
    entity: tuple[str, str]
    topics: tuple[str, ...]
    body: bytes


class Listener:
    """One client: the topics it asked for, and what it has not been told yet."""

    def __init__(self, topics: frozenset[str], told: int) -> None:
        self.topics = topics
        self.told = told
        self.needs_reset = False
        self._changes: dict[tuple[str, str], bytes] = {}
        self._bytes = 0

    def take(self, change: Change) -> None:
        """Keep a change until the next flush, in place of an older one of the same entity."""
        if self.needs_reset:
            return
        self._bytes += len(change.body) - len(self._changes.get(change.entity, b""))
        self._changes[change.entity] = change.body
        if len(self._changes) > MOST_ENTITIES or self._bytes > MOST_BYTES:
            self.reset()

    def reset(self) -> None:
        self.needs_reset = True
        self._changes.clear()
        self._bytes = 0

    def flush(self, number: int) -> bytes:
        """The next event, up to the outbox's ``number``; nothing when there is no news."""
        self.told = number
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
        self._news = asyncio.Event()
        self._closing = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._number = 0
        self.listeners = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        self._number = await run_in_threadpool(self._newest)
        self._keeper.on_news(self._hear)
        reading = asyncio.create_task(self._read_on())
        try:
            yield
        finally:
            self._closing.set()
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading

    def close(self) -> None:
        """End every listener's stream. May be called from a signal handler or any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._closing.set)

    async def listen(self, topics: frozenset[str], after: int | None) -> AsyncIterator[bytes]:
        """Events for a client, from the outbox's number ``after`` on, else from now on."""
        listener = Listener(topics, self._number)
        for topic in topics:
            self._by_topic[topic].add(listener)
        self.listeners += 1
        try:
            yield b"retry: 1000\n\n"
            if after is None or after > self._number:
                yield event("reset" if after else "hello", self._number, b"{}")
            else:
                await self._resume(listener, after)
            pinged = 0.0
            while not self._closing.is_set():
                said = listener.flush(self._number)
                if said:
                    pinged = 0.0
                    yield said
                elif pinged >= PING_EVERY_SECONDS:
                    pinged = 0.0
                    yield b": ping\n\n"
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), FLUSH_EVERY_SECONDS)
                pinged += FLUSH_EVERY_SECONDS
        finally:
            self.listeners -= 1
            for topic in topics:
                self._by_topic[topic].discard(listener)
                if not self._by_topic[topic]:
                    del self._by_topic[topic]

    async def _resume(self, listener: Listener, after: int) -> None:
        """Catch a listener up with the rows behind ``after``. Those that come meanwhile it has got already, and newer."""
        upto = self._number
        rows = await run_in_threadpool(self._rows_between, after, upto)
        if rows is None:
            listener.reset()
            return
        for change in rows:
            if listener.topics.intersection(change.topics):
                listener.take(change)

    async def _read_on(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            rows = await run_in_threadpool(self._rows_after, self._number)
            while rows:
                for change in rows:
                    for topic in change.topics:
                        for listener in self._by_topic.get(topic, ()):
                            listener.take(change)
                self._number = rows[-1].number
                rows = await run_in_threadpool(self._rows_after, self._number) if len(rows) == _ROWS_AT_ONCE else []

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
            if outbox.oldest(connection) > after + 1 and upto > after:
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
