"""Notification policies, from a server."""

from __future__ import annotations

from collections.abc import Sequence

from armillary.client.http.transport import Transport, part
from armillary.core.deployments.notification_policy import NotificationPolicy


class HttpNotifications:
    """A part of :class:`armillary.client.http.client.HttpClient`."""

    _server: Transport

    def create_notification_policy(
        self,
        name: str,
        *,
        states: Sequence[str],
        target: str,
        tags: Sequence[str] = (),
        template: str | None = None,
    ) -> NotificationPolicy:
        body = {"name": name, "states": list(states), "target": target, "tags": list(tags), "template": template}
        return self._server.change("POST", "notification_policies", NotificationPolicy, body, once=True)

    def notification_policies(self) -> list[NotificationPolicy]:
        return self._server.get("notification_policies", list[NotificationPolicy])

    def find_notification_policy(self, words: str) -> NotificationPolicy:
        return self._server.get("notification_policies/find", NotificationPolicy, words=words)

    def set_notification_policy_active(self, policy_id: str, active: bool) -> NotificationPolicy:
        path = f"notification_policies/{part(policy_id)}"
        return self._server.change("PATCH", path, NotificationPolicy, {"is_active": active}, once=True)

    def test_notification_policy(self, policy_id: str) -> None:
        """Have a test message sent. Raises Conflict that says what the other side answered."""
        self._server.change("POST", f"notification_policies/{part(policy_id)}/test", dict[str, str], {}, once=True)

    def delete_notification_policy(self, policy_id: str) -> None:
        self._server.change("DELETE", f"notification_policies/{part(policy_id)}", type(None))
