"""The services a server runs."""

from __future__ import annotations

from sqlalchemy import Connection

from armillary import settings
from armillary.clock import new_id
from armillary.ledger.deployments import scheduled_runs, scheduling
from armillary.server.live.keeper import Keeper
from armillary.server.notifying.notifier import Notifier
from armillary.server.services.janitor import Janitor
from armillary.server.services.reaper import Reaper
from armillary.server.services.service import Service


def all_services(keeper: Keeper, url: str) -> list[Service]:
    """New ones, each with its own state. ``url`` is this server's. A deployment's first runs are made with it, so the scheduler only keeps up."""
    janitor = Janitor(settings.get("RETENTION_DAYS"), settings.get("RETENTION_RUNS"))
    return [
        Service("scheduler", 5.0, _schedule),
        Service("late", 2.0, _mark_late),
        Service("reaper", 5.0, Reaper(keeper.heartbeats, keeper.journals).run_once),
        Service("notifier", 2.0, Notifier(keeper.home, url).run_once, busy_interval_seconds=0.2),
        Service("janitor", 60.0, janitor.run_once, busy_interval_seconds=0.2),
    ]


def _schedule(connection: Connection, now: int) -> dict[str, int]:
    return scheduling.schedule_runs(connection, now, new_id)


def _mark_late(connection: Connection, now: int) -> dict[str, int]:
    return {"late": scheduled_runs.mark_late(connection, now)}
