"""A served home in which anything can be asked for, and all that asking may change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
from client_contract.recorded import RecordedRun, a_failed_pipeline
from client_contract.serving import PLAIN, served
from sqlalchemy import Table, delete, select

from armillary.clock import new_id
from armillary.core.states import COMPLETED, RUNNING
from armillary.ledger.database.opening import Ledger
from armillary.ledger.postgresql.home_ledger import open_home
from armillary.ledger.tables import server_tables
from armillary.ledger.tables.columns import metadata

HOME_TOKEN = "of-the-home"
HOURLY = {"rule": {"interval": 3600}}
MONTHLY = {"rule": {"interval": 30 * 24 * 3600}}

_NO_EFFECTS = {"idempotency_key", "outbox", "journal_owner"}
"""What a key was answered; that something may be new, which is a hint to look; and that an owner was heard of."""

_TELLING_WHEN = {"updated", "last_polled", "last_used", "last_heartbeat", "lease_until"}
"""Columns that say when something was last asked or heard of, which changes by itself too."""


class World:
    """Everything here has a name of its own, so that what one test leaves is in no other's way."""

    def __init__(self, url: str, home: Path, ledger: Ledger, received: list[str], webhook: str) -> None:
        self.url = url
        self.home = home
        self.webhook = webhook
        self.http = httpx.Client(
            base_url=url + "/",
            headers={"Authorization": f"Bearer {HOME_TOKEN}"},
            verify=PLAIN,
            trust_env=False,
            timeout=30,
        )
        self._ledger = ledger
        self._received = received
        self._names = count()

    def state(self) -> Counter[tuple[Any, ...]]:
        """All that is in the ledger, in what owners were asked, and in what others were told."""
        self.http.post("flow_runs/count").raise_for_status()  # brings in what journals say
        found: Counter[tuple[Any, ...]] = Counter(("told", each) for each in self._received)
        for path in (self.home / "journal").glob("*.cmd"):
            found[path.name, path.read_bytes().hex()] += 1
        with self._ledger.read() as connection:
            for table in metadata.sorted_tables:
                if table.name not in _NO_EFFECTS:
                    found.update((table.name, *row) for row in connection.execute(_compared(table)))
        return found

    def forget_answer(self, route: str) -> None:
        """As if the server had died before it could keep the answer to what it had done."""
        table = server_tables.idempotency_key
        ledger = self._ledger
        with (
            ledger.write() if ledger.shared else ledger.read() as connection
        ):  # SQLite's keeper alone may write as one should
            connection.execute(delete(table).where(table.c.route == route))
            connection.commit()

    def name(self) -> str:
        return f"number-{next(self._names)}"

    def asked(self, method: str, path: str, **body: Any) -> Any:
        """What it is answered."""
        answer = self.http.request(method, path, json=body or None)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def deployment(self, **more: Any) -> str:
        name = self.name()
        body = {"name": name, "flow_name": f"flow of {name}", "entrypoint": "flows.py:train", **more}
        return str(self.asked("POST", "deployments", **body)["id"])

    def due_run(self, *tags: str) -> str:
        """A run that waits for an agent."""
        run = self.asked("POST", f"deployments/{self.deployment()}/create_flow_run", tags=tags)
        return str(run["id"])

    def worker(self) -> str:
        worker_id = new_id()
        self.asked("PUT", f"workers/{worker_id}", name="agent", host="here", pid=1, version="1")
        return worker_id

    def claimed(self) -> tuple[str, str]:
        """A worker and the run it holds."""
        worker_id, run_id = self.worker(), self.due_run()
        self.asked("POST", f"workers/{worker_id}/claim", claim_id=new_id(), limit=1000)
        return worker_id, run_id

    def running(self) -> RecordedRun:
        """A run whose owner is this process."""
        run = RecordedRun(str(self.home), self.name())
        run.takes(RUNNING)
        return run

    def failed(self) -> str:
        return a_failed_pipeline(str(self.home))[0].id

    def completed(self, *tags: str) -> str:
        return RecordedRun(str(self.home), self.name(), tags=tags).runs_to(COMPLETED).id

    def failed_of_a_deployment(self, *tags: str) -> str:
        """One that can be retried."""
        run_id = self.due_run(*tags)
        self.asked("POST", f"flow_runs/{run_id}/set_state", type="FAILED")
        return run_id

    def suspended(self) -> str:
        """A run that gave up its process, and that a deployment can start again."""
        run_id = self.due_run()
        self.asked("POST", f"flow_runs/{run_id}/set_state", type="PAUSED")
        return run_id


def _compared(table: Table) -> Any:
    return select(*(column for column in table.c if column.name not in _TELLING_WHEN))


@contextmanager
def a_world(home: Path) -> Iterator[World]:
    """Its server may notify a webhook on this machine."""
    received: list[str] = []

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["content-length"])).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    webhook = ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
    Thread(target=webhook.serve_forever, daemon=True).start()
    try:
        with served(str(home), HOME_TOKEN) as url, open_home(str(home)) as ledger:
            world = World(url, home, ledger, received, f"http://127.0.0.1:{webhook.server_address[1]}/")
            with world.http:
                yield world
    finally:
        webhook.shutdown()
        webhook.server_close()
