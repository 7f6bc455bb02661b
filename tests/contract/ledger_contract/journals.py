"""Journals for tests, said event by event; times are microseconds that only ever grow."""

from __future__ import annotations

from itertools import count
from random import Random

from msgspec.msgpack import Decoder, Encoder

from armillary.core.ids import IdGenerator, flow_id
from armillary.journal.format.damaged import Damaged
from armillary.journal.format.events import (
    FORMAT_VERSION,
    LOG_LANE,
    STATE_LANE,
    AnyEvent,
    Closed,
    FlowDeclared,
    FlowRunCreated,
    Header,
    Log,
    StateChanged,
    TaskRunCreated,
)

START = 1_700_000_000_000_000
_random = Random(7)
_milliseconds = count(START // 1000)
new_id = IdGenerator(lambda: next(_milliseconds), _random.getrandbits)
encode = Encoder().encode


class Journal:
    """Collects the frames of one journal's lanes and remembers what state it last said of each run."""

    def __init__(
        self, root: str | None = None, attempt: int = 1, flow: str = "pipe", ledger_id: str | None = None
    ) -> None:
        self.id = new_id()
        self.root = root or new_id()
        self.attempt = attempt
        self.flow = flow
        self.now = START
        self.said: dict[str, str] = {}
        self.counts: dict[str, int] = {}
        self.lanes: dict[str, list[bytes | Damaged]] = {}
        for lane in (STATE_LANE, LOG_LANE):
            self.lanes[lane] = [encode(self.header(lane, ledger_id))]

    def header(self, lane: str, ledger_id: str | None = None, version: int = FORMAT_VERSION) -> Header:
        return Header(
            self.now,
            version,
            self.id,
            lane,
            0,
            self.root,
            self.attempt,
            ledger_id,
            None,
            "host",
            "machine",
            "boot",
            1,
            1,
            "0",
        )

    @property
    def frames(self) -> list[bytes | Damaged]:
        return self.lanes[STATE_LANE]

    def tick(self, micros: int = 1000) -> int:
        self.now += micros
        return self.now

    def say(self, event: AnyEvent) -> None:
        self.lanes[LOG_LANE if isinstance(event, Log) else STATE_LANE].append(encode(event))

    def begin(self, tags: tuple[str, ...] = (), name: str = "flashy-dove", parameters: str = '{"rows": 3}') -> str:
        self.say(FlowDeclared(self.tick(), flow_id(self.flow), self.flow, "Says what it does.", ("etl",)))
        return self.flow_run(self.root, tags=tags, name=name, parameters=parameters)

    def flow_run(
        self,
        run: str | None = None,
        *,
        parent: str | None = None,
        node: str | None = None,
        tags: tuple[str, ...] = (),
        name: str = "flashy-dove",
        parameters: str = "{}",
        state: tuple[str, str] = ("PENDING", "Pending"),
        key: str | None = None,
    ) -> str:
        run = run or new_id()
        at = self.tick()
        self.say(
            FlowRunCreated(
                at,
                run,
                flow_id(self.flow),
                name,
                parameters,
                tags,
                at,
                self.root,
                *state,
                parent_flow_run_id=parent,
                parent_task_run_id=node,
                idempotency_key=key,
                entrypoint="flows.py:pipe",
            )
        )
        self.said[run] = state[0]
        return run

    def task(
        self,
        flow_run: str | None = None,
        *,
        upstreams: dict[str, list[str]] | None = None,
        task: str = "load",
        index: int = 0,
        child: str | None = None,
        tags: tuple[str, ...] = (),
        flow_run_count: int = 1,
    ) -> str:
        run = new_id()
        home = flow_run or self.root
        created = TaskRunCreated(
            self.tick(),
            run,
            home,
            f"{task}-{index}",
            task,
            f"{task}-1a2b",
            index,
            upstreams,
            tags,
            child_flow_run_id=child,
            flow_run_count=flow_run_count,
        )
        self.say(created)
        self.said[run] = "PENDING"
        return run

    def state(
        self, run: str, kind: str, name: str | None = None, message: str | None = None, letter: str = "t"
    ) -> None:
        if kind == "RUNNING":
            self.counts[run] = self.counts.get(run, 0) + 1
        before = self.said.get(run, "PENDING")
        name = name or kind.title()
        self.say(StateChanged(self.tick(), letter, run, before, kind, name, self.counts.get(run, 0), message))
        self.said[run] = kind

    def flow_state(
        self, kind: str, name: str | None = None, message: str | None = None, run: str | None = None
    ) -> None:
        self.state(run or self.root, kind, name, message, "f")

    def done_task(self, **options: object) -> str:
        run = self.task(**options)  # type: ignore[arg-type]
        self.state(run, "RUNNING")
        self.state(run, "COMPLETED")
        return run

    def log(self, message: str, level: int = 20, flow_run: str | None = None, task_run: str | None = None) -> None:
        self.say(Log(self.tick(), level, message, flow_run or self.root, task_run))

    def close(self) -> None:
        self.say(Closed(self.tick()))


def event_of(frame: bytes | Damaged) -> object:
    assert isinstance(frame, bytes)
    return Decoder(AnyEvent).decode(frame)
