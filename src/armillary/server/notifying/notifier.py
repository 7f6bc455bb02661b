"""The service that tells people of what runs do.

A turn notes, in its transaction, what the policies tell of the state changes since the last one, and takes what is due. Deliveries go
out on a thread of their own, so that a slow receiver holds no transaction; the next turns keep those that are still under way, and
write down how the others went. A server that dies in between leaves them due again after a minute: nothing is lost, and only then may
somebody be told twice. No more are taken than threads are free, so none grows old in a queue.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from threading import Thread
from typing import Any

from sqlalchemy import Connection

from armillary.clock import to_datetime
from armillary.core.deployments.notification_policy import NotificationPolicy, message_of
from armillary.ledger.database import outbox as outbox_rows
from armillary.ledger.nouns import notification_deliveries, notification_policies
from armillary.ledger.nouns.notification_deliveries import Due
from armillary.server.notifying.delivery import deliver

_AT_ONCE = 4


class Notifier:
    """``home`` is where the key of the targets is; ``url`` is this server's address, for links in messages."""

    def __init__(self, home: str, url: str) -> None:
        self._home = home
        self._url = url
        self._after: int | None = None
        self._outcomes: deque[tuple[Due, Future[None]]] = deque()

    def run_once(self, connection: Connection, now: int) -> dict[str, int]:
        """One turn."""
        sent, refused = self._write_outcomes(connection, now)
        policies = notification_policies.every(connection, self._home, active_only=True)
        if not policies:
            self._after = outbox_rows.newest(connection)
            return {"sent": sent, "failed": refused}
        if self._after is None:
            self._after = max(0, outbox_rows.oldest(connection) - 1)
        self._after, noted = notification_deliveries.note(connection, policies, self._after, now)
        by_id = {policy.id: policy for policy in policies}
        for due in notification_deliveries.take_due(connection, list(by_id), now, _AT_ONCE - len(self._outcomes)):
            policy = by_id[due.policy_id]
            target = notification_policies.target_of(connection, self._home, policy.id)
            facts = facts_of(policy, due, self._url)
            title = f"{facts['flow_name']}/{facts['flow_run_name']}: {facts['state_name']}"
            told: Future[None] = Future()
            words = message_of(policy.template, facts)
            Thread(target=_tell, args=(told, target, title, words, facts), name="armillary-notify", daemon=True).start()
            self._outcomes.append((due, told))
        return {"noted": noted, "sent": sent, "failed": refused}

    def _write_outcomes(self, connection: Connection, now: int) -> tuple[int, int]:
        sent = refused = 0
        for _ in range(len(self._outcomes)):
            due, told = self._outcomes.popleft()
            if not told.done():
                self._outcomes.append((due, told))
                notification_deliveries.keep(connection, due, now)
                continue
            problem = told.exception()
            if problem is None:
                sent += 1
                notification_deliveries.delivered(connection, due, now)
            else:
                refused += 1
                notification_deliveries.failed(connection, due, str(problem), now)
        return sent, refused


def _tell(told: Future[None], target: str, title: str, message: str, facts: dict[str, Any]) -> None:
    try:
        deliver(target, title, message, facts)
        told.set_result(None)
    except BaseException as problem:
        told.set_exception(problem)


def facts_of(policy: NotificationPolicy, due: Due, url: str) -> dict[str, Any]:
    """What a template can say of a state change."""
    run = due.flow_run
    return {
        "flow_name": run.flow_name,
        "flow_run_name": run.name,
        "flow_run_id": run.id,
        "flow_run_url": f"{url}/runs/flow-run/{run.id}",
        "state_name": due.state_name,
        "state_type": due.state_type,
        "state_message": due.state_message or "",
        "state_timestamp": to_datetime(due.state_at).isoformat(),
        "expected_start_time": run.expected_start_time.isoformat(),
        "tags": ", ".join(run.tags),
        "parameters": str(run.parameters),
        "policy_name": policy.name,
    }
