"""Notification policies. Their targets hold passwords, so they are sealed, and opened only to deliver."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, UnsetType, json
from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from armillary.clock import to_datetime
from armillary.core.deployments.notification_policy import (
    NotificationPolicy,
    checked_states,
    checked_target,
    checked_template,
    shown_target,
)
from armillary.core.errors import Conflict, NotFound, did_you_mean
from armillary.core.text.names import checked_name
from armillary.ledger.database import secret_box
from armillary.ledger.database.checks import is_id
from armillary.ledger.tables.server_tables import notification_delivery, notification_policy


def create(
    connection: Connection,
    home: str,
    policy_id: str,
    name: str,
    *,
    states: Sequence[str],
    target: str,
    tags: Sequence[str] = (),
    template: str | None = None,
    now: int,
) -> NotificationPolicy:
    """Changes of state from now on are told. Raises Conflict for a name that is taken, InvalidOption for what could never be
    delivered."""
    table = notification_policy
    checked_name(name, "policy name")
    row = {
        "id": policy_id,
        "name": name,
        "states": json.encode(checked_states(states)).decode(),
        "tags": json.encode([checked_name(tag, "tag") for tag in tags]).decode(),
        "target": secret_box.seal(home, connection, _target(target)),
        "template": checked_template(template),
        "active": True,
        "created": now,
        "updated": now,
    }
    if connection.execute(select(table.c.id).where(table.c.name == name)).first() is not None:
        raise Conflict(f"There is a notification policy {name!r} already.", subject=name, advice="Choose another name.")
    connection.execute(insert(table), row)
    return find(connection, home, policy_id)


def change(
    connection: Connection,
    home: str,
    policy_id: str,
    now: int,
    *,
    states: Sequence[str] | UnsetType = UNSET,
    tags: Sequence[str] | UnsetType = UNSET,
    target: str | UnsetType = UNSET,
    template: str | UnsetType | None = UNSET,
    active: bool | UnsetType = UNSET,
) -> NotificationPolicy:
    """Only what is given. Raises NotFound, InvalidOption."""
    found = find(connection, home, policy_id)
    values: dict[str, object] = {"updated": now}
    if not isinstance(states, UnsetType):
        values["states"] = json.encode(checked_states(states)).decode()
    if not isinstance(tags, UnsetType):
        values["tags"] = json.encode([checked_name(tag, "tag") for tag in tags]).decode()
    if not isinstance(target, UnsetType):
        values["target"] = secret_box.seal(home, connection, _target(target))
    if not isinstance(template, UnsetType):
        values["template"] = checked_template(template)
    if not isinstance(active, UnsetType):
        values["active"] = active
    connection.execute(update(notification_policy).where(notification_policy.c.id == found.id).values(**values))
    return find(connection, home, found.id)


def every(connection: Connection, home: str, *, active_only: bool = False) -> list[NotificationPolicy]:
    """By name."""
    statement = select(notification_policy).order_by(notification_policy.c.name)
    if active_only:
        statement = statement.where(notification_policy.c.active)
    return [_record(connection, home, row) for row in connection.execute(statement).mappings()]


def find(connection: Connection, home: str, words: str) -> NotificationPolicy:
    """The policy of that id or name. Raises NotFound with the nearest."""
    table = notification_policy
    column = table.c.id if is_id(words) else table.c.name
    row = connection.execute(select(table).where(column == words)).mappings().first()
    if row is not None:
        return _record(connection, home, row)
    known = list(connection.execute(select(table.c.name)).scalars())
    raise NotFound(
        f"There is no notification policy {words!r}.",
        subject=words,
        advice=did_you_mean(words, known) if known else "Make one: armillary notification create",
    )


def target_of(connection: Connection, home: str, policy_id: str) -> str:
    """With its secrets, for who delivers. Raises NotFound, InvalidSetting."""
    table = notification_policy
    sealed = connection.execute(select(table.c.target).where(table.c.id == policy_id)).scalar()
    if sealed is None:
        raise NotFound(f"There is no notification policy {policy_id!r}.", subject=policy_id)
    return secret_box.unseal(home, connection, sealed)


def remove(connection: Connection, home: str, policy_id: str) -> None:
    """What it has not delivered yet is dropped. Raises NotFound."""
    found = find(connection, home, policy_id)
    connection.execute(delete(notification_delivery).where(notification_delivery.c.notification_policy_id == found.id))
    connection.execute(delete(notification_policy).where(notification_policy.c.id == found.id))


def _target(target: str) -> str:
    return checked_target(target)


def _record(connection: Connection, home: str, row: RowMapping) -> NotificationPolicy:
    return NotificationPolicy(
        row["id"],
        row["name"],
        json.decode(row["states"]),
        shown_target(secret_box.unseal(home, connection, row["target"])),
        json.decode(row["tags"]),
        row["template"],
        row["active"],
        to_datetime(row["created"]),
        to_datetime(row["updated"]),
    )
