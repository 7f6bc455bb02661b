"""``/admin`` and ``/version``: what this server is, and how it is set."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass

from fastapi import Request, Response
from sqlalchemy import select

from armillary import settings
from armillary.core.version import VERSION
from armillary.ledger.database import schema
from armillary.ledger.tables.run_tables import flow_run
from armillary.server.access.attempt_tokens import any_run
from armillary.server.api.answers import tagged
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.permissions import READ, requires

router = api_router(tags=["admin"])

_MASK = "********"


@dataclass(slots=True)
class Version:
    version: str
    python: str


@dataclass(slots=True)
class SettingInForce:
    """``source`` is ``environment``, a profile, or ``default``. Secrets are masked."""

    name: str
    value: str | None
    source: str
    meaning: str


@dataclass(slots=True)
class Database:
    """``size_bytes`` counts what lies in files of this home; null where a database server keeps them."""

    ledger_id: str
    kind: str
    schema_version: str | None
    size_bytes: int | None
    oldest_flow_run_id: str | None
    newest_flow_run_id: str | None


@router.get("/version", response_model=Version, dependencies=[requires(READ)])
@router.get(
    "/admin/version", response_model=Version, dependencies=[requires(READ, attempt=any_run)], include_in_schema=False
)
def version(request: Request) -> Response:
    """The release of Armillary and of Python that serve."""
    return tagged(request, Version(VERSION, platform.python_version()))


@router.get("/admin/settings", response_model=list[SettingInForce], dependencies=[requires(READ)])
def settings_in_force(request: Request) -> Response:
    """Every setting, its value in this server, and where that comes from."""
    return tagged(request, [_in_force(setting) for setting in settings.SETTINGS.values()])


@router.get("/admin/database", response_model=Database, dependencies=[requires(READ)])
def database(request: Request, ledger: ServedLedger) -> Response:
    """What keeps this server's ledger. How many runs it holds is what the counts of their nouns tell."""
    with ledger.read() as connection:
        described = Database(
            ledger.ledger.id,
            connection.dialect.name,
            schema.version(connection),
            _size(ledger.ledger.path) if connection.dialect.name == "sqlite" else None,
            connection.execute(select(flow_run.c.id).order_by(flow_run.c.id).limit(1)).scalar(),
            connection.execute(select(flow_run.c.id).order_by(flow_run.c.id.desc()).limit(1)).scalar(),
        )
    return tagged(request, described)


def _size(path: str) -> int:
    return sum(os.path.getsize(path + suffix) for suffix in ("", "-wal") if os.path.exists(path + suffix))


def _in_force(setting: settings.Setting) -> SettingInForce:
    value, source = settings.text_and_source(setting.name)
    shown = _MASK if setting.secret and value else value
    return SettingInForce(settings.PREFIX + setting.name, shown, source, setting.meaning)
