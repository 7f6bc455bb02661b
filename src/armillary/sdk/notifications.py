"""Notification policies, from user code."""

from __future__ import annotations

from collections.abc import Sequence

from armillary.client.connecting import connect
from armillary.core.deployments.notification_policy import NotificationPolicy

ON_FAILURE = ("FAILED", "CRASHED")


def create(
    name: str,
    *,
    target: str,
    states: Sequence[str] = ON_FAILURE,
    tags: Sequence[str] = (),
    template: str | None = None,
) -> NotificationPolicy:
    """Notify ``target`` whenever a flow run enters one of ``states`` (types or names), once per change.

    ``target`` is the https address of a webhook, or an Apprise address (``pip install 'armillary[notifications]'`` on the
    server). ``tags``: only runs with any of them. ``template`` is the message, with fields such as ``{flow_run_name}``. Raises
    Conflict for a name in use, and InvalidOption for a policy that could never be delivered.

        notifications.create("on-failure", target="https://hooks.example.org/T1/B2", tags=["ml"])
    """
    with connect() as client:
        return client.create_notification_policy(name, states=states, target=target, tags=tags, template=template)


def delete(name: str) -> None:
    """Take a policy away, by name or id. Raises :class:`~armillary.errors.NotFound`."""
    with connect() as client:
        client.delete_notification_policy(client.find_notification_policy(name).id)


def every() -> list[NotificationPolicy]:
    """The policies by name; targets without their secrets."""
    with connect() as client:
        return client.notification_policies()
