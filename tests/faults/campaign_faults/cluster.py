"""Two servers on one PostgreSQL database, three agents, and a proxy on every way between them."""

from __future__ import annotations

import os
import signal
import socket
import sys
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import token_hex
from threading import Event
from time import monotonic
from typing import Self
from urllib.parse import urlsplit

import httpx
from ledger_contract.postgresql_server import PostgresqlServer

from armillary.client.http.client import HttpClient
from armillary.clock import new_id
from armillary.core.deployments.deployment import Deployment
from armillary.core.ids import flow_id
from armillary.home.home_token import read_home_token
from campaign_faults.member import Member
from campaign_faults.proxy import Network, Proxy
from pace import at_this_pace

SERVERS, AGENTS = 2, 3
RUNS_AT_ONCE = 3
DRAIN_SECONDS = 3.0
ENDS_WITHIN_SECONDS = 30.0
"""A server or an agent that was asked to end, with what an agent lets its runs do first."""
_POLL_SECONDS = 0.1


class Cluster:
    """A context that leaves nobody behind. What happens in it is up to the nemesis; ``revive`` starts what has died."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.effects = folder / "effects"
        self._name = token_hex(4)
        self.postgresql = PostgresqlServer()
        # Whatever a transaction has answered must outlive its server here, though not the power.
        self.postgresql.run(self.postgresql.url, "ALTER SYSTEM SET synchronous_commit = on")
        self.postgresql.run(self.postgresql.url, "SELECT pg_reload_conf()")
        self.database_url = self.postgresql.database()
        self.links: dict[str, Proxy] = {}
        self.servers = [self._server(number) for number in range(1, SERVERS + 1)]
        self.agents: list[Member] = []
        self.down: set[str] = set()
        """The members that nobody starts again for now."""

    def __enter__(self) -> Self:
        try:
            for each in self.servers:
                each.start()
            self._wait_until_ready()
            self.token = self._token("admin")
            self.deployment_id = self._deploy()
            agents_token = self._token("agent")
            self.agents = [self._agent(number, agents_token) for number in range(1, AGENTS + 1)]
            self.revive()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for member in [*self.agents, *self.servers]:
            member.kill_all()
        for link in self.links.values():
            link.close()
        self.postgresql.stop()

    @property
    def members(self) -> dict[str, Member]:
        return {each.name: each for each in [*self.servers, *self.agents]}

    def revive(self) -> None:
        """Start whoever has died and is not meant to be away."""
        for name, member in self.members.items():
            if name not in self.down:
                member.start()

    def heal(self) -> None:
        """As it was in the beginning."""
        for link in self.links.values():
            link.set(Network.WELL)
        self.down.clear()
        self.revive()

    def client(self, number: int) -> HttpClient:
        """Of one of the servers, by the shortest way; the client waits long for a server that is away."""
        return HttpClient(self._api_urls[number % SERVERS], self.token, retry_seconds=120.0)

    def end(self, members: list[Member]) -> list[str]:
        """Ask these to end, and tell which did not."""
        self.down |= {each.name for each in members}
        for each in members:
            each.signal(signal.SIGTERM)
        bound = at_this_pace(ENDS_WITHIN_SECONDS)
        return [each.name for each in members if not each.ended_within(bound)]

    def left_processes(self) -> list[int]:
        """What agents started, and what those started."""
        return [pid for agent in self.agents for pid in agent.others()]

    def left_journals(self) -> list[str]:
        return [str(each.relative_to(self.folder)) for each in self.folder.rglob("*.jnl")]

    @property
    def _api_urls(self) -> list[str]:
        return [f"http://127.0.0.1:{port}/api" for port in self._ports]

    def _server(self, number: int) -> Member:
        if number == 1:
            self._ports = [_free_port() for _ in range(SERVERS)]
        link = self.links[f"server-{number} to database"] = Proxy(partial(_connect_unix, self.postgresql.socket))
        database = urlsplit(self.database_url).path.lstrip("/")
        environment = {
            **self._environment(f"server-{number}"),
            "ARMILLARY_DATABASE_URL": f"postgresql://postgres@127.0.0.1:{link.port}/{database}?sslmode=disable",
            "ARMILLARY_SECRET_KEY": "a key of the campaign",
        }
        port = str(self._ports[number - 1])
        command = [sys.executable, "-m", "armillary", "server", "start", "--port", port]
        return Member(f"server-{number}", self._name, command, environment, self.folder / f"server-{number}.log")

    def _agent(self, number: int, token: str) -> Member:
        port = self._ports[number % SERVERS]
        link = self.links[f"agent-{number} to server"] = Proxy(partial(_connect, port))
        environment = {
            **self._environment(f"agent-{number}"),
            "ARMILLARY_API_URL": f"http://127.0.0.1:{link.port}/api",
            "ARMILLARY_API_KEY": token,
            "ARMILLARY_RESULTS_STORAGE": str(self.folder / "results"),
            "ARMILLARY_AGENT_DRAIN_SECONDS": str(DRAIN_SECONDS),
            "CAMPAIGN_EFFECTS": str(self.effects),
        }
        command = [sys.executable, "-m", "armillary", "agent", "start", "--limit", str(RUNS_AT_ONCE)]
        return Member(f"agent-{number}", self._name, command, environment, self.folder / f"agent-{number}.log")

    def _environment(self, member: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ARMILLARY_")}
        return {**kept, "ARMILLARY_HOME": str(self._home(member)), "ARMILLARY_LOGGING_LEVEL": "ERROR"}

    def _home(self, member: str) -> Path:
        return self.folder / member

    def _wait_until_ready(self) -> None:
        deadline = monotonic() + at_this_pace(60.0)
        pause = Event()
        for url, server in zip(self._api_urls, self.servers, strict=True):
            while not _is_ready(url):
                assert server.alive and monotonic() < deadline, f"{server.name}: {server.log.read_text()}"
                pause.wait(_POLL_SECONDS)

    def _token(self, scope: str) -> str:
        """One that every server knows; that of a home is good at its own."""
        token = read_home_token(str(self._home("server-1")))
        answer = httpx.post(
            f"{self._api_urls[0]}/tokens",
            json={"name": f"campaign {scope}", "scope": scope},
            headers={"Authorization": f"Bearer {token}"},
            timeout=60.0,
        )
        answer.raise_for_status()
        return str(answer.json()["token"])

    def _deploy(self) -> str:
        now = datetime.now(UTC)
        entrypoint = f"{self._flows_file()}:campaign"
        with self.client(0) as client:
            wanted = Deployment(new_id(), "by-hand", flow_id("campaign"), "campaign", entrypoint, now, now)
            return client.save_deployment(wanted).id

    def _flows_file(self) -> str:
        return str(Path(__file__).with_name("flows.py"))


def _is_ready(url: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"{url}/ready", timeout=5.0).status_code == 200
    return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=None)


def _connect_unix(path: str) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    try:
        made.connect(path)
    except OSError:
        made.close()
        raise
    return made
