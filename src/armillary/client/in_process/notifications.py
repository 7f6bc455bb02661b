"""Notification policies, from the ledger itself."""

from __future__ import annotations

from collections.abc import Sequence

from armillary.clock import new_id, now_us
from armillary.core.deployments.notification_policy import NotificationPolicy
from armillary.ledger.database.opening import Ledger
from armillary.ledger.nouns import notification_policies


class InProcessNotifications:
    """A part of :class:`armillary.client.in_process.client.InProcessClient`."""

    _ledger: Ledger

    def create_notification_policy(
        self,
        name: str,
        *,
        states: Sequence[str],
        target: str,
        tags: Sequence[str] = (),
        template: str | None = None,
    ) -> NotificationPolicy:
        with self._ledger.write() as connection:
            return notification_policies.create(
                connection,
                self._ledger.home,
                new_id(),
                name,
                states=states,
                target=target,
                tags=tags,
                template=template,
                now=now_us(),
            )

    def notification_policies(self) -> list[NotificationPolicy]:
        with self._ledger.read() as connection:
            return notification_policies.every(connection, self._ledger.home)

    def find_notification_policy(self, words: str) -> NotificationPolicy:
        with self._ledger.read() as connection:
            return notification_policies.find(connection, self._ledger.home, words)

    def set_notification_policy_active(self, policy_id: str, active: bool) -> NotificationPolicy:
        with self._ledger.write() as connection:
            return notification_policies.change(connection, self._ledger.home, policy_id, now_us(), active=active)

    def delete_notification_policy(self, policy_id: str) -> None:
        with self._ledger.write() as connection:
            notification_policies.remove(connection, self._ledger.home, policy_id)
