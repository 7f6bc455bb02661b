"""What a client offers of notification policies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from armillary.core.deployments.notification_policy import NotificationPolicy


class Notifications(Protocol):
    """A part of :class:`armillary.client.interface.client.Client`. Servers deliver; without one, policies wait for one."""

    def create_notification_policy(
        self,
        name: str,
        *,
        states: Sequence[str],
        target: str,
        tags: Sequence[str] = (),
        template: str | None = None,
    ) -> NotificationPolicy:
        """Raises Conflict for a name that is taken, InvalidOption for states, target or template that could never do."""
        ...

    def notification_policies(self) -> list[NotificationPolicy]:
        """By name; targets without their secrets."""
        ...

    def find_notification_policy(self, words: str) -> NotificationPolicy:
        """By id or name. Raises NotFound with the nearest."""
        ...

    def set_notification_policy_active(self, policy_id: str, active: bool) -> NotificationPolicy: ...

    def delete_notification_policy(self, policy_id: str) -> None: ...
