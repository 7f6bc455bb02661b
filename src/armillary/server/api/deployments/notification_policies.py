"""``/notification_policies``: which state changes are told to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from msgspec import UNSET
from pydantic import Field
from sqlalchemy import Connection

from armillary.clock import new_id, now_us
from armillary.core.criteria import name_fits
from armillary.core.deployments.notification_policy import NotificationPolicy, message_of
from armillary.core.errors import Conflict
from armillary.ledger.nouns import notification_policies
from armillary.server.api.answers import answer, tagged
from armillary.server.api.bodies import Body, Id, Name, NameFilter, Tags, Text
from armillary.server.api.idempotency import Key, create_once, told_before, told_once
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.notifying.delivery import check_target, deliver
from armillary.server.notifying.outbound import Undelivered
from armillary.server.permissions import READ, WRITE, requires

router = api_router("/notification_policies", tags=["notifications"])

States = Annotated[list[Name], Field(min_length=1, max_length=50)]
Target = Annotated[Text, Field(min_length=1, max_length=2000)]


class PolicyWanted(Body):
    """``target`` is the https address of a webhook, or an Apprise address; it is encrypted at rest, and answers show only where
    it goes."""

    name: Name
    states: States
    target: Target
    tags: Tags = []
    template: Text | None = None


class PolicyChanges(Body):
    """Only what is given is changed."""

    states: States | None = None
    target: Target | None = None
    tags: Tags | None = None
    template: Text | None = None
    is_active: bool | None = None


@dataclass(slots=True)
class Tested:
    """Where the test message went."""

    target: str


@router.post("", response_model=NotificationPolicy, status_code=201, dependencies=[requires(WRITE)])
def create_policy(ledger: ServedLedger, wanted: PolicyWanted, key: Key = None) -> Response:
    """Tell of state changes from now on."""
    check_target(wanted.target)

    def create(connection: Connection) -> NotificationPolicy:
        return notification_policies.create(
            connection,
            ledger.home,
            new_id(),
            wanted.name,
            states=wanted.states,
            target=wanted.target,
            tags=wanted.tags,
            template=wanted.template,
            now=now_us(),
        )

    return create_once(ledger, key, "POST /notification_policies", wanted, create)


@router.get("", response_model=list[NotificationPolicy], dependencies=[requires(READ)])
def list_policies(request: Request, ledger: ServedLedger) -> Response:
    """All of them, by name."""
    with ledger.read() as connection:
        told = notification_policies.every(connection, ledger.home)
    return tagged(request, told)


@router.post("/filter", response_model=list[NotificationPolicy], dependencies=[requires(READ)])
def filter_policies(ledger: ServedLedger, wanted: NameFilter | None = None) -> Response:
    """Those whose names match."""
    with ledger.read() as connection:
        found = notification_policies.every(connection, ledger.home)
    return answer([each for each in found if name_fits(each.name, wanted.name if wanted else None)])


@router.get("/find", response_model=NotificationPolicy, dependencies=[requires(READ)])
def find_policy(request: Request, ledger: ServedLedger, words: Name) -> Response:
    """By id or name."""
    with ledger.read() as connection:
        told = notification_policies.find(connection, ledger.home, words)
    return tagged(request, told)


@router.get("/{policy_id}", response_model=NotificationPolicy, dependencies=[requires(READ)])
def read_policy(request: Request, ledger: ServedLedger, policy_id: Id) -> Response:
    with ledger.read() as connection:
        told = notification_policies.find(connection, ledger.home, str(policy_id))
    return tagged(request, told)


@router.patch("/{policy_id}", response_model=NotificationPolicy, dependencies=[requires(WRITE)])
def update_policy(ledger: ServedLedger, policy_id: Id, changes: PolicyChanges) -> Response:
    """Change what is given; ``template`` given as null goes back to the default words."""
    if changes.target is not None:
        check_target(changes.target)
    with ledger.write() as connection:
        changed = notification_policies.change(
            connection,
            ledger.home,
            str(policy_id),
            now_us(),
            states=UNSET if changes.states is None else changes.states,
            tags=UNSET if changes.tags is None else changes.tags,
            target=UNSET if changes.target is None else changes.target,
            template=changes.template if "template" in changes.model_fields_set else UNSET,
            active=UNSET if changes.is_active is None else changes.is_active,
        )
    return answer(changed)


@router.delete("/{policy_id}", status_code=204, dependencies=[requires(WRITE)])
def delete_policy(ledger: ServedLedger, policy_id: Id) -> Response:
    """What it has not delivered yet is dropped."""
    with ledger.write() as connection:
        notification_policies.remove(connection, ledger.home, str(policy_id))
    return Response(status_code=204)


@router.post("/{policy_id}/test", response_model=Tested, dependencies=[requires(WRITE)])
def test_policy(request: Request, ledger: ServedLedger, policy_id: Id, key: Key = None) -> Response:
    """Send a message of an invented run now, and say whether it was taken: a conflict names what the other side answered."""
    route = f"POST /notification_policies/{policy_id}/test"
    told = told_before(ledger, key, route, None)
    if told is not None:
        return told
    with ledger.read() as connection:
        policy = notification_policies.find(connection, ledger.home, str(policy_id))
        target = notification_policies.target_of(connection, ledger.home, policy.id)
    facts = _invented(policy, str(request.base_url).rstrip("/"))
    try:
        deliver(target, f"Test of {policy.name}", message_of(policy.template, facts), facts)
    except Undelivered as problem:
        raise Conflict(str(problem), subject=policy.name, advice="Is the target right, and is it up?") from None
    return told_once(ledger, key, route, None, Tested(policy.target))


def _invented(policy: NotificationPolicy, url: str) -> dict[str, str]:
    now = datetime.now(UTC).isoformat()
    return {
        "flow_name": "test",
        "flow_run_name": "flashy-dove",
        "flow_run_id": str(UUID(int=0)),
        "flow_run_url": url,
        "state_name": policy.states[0],
        "state_type": policy.states[0],
        "state_message": "This is a test.",
        "state_timestamp": now,
        "expected_start_time": now,
        "tags": ", ".join(policy.tags),
        "parameters": "{}",
        "policy_name": policy.name,
    }
