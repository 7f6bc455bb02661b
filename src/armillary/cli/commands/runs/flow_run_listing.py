"""The columns of a listing of flow runs."""

from __future__ import annotations

from datetime import datetime

from armillary.cli.terminal.columns import Column
from armillary.cli.terminal.formatting import ago, moment, run_duration
from armillary.core.runs.flow_run import FlowRun


def columns(now: datetime) -> list[Column[FlowRun]]:
    return [
        Column("Id", lambda run: run.id, expendable=True),
        Column("Name", lambda run: run.name),
        Column("Flow", lambda run: run.flow_name),
        Column("State", lambda run: run.state_name, paint=lambda run: run.state_type),
        Column("Started", lambda run: moment(run.start_time), lambda run: ago(run.start_time, now)),
        Column("Duration", lambda run: run_duration(run, now)),
        Column("Message", lambda run: run.state_message or "", expendable=True),
    ]
