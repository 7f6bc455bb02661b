"""The timeline of a flow run: one span for each task run, as columns that a reader maps to typed arrays.

A page is bytes, little-endian:

    offset 0   4 bytes   ``ASP1``
    offset 4   uint32    length of the JSON text that follows
    offset 8   JSON      the page's description, padded with spaces to a multiple of 8
    then the columns, each begun at a multiple of 8

The description says ``count`` (spans on this page), ``origin`` (microseconds since the epoch), ``after`` (the cursor of the next
page, or null), ``tasks`` (``[key, name]`` pairs), ``states`` (the names of state types, by code) and ``columns``: for each its
``name``, ``type``, ``offset`` from the beginning of the page, and ``length`` in elements. The columns are

    start        float64   milliseconds since the origin; NaN: not started
    end          float64   milliseconds since the origin; NaN: not ended
    run_time     float64   milliseconds in RUNNING, up to its last change of state
    id           uint8     16 bytes for each span, the task run's UUID
    task         uint32    place in ``tasks``
    group        uint32    0: a node of its own, or of a former try; else 1 + place in ``groups``
    name_end     uint32    where the span's name ends in ``names``; it begins where the one before ends
    run_count    uint16    starts so far, at most 65,535
    state        uint8     place in ``states``
    flags        uint8     1: stands for a subflow run, 2: its result was cached, 4: called by another task run
    names        uint8     UTF-8 text of all names
    created      float64   milliseconds since the origin: from here to the start it waited
    try_of       uint32    the span on this page that a try belongs to, ascending
    try_start    float64   milliseconds since the origin: the try began to run
    try_end      float64   milliseconds since the origin: it ended; NaN: it runs

Spans come in order of creation. A page of 20,000 is about 1.4 MB. Only spans that were started more than once have tries,
and of a page no more than 50,000 are told: the first ones.
"""

from __future__ import annotations

from array import array
from math import nan
from sys import byteorder
from typing import Any

from msgspec import json
from sqlalchemy import Connection, select

from armillary.core.errors import InvalidOption
from armillary.core.states import StateType
from armillary.ledger.querying.paging import cursor, cursor_values
from armillary.ledger.tables.run_tables import task_run, task_run_state
from armillary.ledger.views.kept_graph import SeenGraph

MAGIC = b"ASP1"
LARGEST_PAGE = 20_000
_STATES = [kind.value for kind in StateType]
_CODE = {kind: code for code, kind in enumerate(_STATES)}
_SUBFLOW, _CACHED, _CALLED = 1, 2, 4
_MOST_RUNS = 65_535
_MOST_TRIES = 50_000
_COLUMNS = (
    task_run.c.id,
    task_run.c.name,
    task_run.c.task_key,
    task_run.c.task_name,
    task_run.c.state_type,
    task_run.c.state_name,
    task_run.c.created,
    task_run.c.started,
    task_run.c.ended,
    task_run.c.run_time,
    task_run.c.run_count,
    task_run.c.child_flow_run_id,
    task_run.c.parent_task_run_id,
)
_TYPES = {"d": "float64", "I": "uint32", "H": "uint16", "B": "uint8"}


def page(connection: Connection, seen: SeenGraph, *, limit: int = LARGEST_PAGE, after: str | None = None) -> bytes:
    """A page as above of the flow run whose graph is given. ``limit`` is 1 to 20,000. Raises InvalidOption for a cursor
    of another listing."""
    flow_run_id = seen.flow_run_id
    if not 1 <= limit <= LARGEST_PAGE:
        raise InvalidOption(f"limit is {limit}.", subject="limit", advice=f"Give a number from 1 to {LARGEST_PAGE}.")
    origin = seen.origin
    listing = f"spans {flow_run_id}"
    statement = select(*_COLUMNS).where(task_run.c.flow_run_id == flow_run_id)
    if after is not None:
        statement = statement.where(task_run.c.id > cursor_values(listing, (str,), after)[0])
    found = connection.execute(statement.order_by(task_run.c.id).limit(limit + 1)).all()
    more = len(found) > limit
    found = found[:limit]
    tries = _tries(connection, flow_run_id, found, origin)
    return _encoded(found, seen, tries, origin, cursor(listing, [found[-1].id]) if more else None)


def _tries(connection: Connection, flow_run_id: str, found: Any, origin: int) -> dict[str, array[Any]]:
    """When each try ran, of the task runs that were started more than once."""
    columns: dict[str, array[Any]] = {"try_of": array("I"), "try_start": array("d"), "try_end": array("d")}
    place_of = {run.id: place for place, run in enumerate(found) if run.run_count > 1}
    if not place_of:
        return columns
    change = task_run_state.c
    statement = (
        select(change.task_run_id, change.type, change.at)
        .join(task_run, task_run.c.id == change.task_run_id)
        .where(
            task_run.c.flow_run_id == flow_run_id,
            task_run.c.id.between(min(place_of), max(place_of)),
            task_run.c.run_count > 1,
            change.applied,
        )
        .order_by(change.task_run_id, change.sequence)
        .limit(4 * _MOST_TRIES)
    )
    begun: dict[str, int] = {}
    for run_id, kind, at in connection.execute(statement):
        place = place_of.get(run_id)
        if place is None or len(columns["try_of"]) >= _MOST_TRIES:
            continue
        if run_id in begun:
            columns["try_end"][begun.pop(run_id)] = (at - origin) / 1000
        if kind == StateType.RUNNING.value:
            begun[run_id] = len(columns["try_of"])
            columns["try_of"].append(place)
            columns["try_start"].append((at - origin) / 1000)
            columns["try_end"].append(nan)
    return columns


def _encoded(found: Any, seen: SeenGraph, tries: dict[str, array[Any]], origin: int, after: str | None) -> bytes:
    tasks: dict[tuple[str, str], int] = {}
    groups: dict[str | None, int] = {None: 0}
    columns: dict[str, array[Any]] = {
        "start": array("d", [nan if run.started is None else (run.started - origin) / 1000 for run in found]),
        "end": array("d", [nan if run.ended is None else (run.ended - origin) / 1000 for run in found]),
        "run_time": array("d", [run.run_time / 1000 for run in found]),
        "id": array("B", bytes.fromhex("".join(run.id for run in found).replace("-", ""))),
        "task": array("I", [tasks.setdefault((run.task_key, run.task_name), len(tasks)) for run in found]),
        "group": array("I", [groups.setdefault(seen.group_of(run.id), len(groups)) for run in found]),
        "name_end": array("I"),
        "run_count": array("H", [min(run.run_count, _MOST_RUNS) for run in found]),
        "state": array("B", [_CODE[run.state_type] for run in found]),
        "flags": array("B", [_flags(run) for run in found]),
    }
    names = [run.name.encode("utf-8", "replace") for run in found]
    ends, end = columns["name_end"], 0
    for name in names:
        end += len(name)
        ends.append(end)
    columns["names"] = array("B", b"".join(names))
    columns["created"] = array("d", [(run.created - origin) / 1000 for run in found])
    columns.update(tries)
    description = {
        "count": len(found),
        "origin": origin,
        "after": after,
        "tasks": [*tasks],
        "states": _STATES,
        "groups": [*groups][1:],
    }
    return _assembled(columns, description)


def _flags(run: Any) -> int:
    flags = _SUBFLOW if run.child_flow_run_id is not None else 0
    if run.state_name == "Cached":
        flags |= _CACHED
    return flags if run.parent_task_run_id is None else flags | _CALLED


def _assembled(columns: dict[str, array[Any]], description: dict[str, Any]) -> bytes:
    # Offsets are part of the text before them: they are said with a fixed width, so that its length is known.
    described = [
        {"name": name, "type": _TYPES[values.typecode], "offset": 0, "length": len(values)}
        for name, values in columns.items()
    ]
    description["columns"] = described
    widest = len(json.encode(description)) + 10 * len(columns)
    text_length = _to_eight(widest)
    position = 8 + text_length
    for each, values in zip(described, columns.values(), strict=True):
        each["offset"] = position
        position = _to_eight(position + len(values) * values.itemsize)
    text = json.encode(description).ljust(text_length)
    parts = [MAGIC, len(text).to_bytes(4, "little"), text]
    for values in columns.values():
        if byteorder == "big":
            values.byteswap()
        data = values.tobytes()
        parts.append(data.ljust(_to_eight(len(data)), b"\0"))
    return b"".join(parts)


def _to_eight(length: int) -> int:
    return -(-length // 8) * 8
