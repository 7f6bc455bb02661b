"""The events of a journal, versioned.

Every event is a msgpack array whose first item is its tag. Fields are only ever added at the end, with a default, so an
older journal stays readable and an older reader skips what it does not know. ``at`` is UTC microseconds since the
epoch. ``run`` ids are UUIDv7 texts; a task run and a flow run never share one.
"""

from __future__ import annotations

from msgspec import Struct

FORMAT_VERSION = 1
"""Raised only when an older reader could misread a newer journal; a reader refuses a version above its own."""

STATE_LANE = "state"
LOG_LANE = "log"


class Event(Struct, array_like=True, gc=False, tag_field="event", tag=True):
    at: int


class Header(Event, tag="header"):
    """First frame of every segment. ``ledger_url`` and ``ledger_id`` name its destination; never a token.
    ``first_ordinal`` is this frame's own number in the lane, so that earlier segments can be deleted.
    ``process_started`` is the owner's start time in clock ticks since boot, as in ``/proc/<pid>/stat``."""

    format_version: int
    journal_id: str
    lane: str
    segment: int
    root_flow_run_id: str
    attempt: int
    ledger_id: str | None
    ledger_url: str | None
    host: str
    machine_id: str
    boot_id: str
    pid: int
    process_started: int
    armillary_version: str
    first_ordinal: int = 0


class FlowDeclared(Event, tag="flow"):
    flow_id: str
    name: str
    description: str | None = None
    tags: tuple[str, ...] = ()


class FlowRunCreated(Event, tag="flow_run"):
    """``parameters`` is JSON text, values that JSON cannot represent appear as ``"<TypeName>"``. ``parameter_hashes`` names those that the text
    does not represent exactly, with the hash of the value if an annotation may restore it, else ``""``.
    ``entrypoint`` is ``path/to/file.py:function``, from which the run can be restarted. Starts in the given state."""

    run: str
    flow_id: str
    name: str
    parameters: str
    tags: tuple[str, ...]
    expected_start: int
    root_flow_run_id: str
    state_type: str
    state_name: str
    message: str | None = None
    flow_version: str | None = None
    task_runner: str | None = None
    parent_flow_run_id: str | None = None
    parent_task_run_id: str | None = None
    deployment_id: str | None = None
    idempotency_key: str | None = None
    entrypoint: str | None = None
    parameter_hashes: dict[str, str] | None = None


class TaskRunCreated(Event, tag="task_run"):
    """``upstreams`` are the edges known at the call: parameter name to upstream task run ids. ``flow_run_count`` is
    the flow run's own count when it made the call, to distinguish the tries of a retried flow. Starts PENDING."""

    run: str
    flow_run_id: str
    name: str
    task_name: str
    task_key: str
    dynamic_key: int
    upstreams: dict[str, list[str]] | None = None
    tags: tuple[str, ...] = ()
    max_retries: int = 0
    parent_task_run_id: str | None = None
    child_flow_run_id: str | None = None
    flow_run_count: int = 1


class StateChanged(Event, tag="state"):
    """``kind`` is "f" for a flow run, "t" for a task run. ``scheduled`` is when a SCHEDULED run is due."""

    kind: str
    run: str
    from_type: str
    type: str
    name: str
    run_count: int
    message: str | None = None
    scheduled: int | None = None
    cached_from: str | None = None


class Edge(Event, tag="edge"):
    """An edge found after the call: a value whose producer is known."""

    run: str
    parameter: str
    upstreams: tuple[str, ...]


class ResultStored(Event, tag="result"):
    run: str
    storage: str
    key: str
    serializer: str
    size: int
    expires: int | None = None
    content_type: str | None = None
    for_resume_only: bool = False


class Artifact(Event, tag="artifact"):
    artifact_id: str
    flow_run_id: str
    task_run_id: str | None
    key: str | None
    kind: str
    data: str
    description: str | None = None


class Progress(Event, tag="progress"):
    artifact_id: str
    fraction: float


class InputAsked(Event, tag="input_asked"):
    """A flow run pauses and may request a value. ``schema`` is its JSON Schema as text, None: it only waits to be resumed.
    ``key`` names the question within the run; ``expires`` is when it times out."""

    run: str
    key: str
    schema: str | None = None
    expires: int | None = None


class InputAnswered(Event, tag="input_answered"):
    """``answer`` is JSON text; None if no value was requested."""

    run: str
    key: str
    answer: str | None = None


class TimeSpent(Event, tag="spent"):
    """Microseconds, summed over ``task_runs`` task runs at and below a flow run that is about to end."""

    run: str
    user: int
    waiting: int
    serialisation: int
    orchestration: int
    task_runs: int


class CommandApplied(Event, tag="command"):
    command_id: str
    verb: str
    outcome: str


class Log(Event, tag="log"):
    level: int
    message: str
    flow_run_id: str
    task_run_id: str | None = None
    logger: str = "armillary.flow_runs"


class LogsDropped(Event, tag="logs_dropped"):
    """Marks where lines were dropped because the disk was full and the memory limit was reached."""

    count: int


class Closed(Event, tag="closed"):
    """Last frame: the owner has closed the journal."""

    reason: str = ""


StateLaneEvent = (
    Header
    | FlowDeclared
    | FlowRunCreated
    | TaskRunCreated
    | StateChanged
    | Edge
    | ResultStored
    | Artifact
    | Progress
    | InputAsked
    | InputAnswered
    | TimeSpent
    | CommandApplied
    | Closed
)
LogLaneEvent = Header | Log | LogsDropped | Closed
AnyEvent = StateLaneEvent | Log | LogsDropped
